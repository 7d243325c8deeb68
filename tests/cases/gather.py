"""take and scatter_add: rows by index."""

from __future__ import annotations

import numpy as np

from tests.cases.base import Case, Input


def _scatter_add(dy, indices, n):
    out = np.zeros((n, *dy.shape[indices.ndim :]))
    np.add.at(out, indices, dy)
    return out


def _scatter_call(dy, indices, n):
    from mark1.ops.gather import scatter_add

    return scatter_add(dy, indices, n)


def _take(shape, indices, n, axis, dtype="int32") -> Case:
    return Case(
        op="gather",
        function="take",
        name=f"axis{axis}-{dtype}",
        define=lambda x, indices, axis: np.take(x, indices, axis),
        inputs=(Input(shape), Input(indices, f"labels:{n}", dtype)),
        attributes={"axis": axis},
        length=1,
        bytes=8.0 * float(np.prod(indices)) * float(np.prod(shape[1:])),
        numpy_call=lambda x, indices, axis, out: np.take(x, indices, axis, out=out, mode="clip"),
    )


def _scatter(shape, indices, n, dtype="int32") -> Case:
    return Case(
        op="gather",
        function="scatter_add",
        name=dtype,
        define=_scatter_add,
        inputs=(Input(shape), Input(indices, f"labels:{n}", dtype)),
        attributes={"n": n},
        call=_scatter_call,
        length=max(1, int(np.prod(indices))),
        # Whether a sum of the format's extremes overflows depends on the order of its terms.
        ranges=("normal", "zeros", "ties", "large", "denormal"),
        scale=lambda dy, indices, n: _scatter_add(abs(dy), indices, n),
    )


CASES = [
    _take((10, 3), (7,), 10, 0),
    _take((10, 3), (7,), 10, 0, "int64"),
    _take((10,), (4, 5), 10, 0),
    _take((10, 1), (40,), 10, 0),
    _take((6, 4), (3,), 24, None),
    _take((6, 4), (9,), 4, 1),
    _take((2, 5, 3), (2, 2), 5, 1),
    _take((2, 5, 3), (4,), 3, -1),
    _take((4, 3), (0,), 4, 0),
    _take((60, 784), (300,), 60, 0),
    _scatter((7, 3), (7,), 4),
    _scatter((7, 3), (7,), 4, "int64"),
    _scatter((40,), (40,), 3),
    _scatter((2, 3, 5), (2, 3), 4),
    _scatter((500, 200), (500,), 7),
    _scatter((3000, 8), (3000,), 100),
    _scatter((0, 3), (0,), 4),
]

BENCHMARKS = [
    _take((60_000, 784), (128,), 60_000, 0),
    _take((60_000, 784), (8192,), 60_000, 0),
]
