"""Gradient descent: three steps for a model of several variables."""

from __future__ import annotations

from tests.cases.base import Array
from tests.optimizer_cases import optimizer_benchmark, optimizer_cases


def _step(
    t: int,
    g: Array,
    p: Array,
    s: list[Array],
    rate: float,
    momentum: float,
    nesterov: bool,
) -> Array:
    if momentum == 0:
        return p - rate * g
    s[0] = momentum * s[0] - rate * g
    return p + (momentum * s[0] - rate * g if nesterov else s[0])


CASES = [
    *optimizer_cases("sgd", _step, {"momentum": 0.0, "nesterov": False}, (), "plain"),
    *optimizer_cases("sgd", _step, {"momentum": 0.75, "nesterov": False}, (0.0,), "momentum"),
    *optimizer_cases("sgd", _step, {"momentum": 0.75, "nesterov": True}, (0.0,), "nesterov"),
]

BENCHMARKS = optimizer_benchmark("sgd", _step, {"momentum": 0.0, "nesterov": False}, (), "plain")
