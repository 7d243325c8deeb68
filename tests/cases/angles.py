"""Inverses of sine, cosine, tangent and erf: every range, poles and quadrants."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.cases.base import SIZES, Array, Case, Input


def _erfinv(x: Array) -> Array:
    """Newton's method on erf and erfc, from a normal quantile's series."""

    def one(y: float) -> float:
        a = abs(y)
        if not a < 1 or a == 0:
            return math.copysign(math.inf, y) if a == 1 else (y if a == 0 else math.nan)
        log, b = math.log1p(-a * a), 0.0
        b = 2 / (math.pi * 0.147) + log / 2
        x = math.sqrt(max(math.sqrt(b * b - log / 0.147) - b, a * a / 2))
        for _ in range(8):
            off = math.erf(x) - a if a < 0.5 else (1 - a) - math.erfc(x)
            step = off * math.sqrt(math.pi) / 2 * math.exp(x * x)
            x -= step / (1 + x * step)
        return math.copysign(x, y)

    return np.vectorize(one, otypes=[np.float64])(x)


# Function, definition, what is drawn, ulps.
_LIST: list[tuple[str, Callable[..., Any], str, float]] = [
    ("arcsin", np.arcsin, "unit", 2),
    ("arccos", np.arccos, "unit", 2),
    ("arctan", np.arctan, "normal", 2),
    ("erfinv", _erfinv, "unit", 6),
]
_SHAPES: list[tuple[int, ...]] = [(), (0,), (7,), (5, 67), (1031,)]


def _unary(shapes: list[tuple[int, ...]], any_values: bool = False) -> list[Case]:
    """`any_values`: drawn from every range, poles included; values only."""
    return [
        Case(
            op="angles",
            function=function,
            define=define,
            inputs=(Input(shape, "normal" if any_values else values),),
            name="any" if any_values else "",
            differentiable=() if any_values else None,
            ulps=ulps,
            flops=float(np.prod(shape)),
            bytes=8.0 * float(np.prod(shape)),
        )
        for function, define, values, ulps in _LIST
        for shape in shapes
        if not any_values or values != "normal"
    ]


def _arctan2(x: tuple[int, ...], y: tuple[int, ...], **more: Any) -> Case:
    size = int(np.prod(np.broadcast_shapes(x, y)))
    return Case(
        op="angles",
        function="arctan2",
        define=np.arctan2,
        inputs=(Input(x), Input(y, more.pop("second", "normal"))),
        ulps=3,
        flops=size,
        bytes=4.0 * (int(np.prod(x)) + int(np.prod(y)) + size),
        **more,
    )


CASES = [
    *_unary(_SHAPES),
    *_unary([(35,), (1031,)], any_values=True),
    *_unary([(40_009,)])[2:3],
    *[_arctan2((n,), (n,), name="any", differentiable=()) for n in (*SIZES, 4001)],
    _arctan2((5, 1), (7,), second="positive"),
    _arctan2((33,), (), second="positive"),
    _arctan2((300, 3), (300, 1), name="any", differentiable=()),
]

BENCHMARKS = [*_unary([(16_384,), (4_194_304,)]), _arctan2((16_384,), (16_384,))]
