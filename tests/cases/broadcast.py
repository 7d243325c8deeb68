"""add, subtract, multiply, divide: shapes that broadcast, every value range."""

from __future__ import annotations

import numpy as np

from tests.cases.base import SIZES, Case, Input

_SHAPES = [((n,), (n,)) for n in SIZES] + [
    ((), ()),
    ((5, 7), ()),
    ((), (5, 7)),
    ((5, 7), (7,)),
    ((5, 1), (1, 7)),
    ((5, 7), (5, 1)),
    ((3, 1, 5), (4, 1)),
    ((3, 4, 5), (1, 4, 1)),
    ((0, 3), (1, 3)),
    ((1, 33), (17, 33)),
    # Rows too short for a loop each.
    ((700, 3), (700, 1)),
    ((700, 3), (3,)),
    ((601, 1), (1, 2)),
    ((90, 17), (90, 1)),
    ((40, 7, 1), (7, 1)),
    ((5, 40, 6), (40, 1)),
]

# Enough for several teams to share the work.
_LONG = [((40_009,), (40_009,)), ((300, 301), (301,)), ((300, 301), (300, 1))]

_DEFINITIONS = {
    "add": lambda x, y: x + y,
    "subtract": lambda x, y: x - y,
    "multiply": lambda x, y: x * y,
    "divide": lambda x, y: x / y,
}


def _case(function: str, x: tuple[int, ...], y: tuple[int, ...]) -> Case:
    size = int(np.prod(np.broadcast_shapes(x, y)))
    # Away from zero for the gradient of a quotient; the ranges still visit zeros.
    divisor = Input(y, "positive") if function == "divide" else Input(y)
    ufunc = getattr(np, function)
    return Case(
        op="broadcast",
        function=function,
        define=_DEFINITIONS[function],
        inputs=(Input(x), divisor),
        flops=size,
        bytes=4.0 * (int(np.prod(x)) + int(np.prod(y)) + size),
        numpy_call=lambda x, y, out: ufunc(x, y, out=out),
        torch_call=_DEFINITIONS[function],
    )


CASES = [_case(f, x, y) for f in _DEFINITIONS for x, y in _SHAPES + _LONG] + [
    # A divisor that is drawn from every range: values only, its gradient is unbounded.
    Case("broadcast", "divide", _DEFINITIONS["divide"], (Input((67,)), Input((67,))),
         name="any", differentiable=()),
    Case("broadcast", "negative", lambda x: -x, (Input((35,)),)),
]  # fmt: skip

BENCHMARKS = [
    _case(f, x, y)
    for f in _DEFINITIONS
    for x, y in [((16_384,), (16_384,)), ((128, 128), (128,)), ((16_777_216,), (16_777_216,))]
]
