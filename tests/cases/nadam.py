"""Nadam: three steps for a model of several variables."""

from __future__ import annotations

import numpy as np

from tests.cases.base import Array
from tests.optimizer_cases import optimizer_benchmark, optimizer_cases


def _momentum(t: int, beta1: float) -> float:
    return beta1 * (1 - 0.5 * 0.96**t)


def _step(
    t: int,
    g: Array,
    p: Array,
    s: list[Array],
    rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
) -> Array:
    s[0] = s[0] + (g - s[0]) * (1 - beta1)
    s[1] = s[1] + (g * g - s[1]) * (1 - beta2)
    product = float(np.prod([_momentum(k, beta1) for k in range(1, t + 1)]))
    now, after = _momentum(t, beta1), _momentum(t + 1, beta1)
    mean = after * s[0] / (1 - product * after) + (1 - now) * g / (1 - product)
    return p - rate * mean / (np.sqrt(s[1] / (1 - beta2**t)) + epsilon)


# What the kernel carries from step to step is a double here, so that both precisions can be right.
_PRODUCT = np.array(1.0)


CASES = [
    *optimizer_cases(
        "nadam",
        _step,
        {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-7},
        (0.0, 0.0),
        carried=[_PRODUCT],
    ),
]

BENCHMARKS = optimizer_benchmark(
    "nadam", _step, {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-7}, (0.0, 0.0), carried=[_PRODUCT]
)
