"""Kernels for integers, bools and narrow numbers, at odd sizes: the bits of the CPU's reference.

Cases of operations are of float32 and float64. Here is what else a kernel is made for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from mark1 import ops
from tests.cuda.test_packets import assert_same

WHOLE = ["uint8", "int32", "int64"]
LONG = ["int32", "int64"]
NARROW = ["bfloat16", "float16"]
DTYPES = ["bool", *WHOLE, "float32", "float64"]

Call = Callable[..., Any]


def numbers(dtype: str, *shape: int, seed: int = 0) -> np.ndarray:
    """All that integers can be, extremes, zero and one among them; floats beyond them and NaN."""
    rng = np.random.default_rng(seed)
    if dtype == "bool":
        return rng.integers(0, 2, shape).astype(bool)
    if dtype.startswith("float"):
        x = rng.normal(size=shape) * 10.0 ** rng.integers(-3, 25, shape)
        x.flat[::5] = rng.choice([0.0, -0.0, np.nan, np.inf, -np.inf, 1.0], x.flat[::5].shape)
        return x.astype(dtype)
    limits = np.iinfo(dtype)
    x = rng.integers(limits.min, limits.max, shape, dtype, endpoint=True)
    edges = np.array([limits.min, limits.max, 0, 1, limits.max // 2], dtype)
    x.flat[::3] = rng.choice(edges, x.flat[::3].shape)
    return x


def small(dtype: str, *shape: int, seed: int = 0, below: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, below, shape).astype(dtype)


# Shapes of two operands: rows of any length; a row, a column and a number that repeat.
PAIRS = [
    ((1,), (1,)),
    ((4099,), (4099,)),
    ((33, 257), (257,)),
    ((33, 257), (33, 1)),
    ((3, 33), (1, 1)),
]

ARITHMETIC: list[Call] = [
    *(ops.add, ops.subtract, ops.multiply, ops.maximum, ops.minimum, ops.floor_divide, ops.mod),
    *(ops.bitwise_and, ops.bitwise_or, ops.bitwise_xor),
]
SHIFTS: list[Call] = [ops.bitwise_left_shift, ops.bitwise_right_shift]
COMPARISONS: list[Call] = [
    *(ops.equal, ops.not_equal, ops.less, ops.less_equal, ops.greater, ops.greater_equal),
    *(ops.logical_and, ops.logical_or, ops.logical_xor),
]


def name(x: Any) -> str:
    return getattr(x, "__name__", None) or str(x).replace(" ", "")


@pytest.mark.parametrize("shapes", PAIRS, ids=name)
@pytest.mark.parametrize("dtype", WHOLE)
def test_arithmetic_of_integers(dtype: str, shapes: tuple[tuple[int, ...], tuple[int, ...]]):
    x, y = numbers(dtype, *shapes[0]), numbers(dtype, *shapes[1], seed=1)
    for function in ARITHMETIC:
        assert_same(function, x, y)
    assert_same(ops.power, x, small(dtype, *shapes[1]))
    for function in SHIFTS:
        assert_same(function, x, small(dtype, *shapes[1], below=8 * x.itemsize))
    assert_same(lambda a, b: ops.add(ops.transpose(a), ops.transpose(b)), x, y.reshape(-1)[:1])


@pytest.mark.parametrize("shapes", PAIRS, ids=name)
@pytest.mark.parametrize("dtype", DTYPES)
def test_comparisons(dtype: str, shapes: tuple[tuple[int, ...], tuple[int, ...]]):
    x, y = numbers(dtype, *shapes[0]), numbers(dtype, *shapes[1], seed=1)
    for function in COMPARISONS:
        assert_same(function, x, y)
    for unary in (ops.logical_not, ops.isnan, ops.isinf, ops.isfinite):
        assert_same(unary, x)
    assert_same(ops.where, numbers("bool", *shapes[0]), x, y)
    assert_same(ops.where, numbers("bool", *shapes[1]), x, y)


@pytest.mark.parametrize("to", [*DTYPES, *NARROW])
@pytest.mark.parametrize("via", [*DTYPES, *NARROW])
def test_casts(via: str, to: str):
    """From every type to every type, by way of what NumPy has."""
    start = "float32" if via in NARROW else via
    x = numbers(start, 4099)
    if start.startswith("float"):
        x[~(np.abs(x) < 200)] = -200.5
    assert_same(lambda a: ops.cast(ops.cast(ops.cast(a, via), to), "float64"), x)


@pytest.mark.parametrize("dtype", DTYPES)
def test_copies(dtype: str):
    x = numbers(dtype, 33, 257)
    assert_same(ops.transpose, x)
    assert_same(lambda a: ops.transpose(a, (2, 0, 1)), x.reshape(3, 11, 257))
    assert_same(lambda a: ops.transpose(a, (1, 0, 2)), x.reshape(3, 11, 257))
    assert_same(lambda a: ops.broadcast_to(a, (3, 33, 257)), x)
    assert_same(lambda a: ops.broadcast_to(a, (33, 257)), x[:, :1].copy())
    assert_same(lambda a: a[1:32:3, ::-1], x)
    assert_same(lambda a: ops.concatenate([a, a[:3], a], 0), x)
    assert_same(lambda a: ops.concatenate([a, a[:, :1]], 1), x)
    assert_same(lambda a: ops.roll(a, 5, 1), x)
    assert_same(lambda a: ops.full((3, 33), 1, dtype), x)
    for mode in ("constant", "reflect", "symmetric"):
        assert_same(lambda a, mode=mode: ops.pad(a, ((1, 2), (3, 0)), mode), x)


@pytest.mark.parametrize("shape", [(1, 1), (9, 13), (33, 257), (3, 4099), (4099, 3)], ids=name)
@pytest.mark.parametrize("dtype", [*LONG, "float64"])
def test_reductions(dtype: str, shape: tuple[int, int]):
    x = numbers(dtype, *shape)
    for function in (ops.sum, ops.prod, ops.max, ops.min, ops.argmax, ops.argmin):
        for axis in (0, 1, None):
            assert_same(lambda a, f=function, axis=axis: f(a, axis=axis), x)


@pytest.mark.parametrize("shape", [(1, 1), (9, 3), (33, 257), (3, 9001), (257, 3)], ids=name)
@pytest.mark.parametrize("dtype", DTYPES)
def test_counts(dtype: str, shape: tuple[int, int]):
    x = numbers(dtype, *shape)
    for function in (ops.count_nonzero, ops.any, ops.all):
        for axis in (0, 1, None):
            assert_same(lambda a, f=function, axis=axis: f(a, axis=axis), x)


@pytest.mark.parametrize("dtype", [*LONG, "float64"])
def test_scans_and_sorts(dtype: str):
    for shape, axis in (((3, 1027), 1), ((1027, 3), 0), ((3, 33), 0), ((33,), 0)):
        x = numbers(dtype, *shape)
        for reverse in (False, True):
            assert_same(lambda a, i=axis, r=reverse: ops.cumsum(a, i, reverse=r), x)
            assert_same(lambda a, i=axis, r=reverse: ops.cumprod(a, i, reverse=r), x)
    for shape in ((4099,), (3, 257), (9, 1)):
        x = numbers(dtype, *shape)
        assert_same(ops.sort, x)
        assert_same(ops.argsort, x)
        assert_same(lambda a: ops.top_k(a, 1)[1], x)


@pytest.mark.parametrize("index", LONG)
@pytest.mark.parametrize("dtype", DTYPES)
def test_lookups(dtype: str, index: str):
    for width in (1, 3, 33, 64):
        rows = small(index, 257, below=33)
        assert_same(lambda a, i: ops.take(a, i, 0), numbers(dtype, 33, width), rows)
    x, columns = numbers(dtype, 257, 33), small(index, 257, 3, below=33)
    assert_same(lambda a, i: ops.take_along_axis(a, i, 1), x, columns)
    assert_same(lambda a, i: ops.take_along_axis(a, i, 0), x.T.copy(), columns.T.copy())
