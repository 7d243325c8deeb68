"""prod, var, std, norm, logsumexp: every kind of axes, long rows and columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.cases.base import Array, Case, Input

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
]
# More than a segment, a chunk and a group of them: bits and values of what adds up or multiplies.
_LONG: list[tuple[tuple[int, ...], Any, bool]] = [
    ((9001,), None, False),
    ((300, 17), 0, False),
    ((270_001,), None, False),
    ((16_700, 3), 0, False),
]
_SUMS = ("normal", "zeros", "ties", "large", "denormal")


def _axes(x: Array, axis: Any) -> tuple[int, ...]:
    return tuple(range(x.ndim)) if axis is None else tuple(np.atleast_1d(axis).astype(int))


def _reduced(f: Callable[..., Array]) -> Callable[..., Array]:
    """f over a tuple of axes, which may be empty."""
    return lambda x, axis, keepdims: f(x, axis=_axes(x, axis), keepdims=keepdims)


# In extended precision: NumPy's sums along columns are a single chain of additions.
def _var(x: Array, axis: Any, keepdims: bool) -> Array:
    return np.var(x.astype(np.longdouble), axis=axis, keepdims=keepdims).astype(np.float64)


def _std(x: Array, axis: Any, keepdims: bool) -> Array:
    return np.sqrt(_var(x, axis, keepdims))


def _norm(x: Array, axis: Any, keepdims: bool) -> Array:
    wide = x.astype(np.longdouble)
    return np.sqrt(np.sum(wide * wide, axis=axis, keepdims=keepdims)).astype(np.float64)


def _logsumexp(x: Array, axis: Any, keepdims: bool) -> Array:
    top = np.max(x, axis=axis, keepdims=True)
    y = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return y if keepdims else y.reshape(np.sum(x, axis=axis).shape)


def _logsumexp_scale(x: Array, axis: Any, keepdims: bool) -> Array:
    return np.max(np.abs(x), axis=axis, keepdims=keepdims) + 20


def _spread(x: Array, axis: Any, keepdims: bool) -> Array:
    """The size of what a variance is a difference of: a rounded mean is wrong by that much."""
    return np.mean(x * x, axis=axis, keepdims=keepdims)


def _root_spread(x: Array, axis: Any, keepdims: bool) -> Array:
    return np.sqrt(_spread(x, axis, keepdims))


# function, definition, scale, ulps, ranges, values
_LIST: list[tuple[str, Any, Any, float, tuple[str, ...], str]] = [
    ("prod", np.prod, None, 0.5, ("normal", "zeros", "ties", "special"), "positive"),
    ("var", _var, _spread, 4, _SUMS, "normal"),
    ("std", _std, _root_spread, 4, ("normal", "ties", "large"), "normal"),
    ("norm", _norm, None, 2, ("normal", "zeros", "ties", "large", "huge", "denormal"), "normal"),
    ("logsumexp", _logsumexp, _logsumexp_scale, 4, ("normal", "zeros", "ties", "large"), "normal"),
]


def _case(
    function: str, shape: tuple[int, ...], axis: Any, keepdims: bool, any_values: bool = False
) -> Case:
    _, define, scale, ulps, ranges, values = next(x for x in _LIST if x[0] == function)
    count = int(np.prod([shape[i] for i in _axes(np.empty(shape), axis)]))
    # The derivative of a root has a pole where a single number is its own mean.
    smooth = not (function == "std" and count == 1)
    return Case(
        op="moments",
        function=function,
        define=_reduced(define),
        inputs=(Input(shape, "normal" if any_values else values),),
        attributes={"axis": axis, "keepdims": keepdims},
        name="".join(map(str, _axes(np.empty(shape), axis)))
        + ("keep" if keepdims else "")
        + ("any" if any_values else ""),
        differentiable=None if smooth and not any_values and count < 1000 else (),
        kinks=(0,) if function == "norm" and count == 1 else (),
        composite=function == "std",
        length=count,
        ulps=ulps,
        scale=None if scale is None else _reduced(scale),
        ranges=ranges,
        flops=float(np.prod(shape)),
        bytes=4.0 * float(np.prod(shape)),
        torch_call=_torch(function),
    )


def _torch(function: str) -> Callable[..., Any]:
    def call(x: Any, axis: Any, keepdims: bool) -> Any:
        dims = list(range(x.dim())) if axis is None else axis
        if function in ("var", "std"):
            return getattr(x, function)(dims, correction=0)
        return x.prod() if function == "prod" else getattr(x, function)(dim=dims)

    return call


CASES = [
    *[_case(x[0], *shape) for x in _LIST for shape in _SHAPES],
    *[_case(f, *shape) for f in ("var", "norm", "logsumexp") for shape in _LONG],
    *[_case("prod", *shape, any_values=True) for shape in (*_SHAPES[:4], *_LONG[:2])],
    _case("prod", (0, 3), 0, False),
    _case("norm", (0, 3), 0, False),
]

BENCHMARKS = [
    _case(f, s, a, False)
    for f in ("prod", "var", "norm", "logsumexp")
    for s, a in [((16_384,), None), ((4096, 4096), 0), ((4096, 4096), 1)]
    if f != "prod" or a is None
]
