"""softmax and log_softmax along the last axis and others."""

from __future__ import annotations

import numpy as np

import mark1
from tests.cases.base import Array, Case, Input

_SHAPES = [
    (1,), (10,), (3, 1), (5, 10), (4, 16), (3, 31), (2, 33), (0, 3), (2, 0), (3, 4, 7), (2, 131),
    (1, 4097), (301, 10),
]  # fmt: skip


def softmax(x: Array, axis: int = -1) -> Array:
    if x.shape[axis] == 0:
        return x
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


def log_softmax(x: Array, axis: int = -1) -> Array:
    if x.shape[axis] == 0:
        return x
    d = x - x.max(axis, keepdims=True)
    return d - np.log(np.exp(d).sum(axis, keepdims=True))


def _softmax_scale(x: Array, axis: int = -1) -> Array:
    if x.shape[axis] == 0:
        return x
    # The rounding of x - max is an error of the exponent, relative to the result.
    d = np.abs(x - x.max(axis, keepdims=True))
    return softmax(x, axis) * (1 + np.minimum(d, 800))


def _log_softmax_scale(x: Array, axis: int = -1) -> Array:
    if x.shape[axis] == 0:
        return x
    return np.abs(x - x.max(axis, keepdims=True)) + np.log(x.shape[axis]) + 1


def _masked(x: Array, mask: Array) -> Array:
    seen = np.broadcast_to(mask, x.shape)
    e = np.where(seen, np.exp(x - x.max(-1, keepdims=True, initial=-np.inf, where=seen)), 0.0)
    total = e.sum(-1, keepdims=True)
    return np.divide(e, total, out=np.zeros_like(e), where=total > 0)


def _masked_scale(x: Array, mask: Array) -> Array:
    d = np.abs(x - x.max(-1, keepdims=True, initial=-np.inf, where=np.broadcast_to(mask, x.shape)))
    return _masked(x, mask) * (1 + np.minimum(d, 800))


def _with_mask(shape: tuple[int, ...], mask: tuple[int, ...]) -> Case:
    return Case(
        op="softmax",
        function="softmax",
        define=_masked,
        inputs=(Input(shape), Input(mask, "01", "bool")),
        name="masked",
        call=lambda x, mask: mark1.ops.softmax(x, mask=mask),
        differentiable=(0,),
        length=shape[-1],
        ulps=5,
        scale=_masked_scale,
        ranges=("normal", "zeros", "ties", "large", "denormal"),
        composite=True,
    )


def _case(function: str, shape: tuple[int, ...], axis: int = -1) -> Case:
    log = function == "log_softmax"
    return Case(
        op="softmax",
        function=function,
        define=log_softmax if log else softmax,
        inputs=(Input(shape),),
        attributes={"axis": axis},
        name="" if axis == -1 else f"axis{axis}",
        length=shape[axis],
        ulps=5,
        scale=_log_softmax_scale if log else _softmax_scale,
        bytes=8.0 * float(np.prod(shape)),
        torch_call=lambda x, axis: getattr(x, function)(axis),
    )


CASES = [_case(f, shape) for f in ("softmax", "log_softmax") for shape in _SHAPES] + [
    _case(f, (3, 5, 4), axis) for f in ("softmax", "log_softmax") for axis in (0, 1, 2)
]
CASES += [_with_mask((5, 19), (5, 19)), _with_mask((3, 4, 7), (4, 1)), _with_mask((2, 3), (2, 3))]

BENCHMARKS = [_case("softmax", shape) for shape in ((32, 10), (1024, 1000), (65_536, 10))]
