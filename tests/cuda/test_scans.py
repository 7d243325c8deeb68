"""Running sums and products on devices: many chains and long ones, both ways."""

from __future__ import annotations

import numpy as np
import pytest

from mark1 import ops
from mark1.ops.cumsum import recurrence
from tests.cuda.test_packets import assert_same, values

# Chunks are 256 elements, a warp has 32 of them, totals are taken 32 at a time.
SHAPES = [((9001,), 0), ((130, 33), 1), ((3, 2049), 1), ((8300, 2), 0), ((2, 300, 70), 1)]


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize(("shape", "axis"), SHAPES)
def test_chains_of_any_length(shape: tuple[int, ...], axis: int, reverse: bool):
    x, factors = values(*shape), values(*shape, seed=1) / 20
    assert_same(lambda a: ops.cumsum(a, axis, reverse=reverse), x)
    assert_same(lambda a: ops.cumprod(a / 9, axis, reverse=reverse), x)
    assert_same(lambda a, f: recurrence(a, f, axis, reverse), ops.abs(x).numpy(), factors)


def test_columns_that_are_many_enough():
    """Of 65,536 chains and more, a thread has one from end to end."""
    assert_same(lambda a: ops.cumsum(a, 0), values(260, 65_537))


@pytest.mark.parametrize("dtype", ["int32", "int64", "float64"])
def test_other_dtypes(dtype: str):
    x = np.random.default_rng(0).integers(-(2**31), 2**31 - 1, (2, 777)).astype(dtype)
    assert_same(lambda a: ops.cumsum(a, 1), x)
    assert_same(lambda a: ops.cumsum(a, 0), x)
    assert_same(lambda a: ops.cumprod(a, 1), x)
    assert_same(lambda a: ops.cumsum(a, 1), x.reshape(2, 259, 3))
