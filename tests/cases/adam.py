"""Adam: three steps for a model of several variables."""

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
    amsgrad: bool,
) -> Array:
    s[0] = s[0] + (g - s[0]) * (1 - beta1)
    s[1] = s[1] + (g * g - s[1]) * (1 - beta2)
    if amsgrad:
        s[2] = np.maximum(s[2], s[1])
    alpha = rate * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return p - s[0] * alpha / (np.sqrt(s[-1]) + epsilon)


_BETAS = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-7}


CASES = [
    *optimizer_cases("adam", _step, {**_BETAS, "amsgrad": False}, (0.0, 0.0)),
    *optimizer_cases("adam", _step, {**_BETAS, "amsgrad": True}, (0.0, 0.0, 0.0), "amsgrad"),
]

BENCHMARKS = optimizer_benchmark("adam", _step, {**_BETAS, "amsgrad": False}, (0.0, 0.0))
