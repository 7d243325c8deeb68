"""Every case of every op on the device: the bits of the CPU's reference."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import _core
from tests.cases import all_cases
from tests.cases.base import Case
from tests.cuda.conftest import DEVICE
from tests.cuda.kernels import finds_races
from tests.gradcheck import gradient
from tests.variants import REFERENCE, describe_difference, force, same_bits

CASES = all_cases()
CASES_WITH_GRADIENT = [c for c in CASES if c.gradients]

# Products on matrix units, which add up in an order of their own.
OWN_ORDER = {"bf16_gemm", "f16_gemm"}


def ids(cases: list[Case]) -> list[str]:
    return [c.id for c in cases]


@pytest.mark.parametrize("case", CASES, ids=ids(CASES))
def test_values_have_the_reference_bits(case: Case):
    if case.op in OWN_ORDER:
        _assert_near(case)
        return
    for dtype in case.dtypes:
        for values in _ranges(case):
            arrays = case.arrays(dtype, values)
            with force(REFERENCE):
                expected = [np.array(y) for y in case.run(*map(_core.convert, arrays))]
            with mark1.device(DEVICE):
                tensors = [_core.convert(a) for a in arrays]
                assert all(x.device == DEVICE for x in tensors)
                results = case.run(*tensors)
            for y in results:
                assert getattr(y, "device", DEVICE) == DEVICE
            _compare(results, expected, f"{case.id} {dtype} {values}")


@pytest.mark.parametrize("case", CASES_WITH_GRADIENT, ids=ids(CASES_WITH_GRADIENT))
def test_gradients_have_the_reference_bits(case: Case):
    for dtype in case.dtypes:
        for values in ("normal", "special"):
            if values != "normal" and values not in _ranges(case):
                continue
            arrays = case.arrays(dtype, values)
            rng = np.random.default_rng(7)
            upstream = [rng.uniform(-1, 1, y.shape).astype(dtype) for y in case.expect(*arrays)]
            with force(REFERENCE):
                expected = gradient(case, arrays, upstream)
            with mark1.device(DEVICE):
                results = gradient(case, arrays, upstream)
            _compare(results, expected, f"{case.id} gradient {dtype} {values}")


def _ranges(case: Case) -> list[str]:
    """Who waits for whom does not depend on values: one range is enough to find races."""
    return list(case.bit_ranges)[:1] if finds_races() else list(case.bit_ranges)


def _assert_near(case: Case) -> None:
    """Every unit cuts each of its sums, of 16 terms at least, in the 24th bit or beyond."""
    for values in case.ranges:
        arrays = case.arrays("float32", values)
        with mark1.device(DEVICE):
            results = case.run(*map(_core.convert, arrays))
        bounds = case.magnitude(*arrays)
        for y, e, bound in zip(results, case.expect(*arrays), bounds, strict=True):
            limit = (case.length / 8 + 4) * 2.0**-23 * bound
            assert (np.abs(np.array(y) - e) <= limit).all(), f"{case.id} {values}"


def _compare(results, expected, what: str) -> None:
    assert len(results) == len(expected)
    for i, (y, e) in enumerate(zip(results, expected, strict=True)):
        array = np.array(y)
        assert same_bits(array, e), f"{what} output {i}: {describe_difference(array, e)}"
