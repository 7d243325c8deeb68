"""Linear interpolation along an axis: longer and shorter, by whole factors and others."""

from __future__ import annotations

import numpy as np

from mark1.ops.resize import interpolate
from tests.cases.base import Array, Case, Input


def _interpolate(x: Array, size: int, axis: int) -> Array:
    n = x.shape[axis]
    centres = (np.arange(size) + 0.5) * n / size - 0.5
    rows = np.moveaxis(x, axis, -1)
    flat = [np.interp(centres, np.arange(n), row) for row in rows.reshape(-1, n)]
    return np.moveaxis(np.array(flat).reshape(*rows.shape[:-1], size), -1, axis)


def _case(shape: tuple[int, ...], size: int, axis: int) -> Case:
    return Case(
        op="resize",
        function="interpolate",
        name=f"{size}-axis{axis}",
        define=_interpolate,
        call=lambda x, size, axis: interpolate(x, size, axis),
        inputs=(Input(shape),),
        attributes={"size": size, "axis": axis},
        ulps=4,
        scale=lambda x, size, axis: np.full((), np.abs(x).max(initial=0)),
        ranges=("normal", "zeros", "ties", "large"),
        composite=True,
    )


CASES = [
    _case((5,), 10, 0),
    _case((2, 3, 4), 9, 1),
    _case((2, 3, 4), 3, -1),
    _case((2, 7, 3), 5, 1),
    _case((1, 1, 3), 4, 1),
    _case((4, 33), 66, 1),
]
