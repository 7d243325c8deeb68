"""Pools whose channels come in runs of 16 bytes on a device, and others, with both derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import mark1
from mark1 import ops
from tests.cuda.conftest import DEVICE
from tests.variants import describe_difference, same_bits

CASES: list[tuple[tuple[int, ...], dict[str, Any]]] = [
    ((2, 8, 9, 8), {"pool_size": 2}),
    ((2, 8, 9, 6), {"pool_size": 2}),
    ((1, 11, 9, 4), {"pool_size": 3, "strides": 2, "padding": "same"}),
    ((1, 7, 10, 4), {"pool_size": (2, 3), "strides": (3, 4)}),
    ((3, 20, 12), {"pool_size": 5, "strides": 1, "padding": "same"}),
    ((1, 5, 6, 7, 4), {"pool_size": 2, "strides": (1, 2, 1)}),
    ((1, 24, 20, 4), {"pool_size": (20, 16), "strides": 3}),  # places that need more than a byte
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("pool", ["max_pool", "average_pool"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: "x".join(map(str, case[0])))
def test_pools_have_the_bits_of_the_cpu(case, pool, dtype):
    shape, attributes = case
    rng = np.random.default_rng(9)
    array = rng.integers(-5, 5, size=shape).astype(dtype) / 4  # with ties
    array.flat[3] = np.nan

    def results() -> list[np.ndarray]:
        x = ops.convert_to_tensor(array)
        with mark1.GradientTape() as outer:
            outer.watch(x)
            with mark1.GradientTape() as tape:
                tape.watch(x)
                y = getattr(ops, pool)(x, **attributes)
            factors = ops.convert_to_tensor(np.arange(y.numpy().size, dtype=dtype))
            upstream = ops.reshape(factors, y.shape)
            outer.watch(upstream)
            dx = tape.gradient(y, x, output_gradients=upstream)
        second = outer.gradient(dx, upstream, output_gradients=ops.convert_to_tensor(array))
        return [np.asarray(t) for t in (y, dx, second)]

    expected = results()
    with mark1.device(DEVICE):
        found = results()
    for result, right in zip(found, expected, strict=True):
        assert same_bits(result, right), describe_difference(result, right)
