"""What the cases do not say of order: NaN, ties, signed zeros, keys of every float, texts."""

import numpy as np
import pytest

import mark1
from mark1 import ops


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("n", [9, 200])
def test_nan_are_the_greatest_and_equals_keep_their_order(dtype, n):
    x = np.resize(np.array([2, np.nan, -0.0, np.inf, 0.0, -np.nan, -np.inf, 2, -0.0]), n)
    x = x.astype(dtype)
    order = np.argsort(x, kind="stable")
    np.testing.assert_array_equal(ops.argsort(x), order)
    values, places = ops.top_k(x, n)
    want = [*np.flatnonzero(np.isnan(x)), *np.flatnonzero(x == np.inf)]
    want += [*np.flatnonzero(x == 2), *np.flatnonzero(x == 0), *np.flatnonzero(x == -np.inf)]
    np.testing.assert_array_equal(places, want)
    np.testing.assert_array_equal(values, x[want])


@pytest.mark.parametrize(("kind", "n"), [("f4", 70_000), ("f8", 70_000), ("i8", 5000)])
def test_any_bits_are_ordered(kind, n):
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, n * np.dtype(kind).itemsize, dtype=np.uint8).view(kind)
    np.testing.assert_array_equal(ops.argsort(x), np.argsort(x, kind="stable"))


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int32", "int64"])
def test_integers(dtype):
    info = np.iinfo(dtype) if dtype != "bool" else None
    ends = [0, 1] if info is None else [info.min, info.max, 0, 1]
    x = np.resize(np.array(ends, dtype), 77)
    y = ops.sort(x)
    assert y.dtype == dtype
    np.testing.assert_array_equal(y, np.sort(x))
    np.testing.assert_array_equal(ops.top_k(x, 3)[0], np.sort(x)[::-1][:3])


def test_gradients_of_top_k_go_where_the_values_came_from():
    x = mark1.Variable([[1.0, 5.0, 3.0], [2.0, 2.0, 0.0]])
    with mark1.GradientTape() as tape:
        values, _ = ops.top_k(x, 2)
        y = ops.sum(values * ops.convert_to_tensor([[1.0, 2.0], [3.0, 4.0]]))
    np.testing.assert_array_equal(tape.gradient(y, x), [[0, 1, 2], [3, 4, 0]])


@pytest.mark.parametrize(
    ("call", "kind", "text"),
    [
        (lambda: ops.argsort(1.0), ValueError, r"\[argsort\] axis -1 is out of range for 0"),
        (lambda: ops.sort(np.zeros(3), 1), ValueError, r"\[sort\] axis 1 is out of range"),
        (lambda: ops.top_k(1.0, 1), ValueError, r"\[argsort\] a scalar has no order"),
        (
            lambda: ops.top_k(np.zeros((2, 3)), 4),
            ValueError,
            r"\[top_k\] k must be from 0 to the size of the last axis, got 4 \(x: \(2, 3\)\)",
        ),
        (
            lambda: ops.take_along_axis(np.zeros((2, 3)), np.zeros((2, 1), np.float32), 1),
            TypeError,
            r"\[take_along_axis\] indices must be int32 or int64, got float32",
        ),
        (
            lambda: ops.take_along_axis(np.zeros((2, 3)), np.array([[0], [3]]), 1),
            ValueError,
            r"\[take_along_axis\] index 3 at position 1 is out of range for 3 elements",
        ),
        (
            lambda: ops.take_along_axis(np.zeros((2, 3)), np.array([[0], [-1]], np.int32), 1),
            ValueError,
            r"\[take_along_axis\] index -1 at position 1 is out of range for 3 elements",
        ),
        (
            lambda: ops.take_along_axis(np.zeros((2, 3)), np.zeros(2, np.int32), 1),
            ValueError,
            r"\[take_along_axis\] x and indices must agree in all axes but axis 1 "
            r"\(x: \(2, 3\), indices: \(2,?\)\)",
        ),
    ],
)
def test_refused(call, kind, text):
    with pytest.raises(kind, match=text):
        call()
