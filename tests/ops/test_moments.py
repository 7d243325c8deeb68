"""What the cases cannot say about products, variances and the like: zeros, infinities, errors."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import _core, ops


def gradient_of_product(x: np.ndarray, axis: int | None = None) -> np.ndarray:
    v = mark1.Variable(x)
    with mark1.GradientTape() as tape:
        y = ops.prod(v, axis)
    return tape.gradient(y, v).numpy()


def test_gradient_of_a_product_with_zeros():
    x = np.float32([[2, 3, 5], [2, 0, 5], [0, 3, 0]])
    assert gradient_of_product(x, 1).tolist() == [[15, 10, 6], [0, 10, 0], [0, 0, 0]]


def test_integers_multiply_as_integers_and_wrap():
    assert ops.prod(np.int32([3, -4, 5])).numpy() == -60
    assert ops.prod(np.int32([[1 << 20, 1 << 12, 3]]), axis=1).numpy().tolist() == [0]
    assert ops.prod(np.zeros((0, 2), "int64"), axis=0).numpy().tolist() == [1, 1]


def test_logsumexp_of_infinities():
    x = np.float32([[-np.inf, -np.inf], [np.inf, 0], [np.nan, 0], [-np.inf, 3]])
    expected = np.float32([-np.inf, np.inf, np.nan, 3])
    assert np.array_equal(ops.logsumexp(x, axis=1).numpy(), expected, equal_nan=True)


def test_norm_and_its_gradient_at_zero():
    x = mark1.Variable(np.zeros((2, 2), "f"))
    with mark1.GradientTape() as tape:
        y = ops.norm(x)
    assert float(y) == 0
    assert tape.gradient(y, x).numpy().tolist() == [[0, 0], [0, 0]]


def test_variance_does_not_cancel():
    x = np.float32([10_000, 10_001, 10_002])
    assert ops.var(x).numpy() == np.float32(2 / 3)
    assert np.isnan(ops.var(np.zeros(0, "f")).numpy())


def test_integers_become_floats():
    for name in ("var", "std", "norm", "logsumexp", "cumsum"):
        assert getattr(ops, name)([1, 2, 3]).dtype == "float32"


def test_logsumexp_of_nothing():
    with pytest.raises(ValueError, match=r"\[logsumexp\] needs at least one element \(x: \(2, 0\)"):
        ops.logsumexp(np.zeros((2, 0), "f"), axis=1)


@pytest.mark.parametrize("name", ["prod", "var", "norm", "count_nonzero", "any", "cumsum"])
def test_an_axis_that_is_not_there(name):
    with pytest.raises(ValueError, match="axis"):
        getattr(ops, name)(np.zeros((2, 3), "f"), 2)


def test_a_shift_of_another_shape():
    x, shift = _core.convert(np.zeros((2, 3), "f")), _core.convert(np.zeros(3, "f"))
    with pytest.raises(ValueError, match=r"\[squares\] needs one shift per result"):
        _core.squares(x, shift, 1, False, False)
