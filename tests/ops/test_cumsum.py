"""Running sums and products of integers, and dtypes that are asked for."""

from __future__ import annotations

import numpy as np
import pytest

from mark1 import ops


def test_sums_of_integers_have_all_digits():
    x = np.array([2**53, 1, 1, 1], np.int64)
    assert ops.cumsum(x).numpy().tolist() == np.cumsum(x).tolist()
    assert ops.cumprod(x + 2).dtype == "int64"
    product = np.array([3**20, 3**13, 5], np.int64)
    assert ops.cumprod(product).numpy().tolist() == np.cumprod(product).tolist()


@pytest.mark.parametrize("dtype", ["int32", "int64"])
def test_integers_wrap_around(dtype):
    x = np.full(700, np.iinfo(dtype).max, dtype)
    with np.errstate(over="ignore"):
        np.testing.assert_array_equal(ops.cumsum(x).numpy(), np.cumsum(x, dtype=dtype))
        np.testing.assert_array_equal(ops.cumprod(x).numpy(), np.cumprod(x, dtype=dtype))


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64", "float32", "float64", "float16"])
def test_elements_are_converted_first(dtype):
    x = np.array([1.5, 2.5, 3.0])
    y = ops.cumsum(x, dtype=dtype)
    assert y.dtype == dtype
    assert ops.cast(y, "float64").numpy().tolist() == np.cumsum(x.astype(dtype)).tolist()


def test_small_integers_and_truth_values():
    assert ops.cumsum([True, False, True]).numpy().tolist() == [1, 1, 2]
    assert ops.cumsum([True, False, True]).dtype == "int32"
    many = np.full(300, 7, np.uint8)
    np.testing.assert_array_equal(ops.cumsum(many).numpy(), np.cumsum(many, dtype=np.uint8))


def test_long_sums_lose_few_digits():
    """A chain of a million additions would be off by some 1e-2 of a sum of equal numbers."""
    x = np.full(1_000_000, 0.1, np.float32)
    error = ops.cumsum(x).numpy()[-1] / (x[0].astype(float) * len(x)) - 1
    assert abs(error) < 1e-4
