"""hypot, cbrt, fmod, divide_no_nan, sinc: extremes, zeros and other poles."""

from __future__ import annotations

import numpy as np

from tests.cases.base import Array, Case, Input, composed

_ALL = ("normal", "zeros", "ties", "large", "huge", "denormal", "special")


def _hypot(x1: Array, x2: Array) -> Array:
    # In extended precision, as squares of float64 overflow.
    return np.hypot(x1.astype(np.longdouble), x2).astype(np.float64)


def _divide_no_nan(x1: Array, x2: Array) -> Array:
    return np.divide(x1, x2, out=np.zeros_like(x1), where=x2 != 0)


def _fmod(name: str, x1: Input, x2: Input, ranges: tuple[str, ...]) -> Case:
    def distance(x1: Array, x2: Array) -> Array:
        return np.abs(x1 / x2 - np.round(x1 / x2)) * np.abs(x2)

    return composed("ratios", "fmod", np.fmod, x1, x2, ranges=ranges, name=name, kinks=distance)


def _sinc(x: Array) -> Array:
    return np.sin(np.pi * x) / np.where(x == 0, 1, np.pi * x) + (x == 0)


CASES = [
    composed("ratios", "hypot", _hypot, (3, 11), (11,), ranges=_ALL, ulps=2,
             kinks=lambda x1, x2: np.hypot(x1, x2)),
    composed("ratios", "cbrt", np.cbrt, (33,), ranges=_ALL, ulps=2, kinks=(0.0,)),
    _fmod("signs", Input((5,)), Input((5,), "positive"), ("normal", "zeros", "large", "special")),
    _fmod("row", Input((3, 1), "positive"), Input((4,), "positive"), ("normal",)),
    composed("ratios", "fmod", np.fmod, Input((40,), dtype="int32"),
             Input((40,), "constant:7", "int32"), name="integers"),
    composed("ratios", "divide_no_nan", _divide_no_nan, (3, 7), Input((7,), "positive")),
    composed("ratios", "divide_no_nan", _divide_no_nan, (7,), (7,), ranges=("zeros", "ties"),
             name="zeros", differentiable=()),
    # sin(pi x) goes by the rounding of pi x, which is as great as x.
    composed("ratios", "sinc", _sinc, (33,), ranges=("normal", "zeros", "ties"), ulps=4,
             scale=lambda x: np.ones_like(x)),
]  # fmt: skip
