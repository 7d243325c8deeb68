"""RMSprop: three steps for a model of several variables."""

from __future__ import annotations

import numpy as np

from tests.cases.base import Array
from tests.optimizer_cases import optimizer_benchmark, optimizer_cases


def _step(
    t: int,
    g: Array,
    p: Array,
    s: list[Array],
    rate: float,
    rho: float,
    momentum: float,
    epsilon: float,
    centered: bool,
) -> Array:
    s[0] = rho * s[0] + (1 - rho) * g * g
    scale = s[0]
    if centered:
        s[-1] = rho * s[-1] + (1 - rho) * g
        scale = scale - s[-1] ** 2
    d = rate * g / np.sqrt(scale + epsilon)
    if momentum == 0:
        return p - d
    s[1] = momentum * s[1] + d
    return p - s[1]


_USUAL = {"rho": 0.9, "momentum": 0.0, "epsilon": 1e-7, "centered": False}


CASES = [
    *optimizer_cases("rmsprop", _step, _USUAL, (0.0,)),
    *optimizer_cases("rmsprop", _step, {**_USUAL, "momentum": 0.5}, (0.0, 0.0), "momentum"),
    *optimizer_cases("rmsprop", _step, {**_USUAL, "centered": True}, (0.0, 0.0), "centered", 40),
    *optimizer_cases(
        "rmsprop", _step, {**_USUAL, "momentum": 0.5, "centered": True}, (0.0, 0.0, 0.0), "both", 40
    ),
]

BENCHMARKS = optimizer_benchmark("rmsprop", _step, _USUAL, (0.0,))
