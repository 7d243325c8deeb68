"""Diagonals and triangles: above, on and below the main diagonal, of flat and tall matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.cases.base import Array, Case, Input, composed


def _case(function: str, *inputs: Any, **attributes: Any) -> Case:
    define = getattr(np, function)
    return composed("triangles", function, define, *inputs, attributes=attributes)


def _made(function: str, *args: int) -> Case:
    return composed(
        "triangles",
        function,
        lambda: getattr(np, function)(*args),
        ranges=("normal",),
        name="x".join(map(str, args)),
        call=lambda: getattr(__import__("mark1").ops, function)(*args),
        dtypes=("float32",),
    )


def _trace(shape: tuple[int, ...], **attributes: int) -> Case:
    # An infinity and its opposite would make any order of summation right.
    return composed("triangles", "trace", np.trace, shape, ranges=("normal", "ties"),
                    attributes=attributes, length=4,
                    scale=lambda x, **kw: np.trace(np.abs(x), **kw))  # fmt: skip


def _vander(x: Array, N: int | None = None, increasing: bool = False) -> Array:
    return np.vander(x, N, increasing)


CASES = [
    _made("eye", 4),
    _made("eye", 3, 5, 1),
    _made("eye", 3, 5, -2),
    _made("identity", 3),
    _made("tri", 4),
    _made("tri", 3, 5, -1),
    *[
        _case(function, shape, k=k)
        for function in ("tril", "triu")
        for shape, k in (((4, 4), 0), ((2, 3, 5), 1), ((5, 3), -2))
    ],
    _case("tril", Input((3, 4), dtype="int32")),
    _case("triu", Input((3, 4), dtype="bool")),
    _case("diagonal", (4, 4)),
    _case("diagonal", (3, 5), offset=3),
    _case("diagonal", (5, 3), offset=-1),
    _case("diagonal", (5, 3), offset=-7),
    _case("diagonal", (2, 3, 4), offset=1, axis1=2, axis2=0),
    _trace((4, 4)),
    _trace((2, 3, 4), offset=-1, axis1=1, axis2=2),
    _case("diag", (4,)),
    _case("diag", (3,), k=2),
    _case("diag", (3,), k=-1),
    _case("diag", (3, 4), k=1),
    _case("diag", Input((3,), dtype="int32"), k=1),
    _case("diagflat", (2, 3), k=-1),
    *[
        composed("triangles", "vander", _vander, Input((4,), "positive"), ulps=3,
                 attributes=attributes)
        for attributes in ({}, {"N": 3, "increasing": True})
    ],
]  # fmt: skip
