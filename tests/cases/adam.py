"""Adam: three steps for a model of several variables."""

from __future__ import annotations

from typing import Any

import numpy as np

import mark1
from mark1 import _core
from tests.cases.base import Array, Case, Input

_STEPS = 3
_BETA1, _BETA2, _EPSILON, _RATE = 0.9, 0.999, 1e-7, 0.25


def _call(*tensors: Any) -> tuple[Any, ...]:
    """Values, then gradients; returns values, both kinds of state, and the number of steps."""
    half = len(tensors) // 2
    values = [mark1.Variable(x) for x in tensors[:half]]
    m = [mark1.Variable(np.zeros(x.shape, x.dtype)) for x in tensors[:half]]
    v = [mark1.Variable(np.zeros(x.shape, x.dtype)) for x in tensors[:half]]
    rate = mark1.Variable(_RATE)
    iterations = mark1.Variable(0, dtype="int64")
    for _ in range(_STEPS):
        _core.adam_update(
            values, list(tensors[half:]), m, v, rate, iterations, _BETA1, _BETA2, _EPSILON
        )
    return tuple(x.value for x in (*values, *m, *v, iterations))


def _define(*arrays: Array) -> tuple[Array, ...]:
    half = len(arrays) // 2
    values = [a.copy() for a in arrays[:half]]
    m = [np.zeros_like(a) for a in values]
    v = [np.zeros_like(a) for a in values]
    for t in range(1, _STEPS + 1):
        alpha = _RATE * np.sqrt(1 - _BETA2**t) / (1 - _BETA1**t)
        for i, g in enumerate(arrays[half:]):
            m[i] = m[i] + (g - m[i]) * (1 - _BETA1)
            v[i] = v[i] + (g * g - v[i]) * (1 - _BETA2)
            values[i] = values[i] - m[i] * alpha / (np.sqrt(v[i]) + _EPSILON)
    return (*values, *m, *v, np.array(_STEPS))


def _scale(*arrays: Array) -> tuple[Array, ...]:
    results = _define(*arrays)
    half = len(arrays) // 2
    # A step is at most about the learning rate; it is subtracted from the value.
    return (
        *(np.abs(a) + 2 * _STEPS * _RATE for a in arrays[:half]),
        *(np.abs(r) for r in results[half:]),
    )


def _case(*shapes: tuple[int, ...]) -> Case:
    return Case(
        op="adam",
        function="adam_update",
        define=_define,
        inputs=tuple(map(Input, shapes)) * 2,
        call=_call,
        ulps=20,
        scale=_scale,
        ranges=("normal", "zeros", "ties", "large"),
        bytes=28.0 * sum(float(np.prod(s)) for s in shapes) * _STEPS,
        plain=True,
    )


CASES = [
    _case((1,)),
    _case((7,), (), (3, 5), (0, 4), (33, 17)),
    _case((131, 67), (131,), (1031,), (19,)),
    _case((40_009,), (5,)),
]

BENCHMARKS = [_case((100_000,))]
