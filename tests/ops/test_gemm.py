"""What the cases cannot say about gemm: errors, dtypes, the definition of the order itself."""

from __future__ import annotations

import math

import numpy as np
import pytest

import mark1
from mark1 import _core
from tests.variants import REFERENCE, Variant, force, same_bits


@pytest.mark.parametrize(
    ("x", "w", "message"),
    [
        (
            (32, 784),
            (100, 128),
            "[matmul] inner dimensions differ: x has 784 columns, w has 100 rows "
            "(x: (32, 784), w: (100, 128))",
        ),
        (
            (3,),
            (4,),
            "[matmul] inner dimensions differ: x has 3 columns, w has 4 rows "
            "(x: (1, 3), w: (4, 1))",
        ),
        ((), (4,), "[matmul] a number is not a matrix (x: (), w: (4,))"),
        (
            (2, 3, 4),
            (3, 4, 5),
            "[matmul] shapes do not broadcast together (x: (2,), y: (3,))",
        ),
    ],
)
def test_shapes_that_do_not_fit(x, w, message):
    with pytest.raises(ValueError, match=r"^\[matmul\]") as error:
        mark1.ops.matmul(np.zeros(x, "float32"), np.zeros(w, "float32"))
    assert str(error.value) == message


def test_transposed_operands_name_the_axis_that_is_summed():
    with pytest.raises(ValueError, match=r"x has 3 rows, w has 5 columns"):
        _core.gemm(np.zeros((3, 2), "f"), np.zeros((4, 5), "f"), None, True, True)


def test_bias_must_fit_the_columns():
    with pytest.raises(ValueError, match=r"\[dense\] b must have shape \(5,\)"):
        _core.gemm(np.zeros((2, 3), "f"), np.zeros((3, 5), "f"), np.zeros(4, "f"), op="dense")


def test_integers_are_refused():
    with pytest.raises(TypeError, match="needs float32 or float64, got int32"):
        mark1.ops.matmul(np.zeros((2, 3), "int32"), np.zeros((3, 5), "int32"))


def test_the_wider_dtype_wins():
    y = mark1.ops.matmul(np.ones((2, 3), "float32"), np.ones((3, 2), "float64"))
    assert y.dtype == "float64"


def test_a_variable_is_an_operand():
    w = mark1.Variable([[2.0], [3.0]])
    assert mark1.ops.matmul(w, [[4.0]]).numpy().tolist() == [[8.0], [12.0]]


def _canonical(a: np.ndarray, b: np.ndarray) -> float:
    """The order as the documentation states it, in exact steps: fractions rounded once."""
    from fractions import Fraction

    def round_(value: Fraction) -> float:
        return float(value)  # a Fraction converts with one rounding to float64

    total = None
    for group in range(0, len(a), 16_384):
        group_total = None
        for start in range(group, min(group + 16_384, len(a)), 256):
            chain = 0.0
            for k in range(start, min(start + 256, len(a))):
                chain = round_(Fraction(a[k]) * Fraction(b[k]) + Fraction(chain))
            group_total = chain if group_total is None else group_total + chain
        total = group_total if total is None else total + group_total
    assert total is not None
    return total


@pytest.mark.parametrize("k", [1, 255, 256, 257, 700, 16_384, 16_385, 17_000])
def test_the_reference_is_the_documented_order(k: int):
    rng = np.random.default_rng(k)
    a, b = rng.standard_normal((1, k)), rng.standard_normal((k, 1))
    with force(REFERENCE):
        y = float(mark1.ops.matmul(a, b).numpy()[0, 0])
    assert y == _canonical(a[0], b[:, 0])


def test_the_first_total_is_not_added_to_zero():
    # Rounds to -0: adding it to +0 would lose the sign.
    tiny = np.full((1, 1), 5e-324)
    for isa in _core.available_isas():
        with force(Variant(isa, 1)):
            assert math.copysign(1.0, mark1.ops.matmul(tiny, -tiny).numpy()[0, 0]) == -1.0


def test_rows_do_not_depend_on_the_batch():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((67, 300)).astype("float32")
    w = rng.standard_normal((300, 130)).astype("float32")
    whole = mark1.ops.matmul(x, w).numpy()
    for rows in (1, 2, 4, 9, 33):
        assert same_bits(mark1.ops.matmul(x[5 : 5 + rows], w).numpy(), whole[5 : 5 + rows])


def test_bias_is_added_after_the_sum():
    rng = np.random.default_rng(1)
    x, w = rng.standard_normal((19, 600)), rng.standard_normal((600, 37))
    bias = rng.standard_normal(37)
    for isa in _core.available_isas():
        with force(Variant(isa, 1)):
            y = _core.gemm(x, w, bias).numpy()
            assert same_bits(y, mark1.ops.matmul(x, w).numpy() + bias)
