"""Tests of devices run on a GPU, or on the emulated device: the same kernels as C++."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

DEVICE = "cuda:0"


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
