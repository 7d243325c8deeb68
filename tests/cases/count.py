"""count_nonzero, any, all: every kind of axes and dtype, rows of several pieces."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.cases.base import Array, Case, Input

_FUNCTIONS = {"count_nonzero": np.count_nonzero, "any": np.any, "all": np.all}

_SHAPES: list[tuple[tuple[int, ...], Any, bool]] = [
    ((7,), None, False),
    ((33,), None, False),
    ((5, 7), 1, False),
    ((5, 33), -1, True),
    ((131, 5), 0, False),
    ((3, 40, 5), 1, False),
    ((2, 3, 4, 5), (0, 2), False),
    ((3, 4, 5), (0, 2), True),
    ((5, 7), (), False),
    ((3, 1, 4), 1, False),
    ((0, 3), 0, False),
]
# Rows of more than one piece, blocks of columns.
_LONG: list[tuple[tuple[int, ...], Any, bool]] = [
    ((40_009,), None, False),
    ((3, 17_000), 1, False),
    ((301, 1031), 0, False),
]


def _axes(shape: tuple[int, ...], axis: Any) -> tuple[int, ...]:
    return tuple(range(len(shape))) if axis is None else tuple(np.atleast_1d(axis).astype(int))


def _case(
    function: str, shape: tuple[int, ...], axis: Any, keepdims: bool, values: str, dtype: str
) -> Case:
    counted = _FUNCTIONS[function]
    axes = _axes(shape, axis)

    def define(x: Array, axis: Any, keepdims: bool) -> Array:
        return np.asarray(counted(x, axis=axes, keepdims=keepdims))

    return Case(
        op="count",
        function=function,
        define=define,
        inputs=(Input(shape, values, dtype),),
        bytes=4.0 * float(np.prod(shape)),
        attributes={"axis": axis, "keepdims": keepdims},
        name="-".join(["".join(map(str, axes)) + ("keep" if keepdims else ""), values, dtype]),
        differentiable=(),
        # The copy that brings the axes together takes a block of its own.
        composite=len(axes) == 2 and len(shape) > 2,
    )


CASES = [
    *[_case(f, *shape, values, "float") for f in _FUNCTIONS for shape in (*_SHAPES, *_LONG)
      for values in ("normal", "01")],
    *[_case(f, *shape, "01", dtype) for f in _FUNCTIONS for shape in (*_SHAPES[2:6], *_LONG)
      for dtype in ("bool", "uint8", "int32", "int64")],
]  # fmt: skip

BENCHMARKS = [
    _case("count_nonzero", (16_384,), None, False, "normal", "float32"),
    _case("any", (4096, 4096), 0, False, "constant:0", "float32"),
    _case("all", (4096, 4096), 1, False, "positive", "float32"),
]
