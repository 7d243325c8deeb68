"""Whole numbers as bits, neighbours of floating-point numbers, and parts of real numbers."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import ops
from tests.variants import assert_same_everywhere

DTYPES = ("uint8", "int32", "int64")


def drawn(dtype, n=1031):
    info = np.iinfo(dtype)
    rng = np.random.default_rng(0)
    x = rng.integers(info.min, info.max, (2, n), dtype=dtype, endpoint=True)
    x[:, :4] = [[0, info.max, info.min, 1], [info.min, info.max, 1, 0]]
    return x


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ["bitwise_and", "bitwise_or", "bitwise_xor"])
def test_bits_of_two_numbers(name, dtype):
    x, y = drawn(dtype)
    function, expected = getattr(ops, name), getattr(np, name)
    z = function(x, y)
    assert z.dtype == dtype
    np.testing.assert_array_equal(z.numpy(), expected(x, y))
    np.testing.assert_array_equal(
        function(x[:35, None], y[:7]).numpy(), expected(x[:35, None], y[:7])
    )
    np.testing.assert_array_equal(function(x > 3, y > 3).numpy(), expected(x > 3, y > 3))
    tensors = [ops.convert_to_tensor(a) for a in (x, y)]
    assert_same_everywhere(lambda: (function(*tensors),), False, name)


@pytest.mark.parametrize("dtype", DTYPES)
def test_other_bits(dtype):
    x = drawn(dtype)[0]
    np.testing.assert_array_equal(ops.bitwise_not(x).numpy(), ~x)
    np.testing.assert_array_equal(ops.bitwise_invert(x > 3).numpy(), x <= 3)


@pytest.mark.parametrize("dtype", DTYPES)
def test_bits_that_are_moved(dtype):
    x, bits = drawn(dtype)[0], 8 * np.dtype(dtype).itemsize
    y = (np.arange(len(x)) % bits).astype(dtype)
    np.testing.assert_array_equal(ops.left_shift(x, y).numpy(), x << y)
    np.testing.assert_array_equal(ops.right_shift(x, y).numpy(), x >> y)
    far = np.full_like(x, bits)
    assert not ops.left_shift(x, far).numpy().any()
    np.testing.assert_array_equal(ops.right_shift(x, far).numpy(), np.where(x < 0, -1, 0))
    if dtype != "uint8":
        assert not ops.left_shift(x, -1).numpy().any()


@pytest.mark.parametrize("name", ["bitwise_and", "bitwise_or", "bitwise_xor", "left_shift"])
def test_floating_point_numbers_have_no_bits_here(name):
    with pytest.raises(TypeError, match=rf"\[{name}\] does not take float32"):
        getattr(ops, name)([1.0], [2.0])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_neighbours(dtype):
    rng = np.random.default_rng(0)
    edges = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0], dtype)
    edges = np.concatenate([edges, [np.finfo(dtype).max, np.finfo(dtype).smallest_subnormal]])
    usual = rng.normal(size=100).astype(dtype)
    x, y = np.meshgrid(*[np.concatenate([edges.astype(dtype), usual])] * 2)
    z = ops.nextafter(x, y).numpy()
    with np.errstate(over="ignore"):
        expected = np.nextafter(x, y)
    assert z.dtype == dtype
    np.testing.assert_array_equal(z, expected)
    np.testing.assert_array_equal(np.signbit(z)[z == z], np.signbit(expected)[z == z])
    tensors = [ops.convert_to_tensor(a) for a in (x, y)]
    assert_same_everywhere(lambda: (ops.nextafter(*tensors),), False, "nextafter")


def test_angles_of_points_as_ieee_754_has_them():
    edges = [0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, 1e-45, 3e38, -3e38, np.nan]
    for dtype in ("float32", "float64"):
        y, x = np.meshgrid(*[np.array(edges, dtype)] * 2)
        z, expected = ops.arctan2(y, x).numpy(), np.arctan2(y, x)
        np.testing.assert_allclose(z, expected, rtol=2 * np.finfo(dtype).eps)
        np.testing.assert_array_equal(np.signbit(z)[z == z], np.signbit(expected)[z == z])


def test_parts_of_real_numbers():
    x = mark1.Variable([1.0, -2.0])
    with mark1.GradientTape() as tape:
        y = ops.sum(ops.real(x) * ops.conj(x))
    assert tape.gradient(y, x).numpy().tolist() == [2.0, -4.0]
    assert ops.imag(x).numpy().tolist() == [0.0, 0.0]
    assert ops.isreal([1, 2]).numpy().tolist() == [True, True]
    np.testing.assert_array_equal(
        ops.angle([1.0, -2.0, -0.0, 0.0]).numpy(), np.angle(np.float32([1, -2, -0.0, 0]))
    )
