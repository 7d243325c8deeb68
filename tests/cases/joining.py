"""append, hstack, vstack and dstack: nothing but moved elements."""

from __future__ import annotations

import numpy as np

from tests.cases.base import Case, composed


def _stack(function: str, *shapes: tuple[int, ...]) -> Case:
    return composed(
        "joining",
        function,
        lambda *xs: getattr(np, function)(xs),
        *shapes,
        call=lambda *xs: getattr(__import__("mark1").ops, function)(xs),
    )


CASES = [
    composed("joining", "append", np.append, (2, 3), (4,)),
    composed("joining", "append", np.append, (2, 3), (2, 1), attributes={"axis": 1}),
    *[
        _stack(function, *shapes)
        for function in ("hstack", "vstack", "dstack")
        for shapes in (((3,), (3,)), ((2, 3), (2, 3)), ((2, 3, 4), (2, 3, 4)), ((), ()))
    ],
    _stack("hstack", (2,), (3,)),
    _stack("hstack", (2, 1), (2, 3)),
    _stack("vstack", (3,), (2, 3)),
    _stack("dstack", (2, 3), (2, 3, 2)),
]
