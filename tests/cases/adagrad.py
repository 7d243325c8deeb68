"""Adagrad: three steps for a model of several variables."""

from __future__ import annotations

import numpy as np

from tests.cases.base import Array
from tests.optimizer_cases import optimizer_benchmark, optimizer_cases


def _step(t: int, g: Array, p: Array, s: list[Array], rate: float, epsilon: float) -> Array:
    s[0] = s[0] + g * g
    return p - rate * g / np.sqrt(s[0] + epsilon)


CASES = [
    *optimizer_cases("adagrad", _step, {"epsilon": 1e-7}, (0.1,)),
]

BENCHMARKS = optimizer_benchmark("adagrad", _step, {"epsilon": 1e-7}, (0.1,))
