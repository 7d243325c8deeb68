"""Adamax: three steps for a model of several variables."""

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
    beta1: float,
    beta2: float,
    epsilon: float,
) -> Array:
    s[0] = s[0] + (g - s[0]) * (1 - beta1)
    s[1] = np.maximum(beta2 * s[1], np.abs(g))
    return p - rate / (1 - beta1**t) * s[0] / (s[1] + epsilon)


CASES = [
    *optimizer_cases("adamax", _step, {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-7}, (0.0, 0.0)),
]

BENCHMARKS = optimizer_benchmark(
    "adamax", _step, {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-7}, (0.0, 0.0)
)
