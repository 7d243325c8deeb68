"""Convolutions of sizes at which a device takes other tiles, or divides sums among its blocks.

Each is run with its gradients; `test_cases.py` has the corners of padding, strides and dilations.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import mark1
from mark1 import ops
from tests.cuda.conftest import DEVICE
from tests.variants import describe_difference, same_bits

# x, w, attributes: windows, taps times channels, outputs per group.
CASES: list[tuple[tuple[int, ...], tuple[int, ...], dict[str, Any]]] = [
    ((1, 10, 10, 8), (2, 1, 8, 200), {}),
    ((2, 9, 9, 16), (3, 3, 16, 70), {"padding": "same"}),
    ((3, 9, 11, 5), (3, 3, 5, 33), {"padding": "same"}),
    ((5, 12, 12, 3), (3, 3, 3, 20), {"strides": 2}),
    ((1, 4, 4, 128), (3, 3, 128, 20), {"padding": "same"}),
    ((1, 23, 23, 1), (3, 3, 1, 32), {}),
    ((4, 30, 30, 3), (5, 3, 3, 8), {"strides": (2, 3)}),
    ((2, 130, 12), (4, 12, 36), {"dilation_rate": 3}),
    ((2, 5, 6, 7, 4), (3, 2, 3, 4, 24), {"strides": (1, 2, 1), "padding": "same"}),
    ((2, 9, 9, 32), (3, 3, 16, 24), {"padding": "same"}),
    ((1, 40, 40, 12), (3, 3, 4, 36), {"strides": 2}),
    # Few outputs per group.
    ((2, 17, 9, 6), (3, 3, 2, 12), {"padding": "same"}),
    ((1, 30, 31, 16), (3, 3, 1, 16), {"padding": "same"}),
    ((3, 12, 7, 8), (3, 3, 1, 8), {"strides": 2}),
    ((2, 19, 19, 5), (5, 5, 1, 5), {"padding": "same", "dilation_rate": 2}),
    ((2, 9, 9, 3), (3, 3, 1, 6), {}),
    ((1, 300, 4), (280, 1, 4), {}),
    # Numbers of more than 32 bits.
    ((2, 9, 8), (3, 8, 16), {"strides": 2**30}),
    ((2, 9, 8), (1, 8, 16), {"strides": 2, "dilation_rate": 2**30}),
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "case", CASES, ids=lambda c: "-".join("x".join(map(str, s)) for s in c[:2])
)
@pytest.mark.parametrize("activation", [None, "relu", "tanh"])
def test_convolutions_have_the_bits_of_the_cpu(case, activation, dtype):
    x_shape, w_shape, attributes = case
    rng = np.random.default_rng(6)
    arrays = [rng.normal(size=s).astype(dtype) for s in (x_shape, w_shape, w_shape[-1])]

    def results() -> list[np.ndarray]:
        x, w, b = (ops.convert_to_tensor(a) for a in arrays)
        with mark1.GradientTape() as tape:
            tape.watch([x, w, b])
            y = ops.conv(x, w, bias=b, activation=activation, **attributes)
        upstream = np.random.default_rng(7).normal(size=y.shape).astype(dtype)
        gradients = tape.gradient(y, [x, w, b], output_gradients=ops.convert_to_tensor(upstream))
        return [np.asarray(t) for t in (y, *gradients)]

    expected = results()
    with mark1.device(DEVICE):
        found = results()
    for name, result, right in zip(("y", "dx", "dw", "db"), found, expected, strict=True):
        assert same_bits(result, right), f"{name}: {describe_difference(result, right)}"


def test_channels_that_begin_anywhere_in_memory():
    rng = np.random.default_rng(8)
    x = rng.normal(size=(3, 9, 9, 5)).astype(np.float32)
    w = rng.normal(size=(2, 3, 3, 5, 16)).astype(np.float32)

    def result() -> np.ndarray:
        return np.asarray(ops.conv(ops.convert_to_tensor(x)[1:2], ops.convert_to_tensor(w)[1]))

    expected = result()
    with mark1.device(DEVICE):
        assert same_bits(result(), expected)
