"""Gradient descent: three steps for a model of several variables."""

from __future__ import annotations

from typing import Any

import numpy as np

import mark1
from mark1 import _core
from tests.cases.base import Array, Case, Input

_STEPS = 3
_RATE = 0.25


def _call(*tensors: Any, momentum: float, nesterov: bool) -> tuple[Any, ...]:
    """Values, then gradients; returns values, momenta and the number of steps."""
    half = len(tensors) // 2
    values = [mark1.Variable(x) for x in tensors[:half]]
    m = [mark1.Variable(np.zeros(x.shape, x.dtype)) for x in tensors[:half]] if momentum else []
    rate = mark1.Variable(_RATE)
    iterations = mark1.Variable(0, dtype="int64")
    for _ in range(_STEPS):
        _core.sgd_update(values, list(tensors[half:]), m, rate, iterations, momentum, nesterov)
    return tuple(x.value for x in (*values, *m, iterations))


def _define(*arrays: Array, momentum: float, nesterov: bool) -> tuple[Array, ...]:
    half = len(arrays) // 2
    values = [a.copy() for a in arrays[:half]]
    m = [np.zeros_like(a) for a in values]
    for _ in range(_STEPS):
        for i, g in enumerate(arrays[half:]):
            if momentum == 0:
                values[i] = values[i] - _RATE * g
                continue
            m[i] = momentum * m[i] - _RATE * g
            values[i] = values[i] + (momentum * m[i] - _RATE * g if nesterov else m[i])
    return (*values, *(m if momentum else ()), np.array(_STEPS))


def _scale(*arrays: Array, momentum: float, nesterov: bool) -> tuple[Array, ...]:
    results = _define(*arrays, momentum=momentum, nesterov=nesterov)
    half = len(arrays) // 2
    sums = [np.abs(a) + 10 * np.abs(g) for a, g in zip(arrays[:half], arrays[half:], strict=True)]
    return (*sums, *(np.abs(r) for r in results[half:]))


def _case(*shapes: tuple[int, ...], momentum: float = 0.0, nesterov: bool = False) -> Case:
    return Case(
        op="sgd",
        function="sgd_update",
        define=_define,
        inputs=tuple(map(Input, shapes)) * 2,
        attributes={"momentum": momentum, "nesterov": nesterov},
        name="nesterov" if nesterov else ("momentum" if momentum else "plain"),
        call=_call,
        ulps=8,
        scale=_scale,
        ranges=("normal", "zeros", "ties", "large"),
        bytes=12.0 * sum(float(np.prod(s)) for s in shapes) * _STEPS,
        plain=True,
    )


_FORMS: tuple[dict[str, Any], ...] = (
    {},
    {"momentum": 0.75},
    {"momentum": 0.75, "nesterov": True},
)

CASES = [
    _case(*shapes, **form)
    for form in _FORMS
    for shapes in (
        [(1,)],
        [(7,), (), (3, 5), (0, 4), (33, 17)],
        [(131, 67), (131,), (1031,), (19,)],
        [(40_009,), (5,)],
    )
]

BENCHMARKS = [_case((100_000,)), _case((100_000,), momentum=0.9)]
