"""take_along_axis and add_along_axis: one element per index along an axis."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tests.cases.base import Array, Case, Input


def _add_along(dy: Array, indices: Array, axis: int, n: int) -> Array:
    shape = list(dy.shape)
    shape[axis] = n
    out = np.zeros(shape)
    for place in np.ndindex(*dy.shape):
        to = list(place)
        to[axis] = indices[place]
        out[tuple(to)] += dy[place]
    return out


def _add_call(dy: Any, indices: Any, axis: int, n: int) -> Any:
    from mark1.ops.along import add_along_axis

    return add_along_axis(dy, indices, axis, n)


def _take(shape: Any, indices: Any, axis: int | None, dtype: str = "int32") -> Case:
    n = math.prod(shape) if axis is None else shape[axis]
    return Case(
        op="along",
        function="take_along_axis",
        name=f"axis{axis}-{dtype}",
        define=lambda x, indices, axis: np.take_along_axis(
            x.reshape(-1) if axis is None else x,
            indices.reshape(-1) if axis is None else indices,
            axis,
        ),
        inputs=(Input(shape), Input(indices, f"labels:{n}", dtype)),
        attributes={"axis": axis},
        length=math.prod(indices),
        bytes=12.0 * math.prod(indices),
        numpy_call=lambda x, indices, axis, out: np.copyto(
            out, np.take_along_axis(x, indices, axis)
        ),
    )


def _add(shape: Any, axis: int, n: int, dtype: str = "int32") -> Case:
    return Case(
        op="along",
        function="add_along_axis",
        name=f"axis{axis}-{dtype}",
        define=_add_along,
        inputs=(Input(shape), Input(shape, f"labels:{n}", dtype)),
        attributes={"axis": axis, "n": n},
        call=_add_call,
        length=max(1, shape[axis]),
        # Whether a sum of the format's extremes overflows depends on the order of its terms.
        ranges=("normal", "zeros", "ties", "large", "denormal"),
        scale=lambda dy, indices, axis, n: _add_along(abs(dy), indices, axis, n),
    )


CASES = [
    _take((5,), (7,), 0),
    _take((5,), (7,), -1, "int64"),
    _take((5, 4), (3, 4), 0),
    _take((5, 4), (5, 9), 1),
    _take((5, 4), (5, 0), 1),
    _take((3, 4, 5), (3, 2, 5), 1),
    _take((3, 4, 5), (1, 2, 5), 1),
    _take((3, 4, 1), (3, 2, 5), 1),
    _take((3, 4), (2, 3), None),
    _take((131, 67), (131, 33), 1),
    _take((67, 131), (33, 131), 0, "int64"),
    _add((7,), 0, 3),
    _add((5, 4), 0, 3, "int64"),
    _add((5, 4), 1, 6),
    _add((3, 4, 5), 1, 2),
    _add((3, 0, 5), 1, 2),
    _add((67, 131), 1, 40),
]

BENCHMARKS = [
    _take((4096, 1000), (4096, 1000), 1),
    _take((1000, 4096), (1000, 4096), 0),
]
