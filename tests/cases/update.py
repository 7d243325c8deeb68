"""What surrounds an optimizer's formula, here that of momentum: some steps for several variables.

Each step has gradients of its own: those given, times the number of the step.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import mark1
from mark1 import _core
from tests.cases.base import Array, Case, Input

_STEPS = 5
_RATE, _MOMENTUM = 0.25, 0.5


def _call(*tensors: Any, **options: Any) -> tuple[Any, ...]:
    """Values, then gradients; returns values, states and the number of steps."""
    half = len(tensors) // 2
    values = [mark1.Variable(x) for x in tensors[:half]]
    states = 1 + options.get("averages", False) + (options.get("accumulated", 1) > 1)
    slots = [
        mark1.Variable(np.zeros(x.shape, x.dtype)) for x in tensors[:half] for _ in range(states)
    ]
    # The second of several variables does not decay.
    native = _core.UpdateOptions(**options, undecayed=[v.id for v in values[1:2]])
    rate, iterations = mark1.Variable(_RATE), mark1.Variable(0, dtype="int64")
    for step in range(1, _STEPS + 1):
        gradients = [_core.multiply(g, float(step)) for g in tensors[half:]]
        _core.sgd_update(values, gradients, slots, rate, iterations, native, _MOMENTUM, False)
    return tuple(v.value for v in (*values, *slots, iterations))


def _clip(
    gradients: list[Array], clipnorm: float = 0, global_clipnorm: float = 0, clipvalue: float = 0
) -> list[Array]:
    norms = [float(np.sqrt((g * g).sum())) for g in gradients]
    if clipnorm:
        return [
            g * (clipnorm / n if n > clipnorm else 1) for g, n in zip(gradients, norms, strict=True)
        ]
    if global_clipnorm:
        norm = math.hypot(*norms)
        return [g * (global_clipnorm / norm if norm > global_clipnorm else 1) for g in gradients]
    return [np.clip(g, -clipvalue, clipvalue) if clipvalue else g for g in gradients]


def _define(
    *arrays: Array,
    loss_scale: float = 1,
    accumulated: int = 1,
    weight_decay: float = 0,
    averages: bool = False,
    average_momentum: float = 0,
    overwrite_every: int = 0,
    **clipping: float,
) -> tuple[Array, ...]:
    half = len(arrays) // 2
    values = [a.copy() for a in arrays[:half]]
    m, average, sums = ([np.zeros_like(a) for a in values] for _ in range(3))
    for step in range(1, _STEPS + 1):
        number = (step - 1) // accumulated + 1
        gathered = [a + g * step / loss_scale for a, g in zip(sums, arrays[half:], strict=True)]
        if step % accumulated:
            sums = gathered
        else:
            sums = [np.zeros_like(a) for a in values]
            for i, g in enumerate(_clip([g / accumulated for g in gathered], **clipping)):
                if i != 1:
                    values[i] = values[i] - _RATE * weight_decay * values[i]
                m[i] = _MOMENTUM * m[i] - _RATE * g
                values[i] = values[i] + m[i]
        if averages:
            keep = 0.0 if number == 1 else average_momentum
            average = [keep * a + (1 - keep) * p for a, p in zip(average, values, strict=True)]
            if overwrite_every and number % overwrite_every == 0:
                values = [a.copy() for a in average]
    states = [m, *([average] if averages else []), *([sums] if accumulated > 1 else [])]
    return (*values, *(own[i] for i in range(half) for own in states), np.array(_STEPS))


def _scale(*arrays: Array, **options: Any) -> tuple[Array, ...]:
    """Terms of either sign: their sizes add up where all of them are positive."""
    half = len(arrays) // 2
    sizes = [np.abs(a) for a in arrays]
    results = _define(*sizes, **{**options, "weight_decay": 0})
    states = (len(results) - 1) // half - 1
    bound = [sizes[i] + 2 * _STEPS**2 * sizes[half + i] for i in range(half)]
    return (*bound, *(bound[i] for i in range(half) for _ in range(states)), results[-1])


def _case(name: str, *shapes: tuple[int, ...], **options: Any) -> Case:
    by_norm = "clipnorm" in options or "global_clipnorm" in options
    return Case(
        op="update",
        function="sgd_update",
        define=_define,
        inputs=tuple(map(Input, shapes)) * 2,
        attributes=options,
        name=name,
        call=_call,
        length=max(int(np.prod(s)) for s in shapes) if by_norm else 1,
        ulps=40,
        scale=_scale,
        ranges=("normal", "zeros", "ties", "large"),
        bytes=20.0 * sum(float(np.prod(s)) for s in shapes) * _STEPS,
        plain=True,
    )


_FORMS: dict[str, dict[str, Any]] = {
    "scaled": {"loss_scale": 3.0},
    "accumulated": {"accumulated": 2},
    "clipvalue": {"clipvalue": 0.5},
    "clipnorm": {"clipnorm": 0.75},
    "global_clipnorm": {"global_clipnorm": 2.0},
    "decayed": {"weight_decay": 0.125},
    "averaged": {"averages": True, "average_momentum": 0.75},
    "overwritten": {"averages": True, "average_momentum": 0.75, "overwrite_every": 2},
    "all": {
        "loss_scale": 3.0,
        "accumulated": 2,
        "global_clipnorm": 2.0,
        "weight_decay": 0.125,
        "averages": True,
        "average_momentum": 0.75,
        "overwrite_every": 2,
    },
    "each": {"loss_scale": 8.0, "accumulated": 3, "clipnorm": 1.0, "weight_decay": 0.25},
}

CASES = [
    _case(name, *shapes, **options)
    for name, options in _FORMS.items()
    for shapes in (
        [(1,)],
        [(7,), (), (3, 5), (0, 4), (33, 17)],
        [(8_209,), (5,), (4_096,)],
    )
]

BENCHMARKS = [
    _case("clipnorm", (100_000,), **_FORMS["clipnorm"]),
    _case("all", (100_000,), **_FORMS["all"]),
]
