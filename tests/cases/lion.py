"""Lion: three steps for a model of several variables."""

from __future__ import annotations

import numpy as np

from tests.cases.base import Array
from tests.optimizer_cases import optimizer_benchmark, optimizer_cases


def _step(
    t: int, g: Array, p: Array, s: list[Array], rate: float, beta1: float, beta2: float
) -> Array:
    direction = np.sign(beta1 * s[0] + (1 - beta1) * g)
    s[0] = beta2 * s[0] + (1 - beta2) * g
    return p - rate * direction


CASES = [
    *optimizer_cases("lion", _step, {"beta1": 0.9, "beta2": 0.99}, (0.0,)),
]

BENCHMARKS = optimizer_benchmark("lion", _step, {"beta1": 0.9, "beta2": 0.99}, (0.0,))
