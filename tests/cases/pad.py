"""pad: constant, reflect, symmetric."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tests.cases.base import Case, Input


def _pad(shape: tuple[int, ...], width: Any, mode: str = "constant", value: Any = None) -> Case:
    options = {"constant_values": value} if value is not None else {}
    size = math.prod(shape)
    out = np.pad(np.empty(shape, np.bool_), width, mode).size

    def define(x: Any, pad_width: Any, mode: str, constant_values: Any = None) -> Any:
        given = {} if constant_values is None else {"constant_values": constant_values}
        return np.pad(x, pad_width, mode, **given)

    return Case(
        op="pad",
        function="pad",
        name=f"{mode}-{width}{'' if value is None else value}".replace(" ", ""),
        define=define,
        inputs=(Input(shape),),
        attributes={"pad_width": width, "mode": mode, **options},
        bytes=4.0 * (size + out),
        numpy_call=lambda x, pad_width, mode, out: np.copyto(out, np.pad(x, pad_width, mode)),
    )


MIRRORS = [
    _pad(shape, width, mode)
    for mode in ("reflect", "symmetric")
    for shape, width in (
        ((5,), (2, 4)),
        ((5, 4), ((0, 0), (3, 1))),
        ((5, 4), ((4, 1), (0, 3))),
        ((3, 4, 5), ((0, 0), (2, 3), (0, 0))),
        ((3, 4, 5), ((2, 1), (0, 0), (1, 4))),
        ((2, 33, 17, 3), ((0, 0), (1, 2), (3, 1), (0, 0))),
        ((37, 131), 36),
    )
]

CASES = [
    _pad((5,), 1),
    _pad((5,), (0, 3), value=-1.5),
    _pad((0,), (2, 1), value=2),
    _pad((5, 4), ((1, 2), (0, 0))),
    _pad((5, 4), ((0, 0), (1, 2))),
    _pad((5, 4), ((0, 0), (0, 0))),
    _pad((5, 4), ((3, 0), (0, 7))),
    _pad((3, 0), ((0, 0), (1, 2)), value=7),
    _pad((3, 4, 5), ((1, 1), (0, 0), (2, 0)), value=0.5),
    _pad((2, 5, 4, 3), ((0, 0), (1, 1), (2, 1), (0, 0))),
    _pad((2, 3, 2, 3, 2), 1),
    _pad((301, 131), ((0, 3), (1, 0))),
    _pad((7, 31, 29, 16), ((0, 0), (1, 1), (1, 1), (0, 0)), value=-3),
    *MIRRORS,
]

BENCHMARKS = [
    _pad((4096, 8192), ((1, 1), (1, 1))),
    _pad((64, 112, 112, 64), ((0, 0), (1, 1), (1, 1), (0, 0))),
    _pad((32, 224, 224, 3), ((0, 0), (3, 3), (3, 3), (0, 0))),
    _pad((32, 28, 28, 64), ((0, 0), (1, 1), (1, 1), (0, 0))),
    _pad((64, 112, 112, 64), ((0, 0), (1, 1), (1, 1), (0, 0)), "reflect"),
]
