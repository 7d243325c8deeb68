"""The questions that every op answers, put to every case: right, same bits, right gradient."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mark1 import _core
from tests.cases import all_cases
from tests.cases.base import Case
from tests.gradcheck import check_gradient, check_second_derivative, gradient
from tests.guards import assert_stays_inside
from tests.tolerance import assert_close
from tests.variants import REFERENCE, assert_same_everywhere, force, same_bits

CASES = all_cases()
CASES_WITH_GRADIENT = [c for c in CASES if c.gradients]
# Differences take a dozen evaluations in float64; long sums are compared by their bits.
SMALL_WITH_GRADIENT = [
    c for c in CASES_WITH_GRADIENT if sum(math.prod(x.shape) for x in c.inputs) <= 100_000
]
SECOND_ORDER = [c for c in SMALL_WITH_GRADIENT if c.second_order]


def ids(cases: list[Case]) -> list[str]:
    return [c.id for c in cases]


def run_arrays(case: Case, arrays) -> tuple[np.ndarray, ...]:
    return tuple(np.array(y) for y in case.run(*map(_core.convert, arrays)))


def test_ids_are_unique():
    assert len({c.id for c in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=ids(CASES))
def test_reference_is_right(case: Case):
    for dtype in case.dtypes:
        for values in case.ranges:
            arrays = case.arrays(dtype, values)
            with force(REFERENCE):
                results = run_arrays(case, arrays)
            expected = case.expect(*arrays)
            assert len(results) == len(expected)
            for y, e, scale in zip(results, expected, case.magnitude(*arrays), strict=True):
                assert y.dtype.kind != "f" or y.dtype == case.attributes.get("dtype", dtype)
                assert_close(
                    y,
                    e,
                    scale=scale,
                    length=case.length,
                    ulps=case.ulps,
                    what=f"{case.id} {dtype} {values}",
                )


@pytest.mark.parametrize("case", CASES, ids=ids(CASES))
def test_every_variant_has_the_reference_bits(case: Case):
    _compare_bits(case, cross=False)


@pytest.mark.long
@pytest.mark.parametrize("case", CASES, ids=ids(CASES))
def test_every_pair_of_isa_and_threads_has_the_reference_bits(case: Case):
    _compare_bits(case, cross=True)


def _compare_bits(case: Case, cross: bool) -> None:
    for dtype in case.dtypes:
        for values in case.bit_ranges:
            tensors = [_core.convert(a) for a in case.arrays(dtype, values)]
            assert_same_everywhere(
                lambda tensors=tensors: case.run(*tensors), cross, f"{case.id} {dtype} {values}"
            )


@pytest.mark.parametrize("case", CASES_WITH_GRADIENT, ids=ids(CASES_WITH_GRADIENT))
def test_gradients_have_the_same_bits(case: Case):
    for dtype in case.dtypes:
        for values in ("normal", "ties", "large", "special"):
            if values != "normal" and values not in case.bit_ranges:
                continue
            arrays = case.arrays(dtype, values)
            upstream = _upstream(case, arrays, dtype)
            assert_same_everywhere(
                lambda arrays=arrays, upstream=upstream: gradient(case, arrays, upstream),
                what=f"{case.id} gradient {dtype} {values}",
            )


@pytest.mark.parametrize("case", SMALL_WITH_GRADIENT, ids=ids(SMALL_WITH_GRADIENT))
def test_gradient_is_right(case: Case):
    check_gradient(case)
    if "float32" in case.dtypes:
        _check_narrow_gradient(case)


@pytest.mark.parametrize("case", SECOND_ORDER, ids=ids(SECOND_ORDER))
def test_second_derivative_is_right(case: Case):
    check_second_derivative(case)


@pytest.mark.parametrize("case", CASES, ids=ids(CASES))
def test_layout_of_inputs_does_not_matter(case: Case):
    """Strided, reversed and barely aligned arrays give the bits of contiguous ones."""
    dtype = case.dtypes[0]
    arrays = case.arrays(dtype)
    expected = run_arrays(case, arrays)
    for disguise in (_strided, _reversed, _shifted):
        disguised = [disguise(a) for a in arrays]
        # Borrowed where the layout allows it: kernels then see the odd address itself.
        tensors = [_core.convert(a, None, False) for a in disguised]
        for y, e in zip(case.run(*tensors), expected, strict=True):
            assert same_bits(np.array(y), e), f"{case.id}: {disguise.__name__}"


@pytest.mark.parametrize("case", CASES, ids=ids(CASES))
def test_nothing_is_written_outside_outputs_or_into_inputs(case: Case):
    for isa in _core.available_isas():
        _core.set_isa(isa)
        for dtype in case.dtypes:
            assert_stays_inside(case, dtype)


def _check_narrow_gradient(case: Case) -> None:
    """float32 gradients against float64 ones of the same inputs, by the largest entry."""
    arrays = case.arrays("float32")
    upstream = _upstream(case, arrays, "float32")
    narrow = gradient(case, arrays, upstream)
    widened = [a.astype(np.float64) if a.dtype == np.float32 else a for a in arrays]
    exact = gradient(case, widened, [dy.astype(np.float64) for dy in upstream])
    # A gradient sums over whatever axis the op spread an input along.
    length = max([case.length, *(y.size for y in upstream), *(a.size for a in arrays)])
    for g, e in zip(narrow, exact, strict=True):
        assert g.dtype == np.float32
        top = np.abs(e).max(initial=1e-3)
        assert_close(g, e, scale=top, length=length, ulps=4 * case.ulps, what=f"{case.id} gradient")


def _upstream(case: Case, arrays, dtype: str) -> list[np.ndarray]:
    rng = np.random.default_rng(7)
    return [rng.uniform(-1, 1, y.shape).astype(dtype) for y in case.expect(*arrays)]


def _strided(a: np.ndarray) -> np.ndarray:
    if a.ndim == 0:
        return a
    wide = np.zeros((*a.shape[:-1], 2 * a.shape[-1]), dtype=a.dtype)
    wide[..., ::2] = a
    return wide[..., ::2]


def _reversed(a: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(a[..., ::-1])[..., ::-1] if a.ndim else a


def _shifted(a: np.ndarray) -> np.ndarray:
    """The same values one element behind a 64-byte boundary."""
    raw = np.zeros(a.nbytes + 192, dtype=np.uint8)
    start = -raw.ctypes.data % 64 + a.itemsize
    shifted = raw[start : start + a.nbytes].view(a.dtype).reshape(a.shape)
    shifted[...] = a
    return shifted
