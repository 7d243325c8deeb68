"""Functions of one number, signs and rounding: every value range, kinks and both derivatives."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tests.cases.base import SIZES, Array, Case, Input

_SHAPES: list[tuple[int, ...]] = [(), (0,), (7,), (5, 67), (1031,)]
_STEPS = tuple(float(i) for i in range(-6, 7))
_HALVES = tuple(i + 0.5 for i in range(-6, 6))


def _erf(x: Array) -> Array:
    return np.vectorize(math.erf, otypes=[np.float64])(x)


def _erfc(x: Array) -> Array:
    return np.vectorize(math.erfc, otypes=[np.float64])(x)


def _clip(x: Array, x_min: float, x_max: float) -> Array:
    return np.clip(x, x_min, x_max)


# function, definition, attributes, what is drawn, kinks, ulps
_LIST: list[tuple[str, Callable[..., Any], dict[str, Any], str, Sequence[float], float]] = [
    ("abs", np.abs, {}, "normal", (0,), 0.5),
    ("sign", np.sign, {}, "normal", (0,), 0.5),
    ("floor", np.floor, {}, "normal", _STEPS, 0.5),
    ("ceil", np.ceil, {}, "normal", _STEPS, 0.5),
    ("round", np.round, {}, "normal", _HALVES, 0.5),
    ("clip", _clip, {"x_min": -1, "x_max": 0.5}, "normal", (-1, 0.5), 0.5),
    ("square", np.square, {}, "normal", (), 0.5),
    ("sqrt", np.sqrt, {}, "positive", (), 0.5),
    ("rsqrt", lambda x: 1 / np.sqrt(x), {}, "positive", (), 1.5),
    ("reciprocal", lambda x: 1 / x, {}, "positive", (), 0.5),
    ("exp", np.exp, {}, "normal", (), 2),
    ("expm1", np.expm1, {}, "normal", (), 2),
    ("log", np.log, {}, "positive", (), 2),
    ("log1p", np.log1p, {}, "positive", (), 2),
    ("sin", np.sin, {}, "normal", (), 2),
    ("cos", np.cos, {}, "normal", (), 2),
    ("tan", np.tan, {}, "unit", (), 4),
    ("erf", _erf, {}, "normal", (), 2),
    ("erfc", _erfc, {}, "normal", (), 2),
]


def _cases(shapes: Sequence[tuple[int, ...]], any_values: bool = False) -> list[Case]:
    """`any_values`: drawn from every range, poles included; values only."""
    return [
        Case(
            op="unary",
            function=function,
            define=define,
            inputs=(Input(shape, "normal" if any_values else values),),
            attributes=attributes,
            name="any" if any_values else "",
            differentiable=() if any_values else None,
            kinks=kinks,
            ulps=ulps,
            flops=float(np.prod(shape)),
            bytes=8.0 * float(np.prod(shape)),
            torch_call=lambda x, function=function, **limits: (
                x.clip(*limits.values()) if limits else getattr(x, function)()
            ),
        )
        for function, define, attributes, values, kinks, ulps in _LIST
        for shape in shapes
        if not any_values or values != "normal"
    ]


CASES = [
    *_cases(_SHAPES),
    *_cases([(35,), (1031,)], any_values=True),
    *[c for c in _cases([(n,) for n in SIZES if (n,) not in _SHAPES]) if c.function == "sqrt"],
    *[c for c in _cases([(40_009,)]) if c.function in ("abs", "log", "rsqrt")],
]

BENCHMARKS = _cases([(16_384,), (16_777_216,)])
