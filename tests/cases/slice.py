"""slice, flip and indexing with brackets."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.cases.base import Case, Input


def _key(shape: tuple[int, ...], name: str, key: Any) -> Case:
    return Case(
        "slice",
        "get_item",
        lambda x: x[key],
        (Input(shape),),
        name=name,
        call=lambda x: x[key],
    )


CASES = [
    Case("slice", "slice", lambda x, start_indices, shape: x[1:3, 2:6], (Input((5, 7)),),
         {"start_indices": (1, 2), "shape": (2, 4)}),
    *(
        Case("slice", "flip", lambda x, axis=None: np.flip(x, axis), (Input(shape),),
             {"axis": axis}, f"axis{axis}".replace(" ", ""))
        for shape, axis in (((7,), None), ((5, 7), None), ((5, 7), 0), ((5, 7), -1), ((0, 3), 0),
                            ((3, 4, 5), (0, 2)), ((301, 131), 1))
    ),
    _key((5, 7), "first", 0),
    _key((5, 7), "last", -1),
    _key((5, 7), "rows", slice(1, 4)),
    _key((5, 7), "column", (slice(None), 2)),
    _key((5, 7), "element", (3, 2)),
    _key((5, 7), "steps", (slice(None, None, 2), slice(6, 0, -3))),
    _key((5, 7), "reversed", slice(None, None, -1)),
    _key((5, 7), "nothing", slice(3, 3)),
    _key((5, 7), "new", (None, Ellipsis, 1, None)),
    _key((3, 4, 5), "middle", (slice(None), slice(1, 3))),
    _key((3, 4, 5), "ellipsis", (Ellipsis, slice(1, 4))),
    _key((40_009,), "long", slice(3, None, 2)),
    _key((301, 300), "wide", (slice(None), slice(7, 299))),
    _key((5, 7), "array", np.array([3, 0, 3])),
]  # fmt: skip
