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
    for name in ("var", "std", "norm", "logsumexp"):
        assert getattr(ops, name)([1, 2, 3]).dtype == "float32"


def test_logsumexp_of_nothing():
    with pytest.raises(ValueError, match=r"\[logsumexp\] needs at least one element \(x: \(2, 0\)"):
        ops.logsumexp(np.zeros((2, 0), "f"), axis=1)


@pytest.mark.parametrize(
    "name", ["prod", "var", "norm", "logsumexp", "count_nonzero", "any", "all", "cumsum", "cumprod"]
)
def test_an_axis_that_is_not_there(name):
    with pytest.raises(ValueError, match="axis"):
        getattr(ops, name)(np.zeros((2, 3), "f"), axis=2)


@pytest.mark.parametrize("axis", [0, 1])
def test_norms_beyond_the_squares_of_the_format(axis):
    # Pieces of a norm whose sizes call for different scales, and for none.
    x = np.float32(np.outer(np.ones(300), [3e30, 1e-30, 1.0, 0.0]))
    x[0] = [4e38 / 3, 1e-45, 1e25, 0]
    x = x if axis == 0 else np.ascontiguousarray(x.T)
    expected = np.sqrt(np.sum(np.float64(x) ** 2, axis=axis))
    np.testing.assert_allclose(ops.norm(x, axis=axis).numpy(), expected, rtol=1e-6)
    long = np.float32([1e30] + [1.0] * 9000 + [1e-30])
    assert ops.norm(long).numpy() == np.float32(1e30)
    assert ops.norm(np.float64([1e300, 1e300])).numpy() == pytest.approx(np.sqrt(2) * 1e300)


def test_norms_of_infinities():
    x = np.float32([[np.inf, 1e30], [np.nan, 1.0], [-np.inf, np.inf]])
    assert np.array_equal(ops.norm(x, axis=1).numpy(), [np.inf, np.nan, np.inf], equal_nan=True)


def test_gradient_of_a_norm_that_is_tiny():
    x = mark1.Variable(np.float32([3e-40, 4e-40]))
    with mark1.GradientTape() as tape:
        y = ops.norm(x)
    np.testing.assert_allclose(tape.gradient(y, x).numpy(), [0.6, 0.8], rtol=1e-4)


@pytest.mark.parametrize("axis", [None, 0, 1])
def test_logsumexp_along_any_axis_with_pieces_that_are_infinite(axis):
    x = np.zeros((9000, 2), "f")
    x[:4096] = -np.inf
    x[5000] = [-1000, 1000]
    top = x.max(axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0)
    with np.errstate(divide="ignore"):
        expected = np.log(np.exp(np.float64(x) - top).sum(axis, keepdims=True)) + top
    np.testing.assert_allclose(ops.logsumexp(x, axis, True).numpy(), expected, rtol=1e-6)


def test_gradient_of_logsumexp_where_all_is_minus_infinity():
    x = mark1.Variable(np.float32([[-np.inf, -np.inf], [-np.inf, 2.0]]))
    with mark1.GradientTape() as tape:
        y = ops.logsumexp(x, axis=1)
    assert tape.gradient(y, x).numpy().tolist() == [[0, 0], [0, 1]]


@pytest.mark.parametrize("x", [[2.0, 3, 4], [2.0, 0, 4], [0.0, 3, 0], [0.0, 0, 0]])
def test_second_derivatives_of_a_product_at_zeros(x):
    v, g = mark1.Variable(np.float64(x)), np.float64([1.0, -2.0, 0.5])
    with mark1.GradientTape() as outer:
        with mark1.GradientTape() as inner:
            y = ops.prod(v)
        slope = ops.sum(inner.gradient(y, v) * g)
    # d^2 y / dx_i dx_k is the third one.
    a, b, c = x
    hessian = np.float64([[0, c, b], [c, 0, a], [b, a, 0]])
    assert outer.gradient(slope, v).numpy().tolist() == (hessian @ g).tolist()


def test_counts_of_what_is_not_a_number():
    x = np.float32([np.nan, -0.0, 0.0, 1e-45])
    assert ops.count_nonzero(x).numpy() == 2
    assert ops.any(np.float32([-0.0, 0.0])).numpy() == False  # noqa: E712
    assert ops.all(np.float32([np.nan, np.inf])).numpy() == True  # noqa: E712


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int32", "int64", "float32", "float64"])
@pytest.mark.parametrize("shape", [(70_001,), (3, 20_000), (1031, 67)])
def test_counts_of_many_in_every_dtype(dtype, shape):
    x = np.random.default_rng(0).integers(0, 2, shape).astype(dtype)
    for axis in range(-1, x.ndim - 1):
        which = None if axis < 0 else axis
        assert np.array_equal(ops.count_nonzero(x, which).numpy(), np.count_nonzero(x, which))
        late = np.zeros_like(x)
        late[(-1,) * x.ndim] = 1
        assert np.array_equal(ops.any(late, which).numpy(), np.any(late, which))
        assert np.array_equal(ops.all(1 - late.astype("int32"), which).numpy(),
                              np.all(late == 0, which))  # fmt: skip


def test_factors_of_a_recurrence_of_another_shape():
    x, factors = _core.convert(np.zeros((2, 3), "f")), _core.convert(np.zeros(3, "f"))
    with pytest.raises(
        ValueError, match=r"\[recurrence\] needs one factor per element \(x: \(2, 3\)"
    ):
        _core.recurrence(x, factors, 1, False)


def test_running_sums_of_integers_are_exact():
    x = np.array([2**24, 1, 1, -3], np.int32)
    for name, function in (("cumsum", np.cumsum), ("cumprod", np.cumprod)):
        y = getattr(ops, name)(x[1:])
        assert y.dtype == "int32"
        np.testing.assert_array_equal(y, function(x[1:]))
    np.testing.assert_array_equal(ops.cumsum(x), np.cumsum(x))
    assert ops.cumsum(x, dtype="float64").dtype == "float64"
    assert ops.cumsum(np.array([True, True])).numpy().tolist() == [1, 2]


@pytest.mark.parametrize("order", [None, 0, 1, 2, 3, -1, 0.5, np.inf, -np.inf])
def test_norms_of_vectors(order):
    x = np.random.default_rng(0).normal(size=(3, 4, 5))
    for keepdims in (False, True):
        want = np.linalg.norm(x, order, axis=1, keepdims=keepdims)
        np.testing.assert_allclose(ops.norm(x, order, 1, keepdims), want, rtol=1e-12)


@pytest.mark.parametrize("order", [None, "fro", 1, -1, np.inf, -np.inf])
@pytest.mark.parametrize("axes", [(0, 1), (2, 0), (-1, 1)])
def test_norms_of_matrices(order, axes):
    x = np.random.default_rng(0).normal(size=(3, 4, 5))
    for keepdims in (False, True):
        want = np.linalg.norm(x, order, axis=axes, keepdims=keepdims)
        np.testing.assert_allclose(ops.norm(x, order, axes, keepdims), want, rtol=1e-12)


def test_norms_that_there_are_not():
    with pytest.raises(ValueError, match=r"\[norm\] there is no norm of order 'nuc' of matrices"):
        ops.norm(np.ones((2, 2)), "nuc")
    with pytest.raises(ValueError, match=r"\[norm\] there is no norm of order 'fro' of vectors"):
        ops.norm(np.ones(2), "fro")
    with pytest.raises(ValueError, match=r"\[norm\] ord=1 needs one axis or two, got all of 3"):
        ops.norm(np.ones((2, 2, 2)), 1)
