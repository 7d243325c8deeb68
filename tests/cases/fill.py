"""zeros, ones, full: exact, in every dtype."""

from __future__ import annotations

import numpy as np

from tests.cases.base import Case, Input

_DTYPES = ("float32", "float64")


def _case(function: str, shape: tuple[int, ...], *arguments: float) -> Case:
    value = {"zeros": 0.0, "ones": 1.0}.get(function, *arguments or [0.0])
    return Case(
        op="fill",
        function=function,
        name="x".join(map(str, shape)),
        define=lambda x: np.full(shape, value),
        inputs=(Input((1,)),),
        # The input only carries the dtype.
        call=lambda x: _call(function, shape, arguments, x.dtype),
        differentiable=(),
        bytes=4.0 * float(np.prod(shape)),
    )


def _call(function: str, shape: tuple[int, ...], arguments: tuple[float, ...], dtype: str):
    import mark1

    return getattr(mark1.ops, function)(shape, *arguments, dtype=dtype)


_SHAPES = [(), (0, 3), (7,), (3, 5), (40_009,)]

CASES = [_case(f, s) for f in ("zeros", "ones") for s in _SHAPES]
CASES += [_case("full", s, -2.5) for s in _SHAPES]
CASES += [
    Case("fill", "full", lambda x: np.broadcast_to(x, (4, 5)), (Input((5,)),),
         name="array", call=lambda x: _full_of(x)),
]  # fmt: skip
CASES += [
    Case(
        "fill",
        f,
        lambda x, v=v: np.full_like(x, v),
        (Input((3, 4)),),
        differentiable=(),
    )
    for f, v in (("zeros_like", 0.0), ("ones_like", 1.0))
]


def _full_of(x):
    import mark1

    return mark1.ops.full((4, 5), x)


BENCHMARKS = [_case("zeros", (n,)) for n in (16_384, 16_777_216)]
