"""Elements in other places: transposes, repetitions, pieces, gathers, sorts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.kernels.memory.row import Row, aten, method, normal
from mark1 import ops


def moves(x: np.ndarray) -> Iterator[Row]:
    size = float(x.nbytes)
    side = x.shape[0]
    joined, catenated, hot = aten("stack"), aten("cat"), aten("one_hot")
    padded = aten("constant_pad_nd")
    yield Row("transpose", (x,), 2 * size, ops.transpose, lambda x: x.T,
              lambda x: x.t().contiguous(), lambda x, out: np.copyto(out, x.T))  # fmt: skip
    # (N, C, H, W) to (N, H, W, C)
    images = x.reshape(side // 32, 64, -1)
    yield Row("transpose to channels last", (images,), 2 * size,
              lambda x: ops.transpose(x, (0, 2, 1)), lambda x: x.transpose(0, 2, 1),
              lambda x: x.transpose(1, 2).contiguous(),
              lambda x, out: np.copyto(out, x.transpose(0, 2, 1)))  # fmt: skip
    half = x[: side // 2].copy()
    yield Row("tile rows", (half,), 1.5 * size, lambda x: ops.tile(x, (2, 1)),
              lambda x: np.tile(x, (2, 1)), method("tile", (2, 1)))  # fmt: skip
    yield Row("tile columns", (half,), 1.5 * size, lambda x: ops.tile(x, (1, 2)),
              lambda x: np.tile(x, (1, 2)), method("tile", (1, 2)))  # fmt: skip
    for axis in (0, 1):
        yield Row(f"repeat twice along axis {axis}", (half,), 1.5 * size,
                  lambda x, a=axis: ops.repeat(x, 2, a), lambda x, a=axis: np.repeat(x, 2, a),
                  method("repeat_interleave", 2, axis))  # fmt: skip
    other = normal(*half.shape, seed=1)
    for axis in (0, 1, 2):
        yield Row(f"stack along axis {axis}", (half, other), 2 * size,
                  lambda x, y, a=axis: ops.stack([x, y], a),
                  lambda x, y, a=axis: np.stack([x, y], a),
                  lambda x, y, a=axis: joined([x, y], a),
                  lambda x, y, out, a=axis: np.stack([x, y], a, out=out))  # fmt: skip
    yield Row("concatenate along axis 1", (half, other), 2 * size,
              lambda x, y: ops.concatenate([x, y], 1), lambda x, y: np.concatenate([x, y], 1),
              lambda x, y: catenated([x, y], 1),
              lambda x, y, out: np.concatenate([x, y], 1, out=out))  # fmt: skip
    for axis in (0, 1):
        yield Row(f"flip along axis {axis}", (x,), 2 * size, lambda x, a=axis: ops.flip(x, a),
                  lambda x, a=axis: np.flip(x, a), method("flip", axis),
                  lambda x, out, a=axis: np.copyto(out, np.flip(x, a)))  # fmt: skip
    yield Row("roll along axis 1", (x,), 2 * size, lambda x: ops.roll(x, 3, 1),
              lambda x: np.roll(x, 3, 1), method("roll", 3, 1))  # fmt: skip
    yield Row("pad", (half,), size, lambda x: ops.pad(x, ((1, 1), (1, 1))),
              lambda x: np.pad(x, ((1, 1), (1, 1))),
              lambda x: padded(x, [1, 1, 1, 1], 0))  # fmt: skip
    yield Row("slice every second column", (x,), 1.5 * size, lambda x: x[:, ::2],
              lambda x: x[:, ::2], lambda x: x[:, ::2].contiguous(),
              lambda x, out: np.copyto(out, x[:, ::2]))  # fmt: skip
    labels = np.random.default_rng(1).integers(0, 64, x.size // 64).astype(np.int32)
    yield Row("one_hot of 64", (labels,), size, lambda i: ops.one_hot(i, 64),
              lambda i: np.eye(64, dtype=np.float32)[i],
              lambda i: hot(i.long(), 64))  # fmt: skip


def gathers(x: np.ndarray) -> Iterator[Row]:
    size = float(x.nbytes)
    rng = np.random.default_rng(1)
    for width in (64, x.shape[1]):
        rows = x.reshape(-1, width)
        order = rng.permutation(len(rows))
        yield Row(f"take rows of {width}", (rows, order), 2 * size + order.nbytes,
                  lambda x, i: ops.take(x, i, 0), lambda x, i: x[i],
                  lambda x, i: x.index_select(0, i),
                  lambda x, i, out: np.take(x, i, 0, out=out, mode="clip"))  # fmt: skip
    places = rng.integers(0, x.shape[1], x.shape).astype(np.int64)
    yield Row("take_along_axis", (x, places), 4 * size,
              lambda x, i: ops.take_along_axis(x, i, 1),
              lambda x, i: np.take_along_axis(x, i, 1), lambda x, i: x.gather(1, i))  # fmt: skip


def sorts(x: np.ndarray) -> Iterator[Row]:
    """The bytes are those of one pass: what a sort takes is arithmetic."""
    flat = x.reshape(-1)
    for shape, array in (("rows", x), ("one row", flat)):
        size = 2.0 * array.nbytes
        yield Row(f"sort {shape}", (array,), size, ops.sort, np.sort,
                  lambda x: x.sort(stable=True)[0])  # fmt: skip
        yield Row(f"argsort {shape}", (array,), size, ops.argsort,
                  lambda x: np.argsort(x, -1, kind="stable"),
                  lambda x: x.argsort(stable=True))  # fmt: skip
    for k in (5, 64):
        yield Row(f"top_k {k}", (x,), 1.0 * x.nbytes, lambda x, k=k: ops.top_k(x, k)[0],
                  lambda x, k=k: -np.sort(-x)[:, :k],
                  lambda x, k=k: x.topk(k)[0],
                  lambda x, out, k=k: -np.sort(np.partition(-x, k)[:, :k]))  # fmt: skip
