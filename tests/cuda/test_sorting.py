"""Rows that are too long for a block to sort: several blocks do, digit by digit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import mark1
from mark1 import ops
from tests.cuda.conftest import DEVICE
from tests.variants import REFERENCE, describe_difference, force, same_bits

RNG = np.random.default_rng(11)


def row(kind: str, n: int, dtype: str) -> np.ndarray:
    """One row whose order is a trap of some kind."""
    if kind == "equal":
        return np.full(n, 3, dtype)
    if kind in ("sorted", "reversed"):
        return np.arange(n)[:: 1 if kind == "sorted" else -1].astype(dtype) - n // 2
    if kind == "few":
        return RNG.integers(-2, 3, n).astype(dtype)
    if dtype.startswith("int"):
        limits = np.iinfo(dtype)
        return RNG.integers(limits.min, limits.max, n, dtype, endpoint=True)
    x = RNG.normal(size=n) * 10.0 ** RNG.integers(-30, 30, n)
    if kind == "special":
        x[::3] = RNG.choice([0.0, -0.0, np.nan, -np.nan, np.inf, -np.inf], len(x[::3]))
    return x.astype(dtype)


def check(call: Callable[[Any], Any], x: np.ndarray) -> None:
    with force(REFERENCE):
        expected = np.array(call(x))
    with mark1.device(DEVICE):
        result = np.array(call(ops.convert_to_tensor(x)))
    assert same_bits(result, expected), describe_difference(result, expected)


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "int64"])
@pytest.mark.parametrize("kind", ["special", "few"])
def test_rows_just_beyond_a_block(kind: str, dtype: str):
    x = row(kind, 2 * 4097, dtype).reshape(2, 4097)
    check(ops.sort, x)
    check(lambda a: ops.top_k(a, 5)[1], x)


@pytest.mark.parametrize("kind", ["random", "equal", "sorted", "reversed", "special"])
def test_orders_that_are_traps(kind: str):
    x = row(kind, 10_007, "float32")
    check(ops.argsort, x)
    check(lambda a: ops.top_k(a, 1000)[1], x)


def test_blocks_that_have_several_tiles():
    """The emulated device has 24 of them: 98,304 keys are one tile each."""
    x = row("special", 110_007, "float32")
    check(ops.argsort, x)


def test_rows_of_every_kind_side_by_side():
    x = np.stack([row(kind, 5000, "int32") for kind in ("few", "random", "sorted", "equal")])
    check(lambda a: ops.argsort(a, axis=0), np.moveaxis(x, 0, 1).copy())


def test_nothing_of_a_long_row():
    check(lambda a: ops.top_k(a, 0)[1], row("random", 5000, "float32"))
