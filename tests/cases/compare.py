"""Comparisons, logic and classification: NaN, ties, shapes that broadcast, every dtype."""

from __future__ import annotations

import numpy as np

from tests.cases.base import SIZES, Case, Input

_SHAPES: list[tuple[tuple[int, ...], tuple[int, ...]]] = [
    ((), ()),
    ((0, 3), (1, 3)),
    ((35,), ()),
    ((), (35,)),
    ((5, 67), (67,)),
    ((5, 67), (5, 1)),
    ((3, 1, 5), (4, 1)),
    ((40_009,), (40_009,)),
]
_COMPARISONS = ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal")
_LOGIC = ("logical_and", "logical_or", "logical_xor")
_CLASSES = ("isnan", "isinf", "isfinite")


def _case(function: str, *shapes: tuple[int, ...], dtype: str = "float", name: str = "") -> Case:
    ufunc = getattr(np, function)
    size = int(np.prod(np.broadcast_shapes(*shapes)))
    return Case(
        op="compare",
        function=function,
        define=ufunc,
        inputs=tuple(Input(s, dtype=dtype) for s in shapes),
        name=name,
        differentiable=(),
        bytes=4.0 * sum(int(np.prod(s)) for s in shapes) + size,
        numpy_call=lambda *arrays, out: ufunc(*arrays),
        torch_call=lambda *arrays: getattr(
            __import__("torch"), {"equal": "eq", "not_equal": "ne"}.get(function, function)
        )(*arrays),
    )


CASES = [
    *[_case(f, x, y) for f in _COMPARISONS for x, y in _SHAPES],
    *[_case("less", (n,), (n,)) for n in SIZES if n > 0],
    *[_case(f, (5, 67), (67,), dtype=d, name=d)
      for f in ("equal", "less") for d in ("bool", "uint8", "int32", "int64")],
    *[_case(f, x, y, dtype="bool") for f in _LOGIC for x, y in _SHAPES],
    *[_case(f, (131,), (131,), name="numbers") for f in _LOGIC],
    *[_case("logical_not", (131,), dtype=d, name=d) for d in ("bool", "float")],
    *[_case(f, s) for f in _CLASSES for s in ((), (0,), (35,), (1031,), (40_009,))],
    _case("isfinite", (35,), dtype="int32", name="whole"),
]  # fmt: skip

BENCHMARKS = [
    *[_case("less", (n,), (n,)) for n in (16_384, 16_777_216)],
    *[_case("greater", (n,), ()) for n in (16_384, 16_777_216)],
    *[_case("isnan", (n,)) for n in (16_384, 16_777_216)],
]
