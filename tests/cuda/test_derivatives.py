"""Kernels that cases leave out, most of them of derivatives: the bits of the CPU's reference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import mark1
from mark1 import _core, ops
from tests.cuda.test_dtypes import LONG, PAIRS, WHOLE, name, numbers, small
from tests.cuda.test_packets import assert_same

Call = Callable[..., Any]


@pytest.mark.parametrize("index", LONG)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_gradients_of_lookups(dtype: str, index: str):
    def gradient(take: Call, x: Any, i: Any) -> Any:
        x = ops.convert_to_tensor(x)
        with mark1.GradientTape() as tape:
            tape.watch(x)
            y = take(x, i)
        return tape.gradient(y, x)

    for n, below in ((257, 33), (4099, 300), (20_001, 3)):
        x, rows = small(dtype, 300, 3), small(index, n, below=below)
        assert_same(lambda a, i: gradient(lambda b, j: ops.take(b, j, 0), a, i), x, rows)
    x, columns = small(dtype, 3, 300), small(index, 3, 4099, below=300)
    assert_same(lambda a, i: gradient(lambda b, j: ops.take_along_axis(b, j, 1), a, i), x, columns)


@pytest.mark.parametrize("dtype", [*WHOLE, "float32", "float64"])
def test_labels(dtype: str):
    """So few that a block looks at all of them, and more."""
    for n in (3, 16_387):
        labels = small(dtype, n, below=3)
        scores = np.random.default_rng(1).normal(size=(n, 3)).astype("float32")
        assert_same(
            lambda t, x: ops.sparse_categorical_crossentropy(t, x, from_logits=True), labels, scores
        )
        assert_same(ops.sparse_categorical_matches, labels, scores)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_activations_and_two_derivatives(dtype: str):
    arrays = [np.random.default_rng(i).uniform(-1, 1, 257).astype(dtype) for i in range(3)]
    parameters = (0.5, 1.5, 0.25)

    def derivatives(i: int, *arrays: Any) -> Any:
        g, dy, x = map(ops.convert_to_tensor, arrays)
        y = _core.activation(i, x, *parameters)
        back = _core.activation_backward(i, dy, x, *parameters)
        return ops.stack([y, back, _core.activation_second(i, g, dy, x, *parameters)])

    for i in range(_core.activation_index("erfinv") + 1):  # the last of them
        assert_same(lambda *arrays, i=i: derivatives(i, *arrays), *arrays)


@pytest.mark.parametrize("shapes", PAIRS, ids=name)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_neighbours_of_floats(dtype: str, shapes: tuple[tuple[int, ...], tuple[int, ...]]):
    assert_same(ops.nextafter, numbers(dtype, *shapes[0]), numbers(dtype, *shapes[1], seed=1))


SCHEDULES = {
    "exponential": [0.5, 7.0, 0.9, 0.0],
    "inverse_time": [0.5, 7.0, 0.9, 1.0],
    "polynomial": [0.5, 70.0, 0.1, 2.0, 1.0],
    "cosine": [0.5, 70.0, 0.1, 0.9, 11.0],
    "cosine_restarts": [0.5, 7.0, 2.0, 0.9, 0.1],
    "piecewise": [10.0, 50.0, 0.5, 0.3, 0.1],
}


@pytest.mark.parametrize("dtype", ["int64", "float64"])
@pytest.mark.parametrize("kind", SCHEDULES)
def test_schedules(kind: str, dtype: str):
    steps = np.arange(257).astype(dtype)
    assert_same(lambda step: _core.schedule(kind, step, SCHEDULES[kind]), steps)


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("size", [3, 17])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_pools_of_both_kinds_of_places(dtype: str, size: int, channels: int):
    """A place in a window is a byte, or a number where a window has more than 256."""

    def derivatives(x: Any, g: Any) -> Any:
        x, g = ops.convert_to_tensor(x), ops.convert_to_tensor(g)
        windows = ((size, size), (2, 2), False)
        y, index = _core.max_pool(x, *windows)
        back = _core.max_pool_backward(y, index, x.shape, *windows)
        return ops.sum(back) + _core.max_pool_gather(g, index, *windows)

    x, g = numbers(dtype, 2, 23, 21, channels), small(dtype, 2, 23, 21, channels)
    assert_same(derivatives, np.nan_to_num(x, posinf=1, neginf=-1), g)


@pytest.mark.parametrize(("channels", "filters"), [(67, 61), (256, 64)])
def test_gradients_of_filters_in_broad_tiles(channels: int, filters: int):
    def gradient(x: Any, w: Any) -> Any:
        x, w = ops.convert_to_tensor(x), ops.convert_to_tensor(w)
        with mark1.GradientTape() as tape:
            tape.watch(w)
            y = ops.conv(x, w, 1, "same")
        return tape.gradient(y, w)

    rng = np.random.default_rng(3)
    x, w = rng.normal(size=(1, 9, 9, channels)), rng.normal(size=(3, 3, channels, filters))
    assert_same(gradient, x.astype("float32"), w.astype("float32"))
