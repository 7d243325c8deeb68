"""tile and repeat: elements several times."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tests.cases.base import Case, Input


def _tile(shape: tuple[int, ...], repeats: Any) -> Case:
    size = math.prod(shape)
    return Case(
        op="tile",
        function="tile",
        name=f"{repeats}".replace(" ", ""),
        define=lambda x, repeats: np.tile(x, repeats),
        inputs=(Input(shape),),
        attributes={"repeats": repeats},
        bytes=4.0 * size * (1 + math.prod([repeats] if isinstance(repeats, int) else repeats)),
        numpy_call=lambda x, repeats, out: np.copyto(out, np.tile(x, repeats)),
    )


def _repeat(shape: tuple[int, ...], repeats: Any, axis: int | None) -> Case:
    size = math.prod(shape)
    return Case(
        op="tile",
        function="repeat",
        name=f"{repeats}-axis{axis}".replace(" ", ""),
        define=lambda x, repeats, axis: np.repeat(x, repeats, axis),
        inputs=(Input(shape),),
        attributes={"repeats": repeats, "axis": axis},
        bytes=4.0 * size * (1 + (repeats if isinstance(repeats, int) else 1)),
        numpy_call=lambda x, repeats, axis, out: np.copyto(out, np.repeat(x, repeats, axis)),
    )


CASES = [
    _tile((3,), 2),
    _tile((3,), (2, 2)),
    _tile((2, 3), 2),
    _tile((2, 3), (1, 1)),
    _tile((2, 3), (0, 2)),
    _tile((2, 3), (2, 1, 3)),
    _tile((), (3,)),
    _tile((2, 1, 2, 1, 2), (2, 3, 2, 2, 2)),
    _tile((33, 131), (3, 2)),
    _repeat((3,), 2, None),
    _repeat((2, 3), 3, None),
    _repeat((2, 3), 3, 0),
    _repeat((2, 3), 3, 1),
    _repeat((2, 3), 0, 1),
    _repeat((2, 3), [2, 1], 0),
    _repeat((2, 3), [2, 0, 1], -1),
    _repeat((2, 3, 5), 2, 1),
    _repeat((33, 131), 3, 1),
    _repeat((33, 131), 3, 0),
]

BENCHMARKS = [
    _tile((4096, 4096), (2, 1)),
    _tile((4096, 4096), (1, 2)),
    _tile((64,), (1 << 19,)),
    _repeat((4096, 4096), 2, 0),
    _repeat((4096, 4096), 2, 1),
]
