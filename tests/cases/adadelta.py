"""Adadelta: three steps for a model of several variables."""

from __future__ import annotations

import numpy as np

from tests.cases.base import Array
from tests.optimizer_cases import optimizer_benchmark, optimizer_cases


def _step(
    t: int, g: Array, p: Array, s: list[Array], rate: float, rho: float, epsilon: float
) -> Array:
    s[0] = rho * s[0] + (1 - rho) * g * g
    d = -np.sqrt(s[1] + epsilon) * g / np.sqrt(s[0] + epsilon)
    s[1] = rho * s[1] + (1 - rho) * d * d
    return p + rate * d


CASES = [
    *optimizer_cases("adadelta", _step, {"rho": 0.9, "epsilon": 1e-3}, (0.0, 0.0)),
]

BENCHMARKS = optimizer_benchmark("adadelta", _step, {"rho": 0.9, "epsilon": 1e-3}, (0.0, 0.0))
