"""Mean squared and mean absolute error."""

from __future__ import annotations

import numpy as np

from tests.cases.base import Array, Case, Input

_SHAPES = [(1,), (10,), (5, 1), (4, 16), (3, 31), (2, 3, 33), (0, 3), (2, 131), (1, 4099), (301, 3)]


def _squared(y_true: Array, y_pred: Array) -> Array:
    return ((y_pred - y_true) ** 2).mean(-1)


def _absolute(y_true: Array, y_pred: Array) -> Array:
    return np.abs(y_pred - y_true).mean(-1)


def _case(function: str, shape: tuple[int, ...]) -> Case:
    squared = function == "mean_squared_error"
    # Among many differences one is always close to the kink at 0.
    target = "normal" if squared or np.prod(shape) < 500 else "constant:5"
    return Case(
        op="mean_error",
        function=function,
        define=_squared if squared else _absolute,
        inputs=(Input(shape, target), Input(shape)),
        kinks=() if squared else (lambda y_true, y_pred: y_pred - y_true),
        length=shape[-1],
        ulps=3,
        ranges=("normal", "zeros", "ties", "large", "denormal"),  # sums of extremes overflow
        flops=3.0 * float(np.prod(shape)),
        bytes=8.0 * float(np.prod(shape)),
    )


CASES = [
    _case(f, shape) for f in ("mean_squared_error", "mean_absolute_error") for shape in _SHAPES
]

BENCHMARKS = [_case("mean_squared_error", shape) for shape in ((32, 1), (1024, 1024))]
