"""cumsum, cumprod and recurrences: along rows and columns, both ways."""

from __future__ import annotations

import numpy as np

from mark1.ops.cumsum import recurrence
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
        # No more roundings than terms, of which the bound counts 256 and no more.
        length=length,
        ulps=max(0.5, length / 2),
        scale=_magnitude,
        ranges=("normal", "zeros", "ties", "large", "denormal"),
        flops=size,
        bytes=8.0 * size,
        torch_call=lambda x, axis, reverse: x.cumsum(0 if axis is None else axis),
    )


def _cumprod(x: Array, axis: int | None, reverse: bool) -> Array:
    if not reverse:
        return np.cumprod(x, axis)
    along = 0 if axis is None else axis
    return np.flip(np.cumprod(np.flip(x.ravel() if axis is None else x, along), along), along)


def _product(shape: tuple[int, ...], axis: int | None, reverse: bool = False) -> Case:
    length = int(np.prod(shape)) if axis is None else shape[axis]
    return Case(
        op="cumsum",
        function="cumprod",
        define=_cumprod,
        inputs=(Input(shape),),
        attributes={"axis": axis, "reverse": reverse},
        name=f"{'all' if axis is None else axis}{'reverse' if reverse else ''}",
        ulps=max(0.5, length / 2),
        # Long products leave the format; in between, neither derivative is what differences say.
        ranges=("normal", "zeros", "ties"),
        differentiable=None if length < 20 else (),
    )


def _recurrence(x: Array, factors: Array, axis: int, reverse: bool) -> Array:
    turn = (lambda a: np.flip(a, axis)) if reverse else (lambda a: a)
    rows, scales = np.moveaxis(turn(x), axis, 0), np.moveaxis(turn(factors), axis, 0)
    out = np.empty(rows.shape)
    for i in range(len(rows)):
        out[i] = rows[i] + (scales[i] * out[i - 1] if i else 0)
    return turn(np.moveaxis(out, 0, axis))


def _whole(function: str, shape: tuple[int, ...], axis: int, dtype: str, reverse: bool) -> Case:
    """Integers: exact, or what is left of them modulo 2**32 or 2**64."""
    return Case(
        op="cumsum",
        function=function,
        define=(lambda x, axis, reverse: _cumsum(x, axis, reverse).astype(x.dtype))
        if function == "cumsum"
        else (lambda x, axis, reverse: _cumprod(x, axis, reverse).astype(x.dtype)),
        inputs=(Input(shape, dtype=dtype),),
        attributes={"axis": axis, "reverse": reverse},
        name=f"{dtype}{axis}{'reverse' if reverse else ''}",
        differentiable=(),
    )


def _linear(shape: tuple[int, ...], axis: int, reverse: bool = False) -> Case:
    return Case(
        op="cumsum",
        function="recurrence",
        define=_recurrence,
        call=lambda *tensors, **how: recurrence(*tensors, **how),
        inputs=(Input(shape), Input(shape, "unit")),
        attributes={"axis": axis, "reverse": reverse},
        name=f"{axis}{'reverse' if reverse else ''}",
        ulps=shape[axis],
        scale=lambda x, factors, **how: _recurrence(abs(x), abs(factors), **how),
        ranges=("normal", "zeros", "ties", "large"),
        differentiable=None if shape[axis] < 20 else (),
    )


CASES = [
    *[f((3, 5, 7), axis, reverse) for f in (_product, _linear) for axis in (0, 1, -1)
      for reverse in (False, True)],
    *[f((19, 67), axis) for f in (_product, _linear) for axis in (0, 1)],
    *[_product((n,), 0) for n in (1, 2, 9)],
    _product((2, 3), None),
    _product((0, 3), 0),
    *[_case((n,), 0, reverse) for n in SIZES for reverse in (False, True)],
    *[_case((3, 5, 7), axis, reverse) for axis in (0, 1, 2, -1) for reverse in (False, True)],
    *[_case((19, 67), axis) for axis in (0, 1)],
    *[_case((7, 1031), axis, True) for axis in (0, 1)],
    _case((4, 6), None),
    _case((0, 3), 0),
    _case((300, 301), 1),
    # Chunks of 256, two and eight of them at a time, of few rows and many, and of columns.
    *[_case((n,), 0, reverse) for n in (256, 257, 512, 4099) for reverse in (False, True)],
    *[_case((9, 2309), 1, reverse) for reverse in (False, True)],
    *[_case(shape, 1, reverse) for shape in ((2, 770, 3), (1, 260, 515))
      for reverse in (False, True)],
    *[_whole(f, (3, 600), axis, dtype, reverse) for f in ("cumsum", "cumprod")
      for dtype in ("int32", "int64") for axis in (0, 1) for reverse in (False, True)],
]  # fmt: skip

BENCHMARKS = [_case((16_384,), 0), _case((4096, 4096), 0), _case((4096, 4096), 1)]
