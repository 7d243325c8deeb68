"""where: every way in which three operands broadcast, every width of element."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.cases.base import SIZES, Case, Input

_Shape = tuple[int, ...]
_SHAPES: list[tuple[_Shape, _Shape, _Shape]] = [
    ((), (), ()),
    ((0,), (0,), ()),
    ((35,), (35,), ()),
    ((35,), (), (35,)),
    ((35,), (), ()),
    ((), (35,), (35,)),
    ((5, 1), (5, 67), (67,)),
    ((67,), (5, 1), (5, 67)),
    ((3, 1, 5), (4, 1), (1,)),
    ((40_009,), (40_009,), (40_009,)),
]


def _case(condition: _Shape, x: _Shape, y: _Shape, dtype: str = "float", **more: Any) -> Case:
    size = int(np.prod(np.broadcast_shapes(condition, x, y)))
    return Case(
        op="where",
        function="where",
        define=np.where,
        inputs=(Input(condition, "01", "bool"), Input(x, dtype=dtype), Input(y, dtype=dtype)),
        name="" if dtype == "float" else dtype,
        bytes=int(np.prod(condition)) + 4.0 * (int(np.prod(x)) + int(np.prod(y)) + size),
        numpy_call=lambda c, x, y, out: np.where(c, x, y),
        torch_call=lambda c, x, y: __import__("torch").where(c, x, y),
    )


CASES = [
    *[_case(*shapes) for shapes in _SHAPES],
    *[_case((n,), (n,), (n,)) for n in SIZES if n > 0],
    *[_case((67,), (67,), (), d) for d in ("bool", "uint8", "int32", "int64")],
]

BENCHMARKS = [_case((n,), (n,), (n,)) for n in (16_384, 16_777_216)] + [
    _case((n,), (n,), ()) for n in (16_384, 16_777_216)
]
