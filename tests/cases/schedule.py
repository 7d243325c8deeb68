"""Learning rates in some steps, by the formulas of Keras' documentation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mark1 import _core
from tests.cases.base import Array, Case, Input


def _call(step: Any, kind: str, numbers: Sequence[float]) -> Any:
    return _core.schedule(kind, step, list(numbers))


def _decay(s: Array, rate: float, n: float, d: float, staircase: float, kind: str) -> Array:
    p = np.floor(s / n) if staircase else s / n
    return rate * d**p if kind == "exponential" else rate / (1 + d * p)


def _polynomial(s: Array, rate: float, n: float, end: float, power: float, cycle: float) -> Array:
    if cycle:
        n = n * np.maximum(np.ceil(s / n), 1)
    return (rate - end) * (1 - np.minimum(s, n) / n) ** power + end


def _cosine(fraction: Array, alpha: float) -> Array:
    return (1 - alpha) * 0.5 * (1 + np.cos(np.pi * fraction)) + alpha


def _warm(s: Array, rate: float, n: float, alpha: float, target: float, warm_up: float) -> Array:
    if warm_up == 0:
        return rate * _cosine(np.minimum(s, n) / n, alpha)
    rising = rate + (target - rate) * s / warm_up
    falling = target * _cosine(np.minimum(s - warm_up, n) / n, alpha)
    return np.where(s < warm_up, rising, falling)


def _restarts(s: Array, rate: float, first: float, t: float, m: float, alpha: float) -> Array:
    out = np.empty(s.shape)
    for i, step in enumerate(s.ravel()):
        height, length = 1.0, first
        while step >= length:
            step, length, height = step - length, length * t, height * m
        cosine = 0.5 * height * (1 + np.cos(np.pi * step / length))
        out.ravel()[i] = rate * ((1 - alpha) * cosine + alpha)
    return out


def _piecewise(s: Array, *numbers: float) -> Array:
    k = len(numbers) // 2
    return np.array(numbers[k:])[np.searchsorted(np.array(numbers[:k]), s, side="left")]


def _define(step: Array, kind: str, numbers: Sequence[float]) -> Array:
    s = step.astype(np.float64)
    if kind in ("exponential", "inverse_time"):
        return _decay(s, *numbers, kind)  # type: ignore[misc]
    formulas: dict[str, Any] = {
        "polynomial": _polynomial,
        "cosine": _warm,
        "cosine_restarts": _restarts,
        "piecewise": _piecewise,
    }
    out: Array = formulas[kind](s, *numbers)
    return out


_FORMS: dict[str, tuple[str, tuple[float, ...]]] = {
    "exponential": ("exponential", (0.1, 7.0, 0.5, 0.0)),
    "staircase": ("exponential", (0.1, 7.0, 0.3, 1.0)),
    "inverse": ("inverse_time", (0.1, 7.0, 0.5, 0.0)),
    "inverse_staircase": ("inverse_time", (0.1, 7.0, 0.5, 1.0)),
    "linear": ("polynomial", (0.1, 50.0, 0.01, 1.0, 0.0)),
    "root": ("polynomial", (0.1, 50.0, 0.01, 0.5, 0.0)),
    "cycle": ("polynomial", (0.1, 10.0, 0.01, 2.0, 1.0)),
    "cosine": ("cosine", (0.1, 50.0, 0.2, 0.0, 0.0)),
    "warm_up": ("cosine", (0.0, 50.0, 0.2, 0.1, 20.0)),
    "restarts": ("cosine_restarts", (0.1, 5.0, 2.0, 0.9, 0.1)),
    "even_restarts": ("cosine_restarts", (0.1, 7.0, 1.0, 1.0, 0.0)),
    "piecewise": ("piecewise", (10.0, 30.0, 60.0, 0.1, 0.05, 0.01, 0.001)),
    "constant": ("piecewise", (0.1,)),
}


def _case(name: str, shape: tuple[int, ...]) -> Case:
    kind, numbers = _FORMS[name]
    return Case(
        op="schedule",
        function="schedule",
        define=_define,
        inputs=(Input(shape, "labels:100", "int64"),),
        attributes={"kind": kind, "numbers": numbers},
        name=name,
        call=_call,
        ulps=1,
        # Polynomials and cosines end in differences.
        scale=lambda s, kind, numbers: np.full(s.shape, 0.1),
        dtypes=("float32",),
        ranges=("normal",),
        bit_ranges=("normal",),
        bytes=12.0 * float(np.prod(shape)),
        plain=True,
    )


CASES = [_case(name, shape) for name in _FORMS for shape in ((), (0,), (67,), (3, 5))]

BENCHMARKS = [_case("exponential", ()), _case("restarts", ())]
