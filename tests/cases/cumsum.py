"""cumsum: along rows and columns, both ways."""

from __future__ import annotations

import numpy as np

from tests.cases.base import SIZES, Array, Case, Input


def _cumsum(x: Array, axis: int | None, reverse: bool) -> Array:
    if not reverse:
        return np.cumsum(x, axis)
    along = 0 if axis is None else axis
    return np.flip(np.cumsum(np.flip(x.ravel() if axis is None else x, along), along), along)


def _magnitude(x: Array, axis: int | None, reverse: bool) -> Array:
    return _cumsum(abs(x), axis, reverse)


def _case(shape: tuple[int, ...], axis: int | None, reverse: bool = False) -> Case:
    size = int(np.prod(shape))
    length = size if axis is None else shape[axis]
    return Case(
        op="cumsum",
        function="cumsum",
        define=_cumsum,
        inputs=(Input(shape),),
        attributes={"axis": axis, "reverse": reverse},
        name=f"{'all' if axis is None else axis}{'reverse' if reverse else ''}",
        # One chain: as many roundings as terms, of which the bound counts 256 and no more.
        length=length,
        ulps=max(0.5, length / 2),
        scale=_magnitude,
        ranges=("normal", "zeros", "ties", "large", "denormal"),
        flops=size,
        bytes=8.0 * size,
        torch_call=lambda x, axis, reverse: x.cumsum(0 if axis is None else axis),
    )


CASES = [
    *[_case((n,), 0, reverse) for n in SIZES for reverse in (False, True)],
    *[_case((3, 5, 7), axis, reverse) for axis in (0, 1, 2, -1) for reverse in (False, True)],
    *[_case((19, 67), axis) for axis in (0, 1)],
    *[_case((7, 1031), axis, True) for axis in (0, 1)],
    _case((4, 6), None),
    _case((0, 3), 0),
    _case((300, 301), 1),
]

BENCHMARKS = [_case((16_384,), 0), _case((4096, 4096), 0), _case((4096, 4096), 1)]
