"""Other libraries switch denormals off or change the rounding; results must not follow."""

from __future__ import annotations

import ctypes
import ctypes.util
import platform

import numpy as np
import pytest

from mark1 import _core, ops

FE_UPWARD = 0x800  # <fenv.h> of glibc on x86


@pytest.fixture
def libm():
    if platform.machine() != "x86_64" or platform.system() != "Linux":
        pytest.skip("the rounding mode's number is known for x86 and glibc only")
    library = ctypes.CDLL(ctypes.util.find_library("m"))
    yield library
    library.fesetround(0)


@pytest.mark.parametrize("threads", [1, 2])
def test_the_rounding_mode_does_not_matter(libm, threads):
    x = np.random.default_rng(0).standard_normal(10_000).astype(np.float32)
    y = x[::-1].copy()
    _core.set_num_threads(threads)
    _core.set_work_per_member(1e-3)
    for isa in _core.available_isas():
        _core.set_isa(isa)
        expected = ops.divide(x, y).numpy().tobytes()
        libm.fesetround(FE_UPWARD)
        result = ops.divide(x, y)
        mode = libm.fegetround()
        libm.fesetround(0)
        assert result.numpy().tobytes() == expected
        assert mode == FE_UPWARD  # the caller's mode is put back


def test_denormals_are_kept():
    for isa in _core.available_isas():
        _core.set_isa(isa)
        tiny = np.full(35, 1e-45, np.float32)
        assert (ops.add(tiny, 0.0).numpy() == tiny).all()
        assert (ops.multiply(tiny, 1.0).numpy() == tiny).all()
