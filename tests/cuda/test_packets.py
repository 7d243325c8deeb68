"""Element-wise kernels of devices, where packets, blocks and rows of them end or do not fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import mark1
from mark1 import ops
from tests.cuda.conftest import DEVICE
from tests.variants import REFERENCE, describe_difference, force, same_bits

# A block takes 128 packets of 4 floats, or a multiple of these.
SIZES = [1, 3, 4, 511, 512, 2048, 2051, 10_007]


def assert_same(call: Callable[..., Any], *arrays: np.ndarray) -> None:
    """The device's bits are those of the reference, also for arrays that begin anywhere."""
    with force(REFERENCE):
        expected = np.array(call(*arrays))
    with mark1.device(DEVICE):
        tensors = [ops.convert_to_tensor(a) for a in arrays]
        shifted = [
            ops.reshape(
                ops.convert_to_tensor(np.concatenate([a.ravel()[:1], a.ravel()]))[1:], a.shape
            )
            for a in arrays
        ]
        for operands in (tensors, shifted):
            result = call(*operands)
            assert result.device == DEVICE
            got = np.array(result)
            assert same_bits(got, expected), describe_difference(got, expected)


def values(*shape: int, dtype: str = "float32", seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    if dtype == "bool":
        return rng.integers(0, 2, shape).astype(dtype)
    return (10 * rng.normal(size=shape)).astype(dtype)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_one_axis_of_any_length(n: int, dtype: str):
    x, y = values(n, dtype=dtype), values(n, dtype=dtype, seed=1)
    assert_same(ops.relu, x)
    assert_same(ops.tanh, x)
    assert_same(ops.add, x, y)
    assert_same(ops.multiply, x, values(1, dtype=dtype))
    assert_same(ops.subtract, values(1, dtype=dtype), y)
    assert_same(ops.less, x, y)
    assert_same(ops.where, values(n, dtype="bool"), x, y)
    assert_same(ops.where, values(n, dtype="bool"), x, values(1, dtype=dtype))


@pytest.mark.parametrize("to", ["bool", "uint8", "int32", "int64", "float32", "float64"])
@pytest.mark.parametrize("given", ["bool", "uint8", "int32", "int64", "float32", "float64"])
def test_casts_of_any_length(given: str, to: str):
    for n in (5, 2048, 9001):
        x = np.abs(values(n, dtype=given)) if given != "bool" else values(n, dtype=given)
        assert_same(lambda x: ops.cast(x, to), x)


SPREAD = [
    ((33, 64), (64,)),
    ((33, 64), (33, 1)),
    ((300, 10), (10,)),
    ((1000, 7), (1000, 1)),
    ((5, 7, 9, 4), (7, 1, 4)),
    ((5, 1, 9, 8), (5, 7, 1, 8)),
    ((12, 1), (1, 516)),
]


@pytest.mark.parametrize(("a", "b"), SPREAD, ids=str)
def test_operands_spread_over_axes(a: tuple[int, ...], b: tuple[int, ...]):
    for dtype in ("float32", "float64", "int32", "uint8"):
        x, y = np.abs(values(*a, dtype=dtype)), np.abs(values(*b, dtype=dtype, seed=1))
        assert_same(ops.add, x, y)
        assert_same(ops.maximum, y, x)
        assert_same(ops.greater, x, y)


TURNED = [
    ((33, 65), (1, 0)),
    ((3, 40, 50, 2), (0, 2, 1, 3)),
    ((5, 64, 36), (2, 0, 1)),
    ((2, 3, 34, 70), (0, 1, 3, 2)),
    ((2, 33, 3, 40), (0, 3, 1, 2)),
    ((4, 5, 6), (1, 0, 2)),
]


@pytest.mark.parametrize(("shape", "axes"), TURNED, ids=str)
def test_transpositions(shape: tuple[int, ...], axes: tuple[int, ...]):
    for dtype in ("float32", "float64", "uint8"):
        x = np.abs(values(*shape, dtype=dtype))
        assert_same(lambda x: ops.transpose(x, axes), x)


def test_slices_and_their_gradients():
    x = values(37, 130)

    def gradient(x):
        with mark1.GradientTape() as tape:
            tape.watch(x)
            y = ops.tanh(x[1:-1:2, 2:])
        return tape.gradient(y, x)

    for call in (
        lambda x: x[3:, 4:128],
        lambda x: x[::-1, ::3],
        lambda x: ops.broadcast_to(ops.reshape(x, (37, 1, 130)), (37, 3, 130)),
        lambda x: gradient(ops.convert_to_tensor(x)),
    ):
        assert_same(call, x)


@pytest.mark.parametrize("dtype", ["float32", "uint8", "int64"])
@pytest.mark.parametrize("mode", ["constant", "reflect", "symmetric"])
def test_pictures_and_rows_with_a_border(mode: str, dtype: str):
    """Units of 16 bytes, of 8, of 4 and of one."""
    x = abs(values(3, 5, 6, 8, dtype=dtype))
    one = {"constant_values": 7} if mode == "constant" else {}
    for widths in (
        ((0, 0), (1, 2), (2, 0), (0, 0)),
        ((2, 1), (0, 0), (0, 0), (0, 0)),
        ((0, 0), (0, 0), (0, 0), (2, 1)),
        ((1, 0), (1, 1), (0, 3), (2, 2)),
    ):
        assert_same(lambda a, w=widths: ops.pad(a, w, mode, **one), x)
        assert_same(lambda a, w=widths: ops.pad(a, w, mode, **one), x[..., :3].copy())
