"""Softmax, norms of rows and columns, pooling: forward and backward.

A norm over columns reads what it normalises twice, as it does not fit into a cache: both count.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.kernels.memory.row import Row, aten, method, normal
from mark1 import _core, ops

EPSILON = 1e-5


def _softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max(1, keepdims=True))
    result: np.ndarray = e / e.sum(1, keepdims=True)
    return result


def softmax(rows: int, n: int) -> Iterator[Row]:
    slope, log_slope = aten("_softmax_backward_data"), aten("_log_softmax_backward_data")
    x, dy = normal(rows, n), normal(rows, n, seed=1)
    y, size, bytes_ = _softmax(x), f"{rows}x{n}", float(x.nbytes)
    yield Row(f"softmax {size}", (x,), 2 * bytes_, ops.softmax, _softmax, method("softmax", 1))
    yield Row(f"log_softmax {size}", (x,), 2 * bytes_, ops.log_softmax,
              lambda x: np.log(_softmax(x)), method("log_softmax", 1))  # fmt: skip
    yield Row(f"softmax backward {size}", (dy, y), 3 * bytes_, _core.softmax_backward,
              lambda dy, y: y * (dy - (dy * y).sum(1, keepdims=True)),
              lambda dy, y: slope(dy, y, 1, y.dtype))  # fmt: skip
    yield Row(f"log_softmax backward {size}", (dy, np.log(y)), 3 * bytes_,
              _core.log_softmax_backward,
              lambda dy, y: dy - np.exp(y) * dy.sum(1, keepdims=True),
              lambda dy, y: log_slope(dy, y, 1, y.dtype))  # fmt: skip


def _standard(x: np.ndarray, axis: int) -> np.ndarray:
    result: np.ndarray = (x - x.mean(axis, keepdims=True)) / np.sqrt(
        x.var(axis, keepdims=True) + EPSILON
    )
    return result


def _standard_backward(dy: np.ndarray, x: np.ndarray, axis: int) -> np.ndarray:
    h, r = _standard(x, axis), 1 / np.sqrt(x.var(axis, keepdims=True) + EPSILON)
    means = dy.mean(axis, keepdims=True), (dy * h).mean(axis, keepdims=True)
    result: np.ndarray = r * (dy - means[0] - h * means[1])
    return result


def _stats(x: np.ndarray, axis: int) -> np.ndarray:
    wide = x.astype(np.float64)
    r = 1 / np.sqrt(wide.var(axis) + EPSILON)
    result: np.ndarray = np.stack([wide.mean(axis), r]).astype(np.float32)
    return result


def layer_norm(rows: int, n: int) -> Iterator[Row]:
    forward, backward = aten("native_layer_norm"), aten("native_layer_norm_backward")
    x, dy = normal(rows, n), normal(rows, n, seed=1)
    size, bytes_ = f"{rows}x{n}", float(x.nbytes)
    factors = np.ones(n, np.float32), np.zeros(n, np.float32)
    stats = _stats(x, 1)
    yield Row(f"layer_norm {size}", (x, *factors), 2 * bytes_,
              lambda x, s, o: _core.layer_norm(0, x, s, o, 1, EPSILON)[0],
              lambda x, s, o: _standard(x, 1),
              lambda x, s, o: forward(x, [n], s, o, EPSILON)[0])  # fmt: skip
    yield Row(f"layer_norm backward {size}", (dy, x, factors[0], stats), 3 * bytes_,
              lambda dy, x, s, t: _core.layer_norm_backward(0, dy, x, s, t, 1, True, EPSILON)[0],
              lambda dy, x, s, t: _standard_backward(dy, x, 1),
              lambda dy, x, s, t: backward(
                  dy, x, [n], t[0, :, None], t[1, :, None], s, s, [True] * 3)[0])  # fmt: skip


def batch_norm(points: int, channels: int, large: bool) -> Iterator[Row]:
    forward, backward = aten("native_batch_norm"), aten("native_batch_norm_backward")
    x, dy = normal(points, channels), normal(points, channels, seed=1)
    size, bytes_ = f"{points}x{channels}", float(x.nbytes)
    factors = np.ones(channels, np.float32), np.zeros(channels, np.float32)
    stats = _stats(x, 0)
    yield Row(f"batch_norm {size}", (x, *factors), (3 if large else 2) * bytes_,
              lambda x, s, o: _core.batch_norm(x, s, o, None, None, 0.9, EPSILON)[0],
              lambda x, s, o: _standard(x, 0),
              lambda x, s, o: forward(
                  x, s, o, None, None, True, 0.1, EPSILON)[0])  # fmt: skip
    yield Row(f"batch_norm backward {size}", (dy, x, factors[0], stats),
              (5 if large else 3) * bytes_,
              lambda dy, x, s, t: _core.batch_norm_backward(dy, x, s, t, 0, False)[0],
              lambda dy, x, s, t: _standard_backward(dy, x, 0),
              lambda dy, x, s, t: backward(
                  dy, x, s, None, None, t[0], t[1], True, EPSILON, [True] * 3)[0])  # fmt: skip


def _channels_first(x: Any) -> Any:
    return x.permute(0, 3, 1, 2)


class _TorchBackward:
    """The backward pass of max_pool in PyTorch; the places are found once."""

    def __init__(self) -> None:
        self.places: Any = None

    def __call__(self, dy: Any, x: Any) -> Any:
        x = _channels_first(x)
        if self.places is None:
            self.places = aten("max_pool2d_with_indices")(x, [2, 2])[1]
        return aten("max_pool2d_with_indices_backward")(
            _channels_first(dy), x, [2, 2], [2, 2], [0, 0], [1, 1], False, self.places
        )


def pools(n: int, side: int, channels: int) -> Iterator[Row]:
    x = normal(n, side, side, channels)
    dy = normal(n, side // 2, side // 2, channels, seed=1)
    blocks = (n, side // 2, 2, side // 2, 2, channels)
    size = "x".join(map(str, x.shape))
    windows = ([2, 2], [2, 2], False)
    index = _core.max_pool(_core.convert(x), *windows)[1]
    forward = aten("max_pool2d_with_indices")
    average, spread = aten("avg_pool2d"), aten("avg_pool2d_backward")

    def backward(dy: np.ndarray, x: np.ndarray) -> np.ndarray:
        best = x.reshape(blocks).max((2, 4), keepdims=True)
        won: np.ndarray = (x.reshape(blocks) == best) * dy.reshape(best.shape)
        return won.reshape(x.shape)

    # Places are written and read, a byte each.
    yield Row(f"max_pool {size}", (x,), 1.3125 * x.nbytes, lambda x: ops.max_pool(x, 2),
              lambda x: x.reshape(blocks).max((2, 4)),
              lambda x: forward(_channels_first(x), [2, 2]))  # fmt: skip
    yield Row(f"max_pool backward {size}", (dy, x), 1.3125 * x.nbytes,
              lambda dy, x: _core.max_pool_backward(dy, index, x.shape, *windows), backward,
              _TorchBackward())  # fmt: skip
    yield Row(f"average_pool {size}", (x,), 1.25 * x.nbytes, lambda x: ops.average_pool(x, 2),
              lambda x: x.reshape(blocks).mean((2, 4)),
              lambda x: average(_channels_first(x), [2, 2]), tolerance=1e-5)  # fmt: skip
    yield Row(f"average_pool backward {size}", (dy, x), 1.25 * x.nbytes,
              lambda dy, x: _core.average_pool_backward(dy, x.shape, *windows),
              lambda dy, x: np.repeat(np.repeat(dy, 2, 1), 2, 2) / 4,
              lambda dy, x: spread(_channels_first(dy), _channels_first(x), [2, 2], [2, 2], [0, 0],
                                   False, True, None))  # fmt: skip
