"""Tests of devices run on a GPU, or on the emulated device: the same kernels as C++."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.cuda.kernels import leave_counts

DEVICE = "cuda:0"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--ops", help="cases of these operations alone, separated by commas")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    names = config.getoption("--ops", default=None)
    if names is None:
        return
    cases = [getattr(item, "callspec", None) and item.callspec.params.get("case") for item in items]
    chosen = [getattr(case, "op", None) in names.split(",") for case in cases]
    config.hook.pytest_deselected(
        items=[item for item, kept in zip(items, chosen, strict=True) if not kept]
    )
    items[:] = [item for item, kept in zip(items, chosen, strict=True) if kept]


def pytest_sessionfinish() -> None:
    leave_counts()


@pytest.fixture(scope="session", autouse=True)
def _some_device() -> None:
    from mark1 import devices

    usable, text = devices.cuda_status()
    if not usable and "MARK1_CUDA_EMULATION" not in os.environ:
        pytest.skip(f"{text}. MARK1_CUDA_EMULATION=1 takes the emulated device, as make test does")
    assert usable, text


@pytest.fixture(autouse=True)
def _back_on_the_cpu() -> Iterator[None]:
    from mark1 import devices

    yield
    assert devices.current_device() == "cpu:0", "a test has left the device in use behind"
