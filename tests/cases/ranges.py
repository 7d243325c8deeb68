"""arange, linspace, logspace, geomspace and meshgrid, of numbers and of tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.cases.base import Array, Case, Input, composed


def _numbers(function: str, *args: Any, **attributes: Any) -> Case:
    """A call with nothing but numbers; the result is float32 or int32 by itself."""
    return composed(
        "ranges",
        function,
        lambda **_: getattr(np, function)(*args, **attributes),
        ranges=("normal",),
        attributes=attributes,
        name="-".join(map(str, (*args, *attributes.values()))),
        call=lambda **_: getattr(__import__("mark1").ops, function)(*args, **attributes),
        dtypes=("float32",),
        # From one end of a range to the other numbers may pass 0.
        scale=lambda **_: np.abs(getattr(np, function)(*args, **attributes)) + 1,
        ulps=1,
    )


def _meshgrid(x: Array, y: Array, z: Array, indexing: str) -> tuple[Array, ...]:
    return tuple(np.meshgrid(x, y, z, indexing=indexing))


_ENDS = (Input((2, 1), "positive"), Input((3,), "positive"))

CASES = [
    _numbers("arange", 7),
    _numbers("arange", 0),
    _numbers("arange", 2, 9),
    _numbers("arange", 9, 2, -3),
    _numbers("arange", 0.5, 3.0, 0.3),
    _numbers("linspace", 0, 1),
    _numbers("linspace", -3, 7.5, num=11),
    _numbers("linspace", -3, 7.5, num=11, endpoint=False),
    _numbers("linspace", 2, 5, num=1),
    _numbers("linspace", 2, 5, num=0),
    _numbers("linspace", 0, 7, num=5, dtype="int32"),
    _numbers("logspace", -2, 3, num=7),
    _numbers("logspace", 0, 8, num=9, base=2.0),
    _numbers("geomspace", 1, 1000, num=4),
    _numbers("geomspace", -0.5, -32, num=5, endpoint=False),
    composed("ranges", "linspace", np.linspace, *_ENDS, attributes={"num": 5}, ulps=3,
             scale=lambda a, b, num: np.broadcast_to(np.abs(a) + np.abs(b), (num, 2, 3))),
    composed("ranges", "linspace", np.linspace, *_ENDS, attributes={"num": 4, "axis": -1},
             ulps=3, scale=lambda a, b, num, axis: (np.abs(a) + np.abs(b))[..., None]),
    composed("ranges", "logspace", np.logspace, *_ENDS, attributes={"num": 4}, ulps=30),
    composed("ranges", "geomspace", np.geomspace, *_ENDS, attributes={"num": 4}, ulps=12),
    *[
        composed("ranges", "meshgrid", _meshgrid, (3,), (1,), (4,), attributes={"indexing": order})
        for order in ("xy", "ij")
    ],
]  # fmt: skip
