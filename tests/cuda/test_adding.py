"""Rows added up where many indices say: gradients of embeddings, of take_along_axis and of sort."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import mark1
from mark1 import _core, ops
from tests.cuda.conftest import DEVICE
from tests.variants import REFERENCE, describe_difference, force, same_bits

RNG = np.random.default_rng(13)


def tokens(kind: str, count: int, rows: int) -> np.ndarray:
    if kind == "one":
        return np.full(count, rows - 1)
    if kind == "words":  # a few of them are most of a text
        return np.minimum(RNG.zipf(1.3, count) - 1, rows - 1)
    if kind == "descending":
        return np.arange(count)[::-1] % rows
    return RNG.integers(0, rows, count)


def check(function: Any, x: np.ndarray, indices: np.ndarray, *rest: Any) -> None:
    with force(REFERENCE):
        expected = np.array(function(_core.convert(x), _core.convert(indices), *rest))
    with mark1.device(DEVICE):
        result = np.array(function(_core.convert(x), _core.convert(indices), *rest))
    assert same_bits(result, expected), describe_difference(result, expected)


def values(*shape: int, dtype: str = "float32") -> np.ndarray:
    x = RNG.normal(size=shape) * 10.0 ** RNG.integers(-3, 4, shape)
    x.reshape(-1)[::7] = -0.0
    return x.astype(dtype)


@pytest.mark.parametrize("rows", [1, 2, 255, 256, 3001, 70_001])
def test_any_number_of_rows(rows: int):
    indices = tokens("random", 2049, rows).astype(np.int32)
    check(_core.scatter_add, values(2049, 3), indices, rows)


@pytest.mark.parametrize("kind", ["one", "words", "descending", "random"])
@pytest.mark.parametrize("size", [1, 5, 32, 33, 130])
def test_rows_of_any_size(size: int, kind: str):
    indices = tokens(kind, 5001, 600).astype(np.int64)
    check(_core.scatter_add, values(5001, size), indices, 600)


def test_other_shapes_and_precisions():
    indices = tokens("words", 3000, 50).reshape(60, 50).astype(np.int32)
    check(_core.scatter_add, values(60, 50, 4, 3, dtype="float64"), indices, 50)
    check(_core.scatter_add, values(60, 50), indices, 50)
    check(_core.scatter_add, values(60, 50, 0), indices, 50)


@pytest.mark.parametrize("shape", [(5000,), (3, 1500), (3, 1500, 2), (1, 5000)])
def test_long_lines_along_an_axis(shape: tuple[int, ...]):
    axis = 0 if len(shape) == 1 else 1
    for n, dtype in ((1, np.int32), (40, np.int32), (7001, np.int64)):
        indices = RNG.integers(0, n, shape).astype(dtype)
        check(_core.add_along, values(*shape), indices, axis, n)
    check(_core.add_along, values(*shape, dtype="float64"), indices, axis, 7001)


def test_the_gradient_of_a_long_sort():
    x = RNG.integers(-9, 9, (2, 4500)).astype(np.float32)
    results = []
    for place in ("cpu", DEVICE):
        with mark1.device(place), mark1.GradientTape() as tape:
            t = ops.convert_to_tensor(x)
            tape.watch(t)
            y = ops.sum(ops.sort(t) * ops.arange(4500, dtype="float32"))
        results.append(np.array(tape.gradient(y, t)))
    assert same_bits(*results)


@pytest.mark.parametrize("count", [2048, 4096, 4097, 30_001])
@pytest.mark.parametrize("dtype", [np.int32, np.int64])
def test_the_first_wrong_index_of_many_is_named(count: int, dtype: Any):
    bad = tokens("random", count, 40).astype(dtype)
    bad[count // 3 :: 5] = 40
    bad[-1] = -1
    message = rf"index 40 at position {count // 3} is out of range"
    with mark1.device(DEVICE):
        indices, rows = _core.convert(bad), ops.zeros((count, 2))
        with pytest.raises(ValueError, match=message):
            _core.scatter_add(rows, indices, 40)
        with pytest.raises(ValueError, match=message):
            ops.take(ops.zeros((40, 3)), indices, axis=0)
        with pytest.raises(ValueError, match=message):
            _core.add_along(ops.zeros(count), indices, 0, 40)
        with pytest.raises(ValueError, match=message):
            ops.take_along_axis(ops.zeros(40), indices, 0)


def test_many_good_indices_are_found_good():
    x, at = values(40, 3), tokens("random", 4097, 40).astype(np.int32)
    check(_core.gather, x, at)
    check(ops.take_along_axis, values(40), at, 0)
    check(ops.take_along_axis, values(3, 40), np.stack([at, at[::-1], at]), 1)
