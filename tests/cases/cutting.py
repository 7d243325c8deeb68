"""array_split, hsplit, vsplit, dsplit and unstack: nothing but moved elements."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.cases.base import Array, Case, composed


def _case(function: str, shape: tuple[int, ...], sections: Any, **attributes: int) -> Case:
    return composed("cutting", function, getattr(np, function), shape,
                    attributes={"indices_or_sections": sections, **attributes})  # fmt: skip


def _unstack(x: Array, axis: int = 0, num: int | None = None) -> list[Array]:
    return list(np.moveaxis(x, axis, 0))


CASES = [
    _case("array_split", (7, 2), 3),
    _case("array_split", (2, 7), 4, axis=1),
    _case("array_split", (2,), 3),
    _case("array_split", (7,), (2, 3)),
    _case("vsplit", (4, 3), 2),
    _case("hsplit", (2, 6), 3),
    _case("hsplit", (6,), [2]),
    _case("dsplit", (2, 3, 4), 2),
    composed("cutting", "unstack", _unstack, (3, 4)),
    composed("cutting", "unstack", _unstack, (3, 4, 2), attributes={"axis": -1, "num": 2}),
]
