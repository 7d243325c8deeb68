"""Schedule-free AdamW: three steps for a model of several variables, the first two warming up."""

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
    warmup: int,
) -> Array:
    rate = rate * min(1.0, t / warmup) if warmup else rate
    x = (p - (1 - beta1) * s[0]) / beta1
    s[1] = s[1] + (g * g - s[1]) * (1 - beta2)
    s[0] = s[0] - rate * g / (np.sqrt(s[1] / (1 - beta2**t)) + epsilon)
    x = (1 - 1 / t) * x + s[0] / t
    return (1 - beta1) * s[0] + beta1 * x


_NUMBERS = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}

CASES = [
    *optimizer_cases("schedule_free", _step, {**_NUMBERS, "warmup": 0}, (0.0, 0.0)),
    *optimizer_cases("schedule_free", _step, {**_NUMBERS, "warmup": 2}, (0.0, 0.0), "warmup"),
]

BENCHMARKS = optimizer_benchmark("schedule_free", _step, {**_NUMBERS, "warmup": 0}, (0.0, 0.0))
