"""Ftrl: three steps for a model of several variables."""

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
    l1: float,
    l2: float,
    shrinkage: float,
    beta: float,
    power: float,
) -> Array:
    n = s[0] + g * g
    s[1] = s[1] + g + 2 * shrinkage * p - (n**-power - s[0] ** -power) / rate * p
    s[0] = n
    return (np.clip(s[1], -l1, l1) - s[1]) / (n**-power / rate + 2 * l2 + beta / rate)


_PLAIN = {"l1": 0.0, "l2": 0.0, "shrinkage": 0.0, "beta": 0.0, "power": -0.5}
_REGULARIZED = {"l1": 0.5, "l2": 0.25, "shrinkage": 0.125, "beta": 0.5, "power": -0.5}

CASES = [
    *optimizer_cases("ftrl", _step, _PLAIN, (0.1, 0.0), growth=8),
    *optimizer_cases("ftrl", _step, _REGULARIZED, (0.1, 0.0), "regularized", growth=8),
    *optimizer_cases(
        "ftrl", _step, {**_REGULARIZED, "power": -0.75}, (0.1, 0.0), "power", growth=64
    ),
    *optimizer_cases("ftrl", _step, {**_REGULARIZED, "power": 0.0}, (0.1, 0.0), "fixed", growth=8),
]

BENCHMARKS = optimizer_benchmark("ftrl", _step, _PLAIN, (0.1, 0.0), growth=8)
