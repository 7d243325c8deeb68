"""Dropout: which elements survive is Philox in NumPy integers, stream 1."""

from __future__ import annotations

from typing import Any

import numpy as np

import mark1
from tests.cases.base import SIZES, Array, Case, Input
from tests.cases.random import philox


def _dropout(x: Array, rate: float, seed: int) -> Array:
    words = philox(seed, 0, x.size // 4 + 1, stream=1)[: x.size].reshape(x.shape)
    return np.where(words >= np.uint64(round(rate * 2**32)), x / (1 - rate), 0.0)


def _case(shape: tuple[int, ...], rate: float, seed: int = 3) -> Case:
    return Case(
        op="dropout",
        function="dropout",
        define=_dropout,
        inputs=(Input(shape),),
        attributes={"rate": rate, "seed": seed},
        name=str(rate),
        ulps=2,
        bytes=8.0 * float(np.prod(shape)),
    )


def _fresh(x: Any) -> Any:
    """Two calls on one generator: what it draws depends on its state."""
    generator = mark1.random.SeedGenerator(5)
    mark1.ops.dropout(x, 0.5, generator)
    return mark1.ops.dropout(x, 0.5, generator)


def _second(x: Array) -> Array:
    words = philox(5, 1, x.size // 4 + 1, stream=1)[: x.size].reshape(x.shape)
    return np.where(words >= np.uint64(2**31), 2 * x, 0.0)


CASES = [
    *(_case((n,), 0.5) for n in SIZES),
    *(_case(shape, rate) for shape in ((7, 19), (3, 1031)) for rate in (0.1, 0.9)),
    _case((40_009,), 0.2, 2**40 + 7),
    Case("dropout", "dropout", _second, (Input((35,)),), name="generator", call=_fresh, ulps=2),
]

BENCHMARKS = [_case((1024, 1024), 0.5)]
