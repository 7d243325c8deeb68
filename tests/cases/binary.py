"""maximum, minimum, power, floor_divide, mod: ties, poles, quotients of any size."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.cases.base import SIZES, Array, Case, Input

_SHAPES: list[tuple[tuple[int, ...], tuple[int, ...]]] = [
    ((), ()),
    ((0, 3), (1, 3)),
    ((35,), ()),
    ((5, 67), (67,)),
    ((5, 67), (5, 1)),
    ((3, 1, 5), (4, 1)),
    ((300, 3), (300, 1)),
    ((131,), (131,)),
]


def _power(x: Array, x2: Array) -> Array:
    """NumPy's, with the square root of -0 and -infinity that `math/pow.h` chooses."""
    return np.where(x2 == 0.5, np.sqrt(x), np.power(x, x2))


def _apart(x: Array, y: Array) -> Array:
    return x - y


def _far_from_steps(x: Array, y: Array) -> Array:
    """How far x is from a multiple of y, towards the next one too."""
    quotient = x / y
    return quotient - np.round(quotient)


_DEFINITIONS = {
    "maximum": np.maximum,
    "minimum": np.minimum,
    "power": _power,
    "floor_divide": np.floor_divide,
    "mod": np.mod,
}
_KINKS = {"maximum": _apart, "minimum": _apart, "mod": _far_from_steps}


def _case(function: str, x: tuple[int, ...], y: tuple[int, ...], **more: Any) -> Case:
    size = int(np.prod(np.broadcast_shapes(x, y)))
    values = {"power": ("positive", "normal"), "mod": ("normal", "positive")}
    first, second = values.get(function, ("normal", "normal"))
    # Among many pairs there is always one that is too close to a kink for differences.
    crowded = size > {"maximum": 400, "minimum": 400, "mod": 60, "floor_divide": -1}.get(
        function, size
    )
    return Case(
        op="binary",
        function=function,
        define=_DEFINITIONS[function],
        inputs=(Input(x, more.get("first", first)), Input(y, more.get("second", second))),
        name=more.get("name", ""),
        differentiable=more.get("differentiable", () if crowded else None),
        kinks=_KINKS.get(function, ()),
        # Quotients too large for all whole numbers: see csrc/math/modulo.h.
        ulps={"power": 2.0, "floor_divide": 1.0}.get(function, 0.5),
        flops=size,
        bytes=4.0 * (int(np.prod(x)) + int(np.prod(y)) + size),
        torch_call=lambda a, b: getattr(
            __import__("torch"), {"power": "pow", "mod": "remainder"}.get(function, function)
        )(a, b),
    )


def _any(function: str, n: int) -> Case:
    return _case(
        function, (n,), (n,), name="any", first="normal", second="normal", differentiable=()
    )


def _exponent(y: float, base: str) -> Case:
    name = f"{base}_to{y}"
    return Case("binary", "power", _power, (Input((67,), base),), {"x2": y}, name=name, ulps=2)


CASES = [
    *[_case(f, x, y) for f in _DEFINITIONS for x, y in _SHAPES],
    *[_any(f, n) for f in ("power", "floor_divide", "mod") for n in (*SIZES[1:], 4001)],
    *[_exponent(y, "positive") for y in (-1, 0, 0.5, 1, 2, 2.5, 3, -1.5)],
    *[_exponent(y, "normal") for y in (2, 3)],
    *[_case(f, (40_009,), (40_009,)) for f in ("maximum", "power")],
]

BENCHMARKS = [
    _case(f, (n,), (n,)) for f in _DEFINITIONS for n in (16_384, 16_777_216)
]  # fmt: skip
