"""Tests of devices run on a GPU, or else on the emulated device: the same kernels as C++."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator

import pytest

DEVICE = "cuda:0"


@pytest.fixture(scope="session", autouse=True)
def _some_device() -> None:
    from mark1 import devices

    if devices.cuda_status()[0]:
        return
    if importlib.util.find_spec("mark1._emulated") is None:
        pytest.skip("neither a GPU nor the emulated device (build with -DMARK1_EMULATION=ON)")
    os.environ["MARK1_CUDA_EMULATION"] = "1"
    assert devices.cuda_status()[0], devices.cuda_status()[1]


@pytest.fixture(autouse=True)
def _back_on_the_cpu() -> Iterator[None]:
    from mark1 import devices

    yield
    assert devices.current_device() == "cpu:0", "a test has left the device in use behind"
