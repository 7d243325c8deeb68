"""layer_normalization, rms_normalization, normalize: rows of one and of several axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.cases.base import Array, Case, Input

_EPSILON = 1e-3
# Squares of the format's extremes overflow.
_RANGES = ("normal", "zeros", "ties", "large", "denormal")


def _axes(x: Array, axis: Any) -> tuple[int, ...]:
    return tuple(sorted(int(i) % x.ndim for i in np.atleast_1d(axis)))


def _spread(factors: Array | None, x: Array, axis: Any) -> Any:
    """Factors of one row in a shape that broadcasts to x's."""
    axes = _axes(x, axis)
    if factors is None:
        return 1.0
    return factors.reshape([n if i in axes else 1 for i, n in enumerate(x.shape)])


def _layer(x: Array, axis: Any, epsilon: float) -> tuple[Array, Array]:
    axes = _axes(x, axis)
    d = x - x.mean(axes, keepdims=True)
    return d, 1 / np.sqrt((d * d).mean(axes, keepdims=True) + epsilon)


def _rms(x: Array, axis: Any, epsilon: float) -> tuple[Array, Array]:
    return x, 1 / np.sqrt((x * x).mean(_axes(x, axis), keepdims=True) + epsilon)


def _unit(x: Array, axis: Any, epsilon: float) -> tuple[Array, Array]:
    length = np.sqrt((x * x).sum(_axes(x, axis), keepdims=True))
    return x, np.minimum(1 / length, 1 / epsilon)


_PARTS = {"layer_normalization": _layer, "rms_normalization": _rms, "normalize": _unit}


def _define(function: str) -> Any:
    def define(
        x: Array,
        scale: Array | None = None,
        offset: Array | None = None,
        axis: Any = -1,
        epsilon: float = _EPSILON,
    ) -> Array:
        d, r = _PARTS[function](x, axis, epsilon)
        y = d * r * _spread(scale, x, axis)
        return y if offset is None else y + _spread(offset, x, axis)

    return define


def _magnitude(function: str) -> Any:
    def magnitude(
        x: Array,
        scale: Array | None = None,
        offset: Array | None = None,
        axis: Any = -1,
        epsilon: float = _EPSILON,
    ) -> Array:
        # An error of d, relative to the row's largest element, is multiplied by r; it also changes
        # r, by as much again for each unit of h.
        d, r = _PARTS[function](x, axis, epsilon)
        top = np.abs(x).max(_axes(x, axis), keepdims=True)
        h = np.abs(d * r)
        y = (h + 2 * top * r * (1 + h)) * np.abs(_spread(scale, x, axis))
        return y if offset is None else y + np.abs(_spread(offset, x, axis))

    return magnitude


def _torch(function: str) -> Any:
    def call(x: Any, *factors: Any) -> Any:
        from torch.nn import functional

        if function == "layer_normalization":
            return functional.layer_norm(x, x.shape[-1:], *factors, eps=_EPSILON)
        if function == "rms_normalization":
            return functional.rms_norm(x, x.shape[-1:], *factors, eps=_EPSILON)
        return functional.normalize(x, dim=-1, eps=_EPSILON)

    return call


def _case(
    function: str, shape: tuple[int, ...], axis: Any = -1, factors: int | None = None
) -> Case:
    if factors is None:
        factors = {"layer_normalization": 2, "rms_normalization": 1, "normalize": 0}[function]
    row = tuple(shape[i] for i in sorted(np.atleast_1d(axis) % len(shape)))
    name = "" if axis == -1 else "axis" + "".join(map(str, np.atleast_1d(axis)))
    return Case(
        op="layer_norm",
        function=function,
        define=_define(function),
        inputs=(Input(shape), *(Input(row) for _ in range(factors))),
        attributes={"axis": axis, "epsilon": _EPSILON},
        name=name,
        length=int(np.prod(row)),
        ulps=4,
        scale=_magnitude(function),
        ranges=_RANGES,
        bytes=8.0 * float(np.prod(shape)),
        torch_call=_torch(function),
    )


_SHAPES = [
    (10,), (3, 1), (5, 10), (4, 16), (3, 31), (2, 33), (0, 3), (3, 4, 7), (2, 131), (301, 10),
    (523, 5), (70, 67), (1, 4097), (2, 9001),
]  # fmt: skip
_AXES: list[tuple[tuple[int, ...], Any]] = [
    ((3, 4, 5), (1, 2)), ((2, 3, 4), (0, 1, 2)), ((3, 5, 4), 1), ((3, 5, 4), (0, -1)),
]  # fmt: skip

# The sign of a number, which is all that is left of a row of one, has a gradient of mere rounding.
CASES = [_case(f, shape) for f in _PARTS for shape in _SHAPES if f != "normalize" or shape[-1] > 1]
CASES += [_case(f, shape, axis) for f in _PARTS for shape, axis in _AXES]
CASES += [_case("layer_normalization", (5, 19), factors=n) for n in (0, 1)]
CASES += [_case("rms_normalization", (5, 19), factors=0)]

BENCHMARKS = [_case(f, shape) for f in _PARTS for shape in ((128, 768), (8192, 64), (32768, 1024))]
