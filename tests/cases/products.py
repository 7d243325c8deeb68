"""dot, vdot, inner, outer, tensordot, kron and cross, for vectors, matrices and more axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.cases.base import Case, Input, composed


def _case(function: str, *shapes: tuple[int, ...], length: int = 1, **attributes: Any) -> Case:
    define = getattr(np, function)
    return composed(
        "products",
        function,
        define,
        *shapes,
        # Whether sums of extremes overflow or cancel depends on their order.
        ranges=("normal", "ties"),
        attributes=attributes,
        length=length,
        scale=lambda *xs, **attributes: define(*map(np.abs, xs), **attributes),
    )


def _cross(*shapes: tuple[int, ...], **attributes: int) -> Case:
    return composed(
        "products", "cross", np.cross, *shapes, ranges=("normal", "ties"),
        attributes=attributes, ulps=1.5,
        # a x b lies within the product of the greatest components, and twice that is enough.
        scale=lambda a, b, **_: np.full((), 2 * np.abs(a).max() * np.abs(b).max()),
    )  # fmt: skip


CASES = [
    _case("dot", (5,), (5,), length=5),
    _case("dot", (3, 5), (5,), length=5),
    _case("dot", (3, 5), (5, 2), length=5),
    _case("dot", (2, 3, 4), (2, 4, 3), length=4),
    _case("dot", (), (3, 2)),
    _case("vdot", (2, 6), (3, 4), length=12),
    _case("inner", (5,), (5,), length=5),
    _case("inner", (2, 5), (3, 5), length=5),
    _case("inner", (3, 2), ()),
    _case("outer", (3,), (2, 2)),
    _case("tensordot", (2, 3, 4), (3, 4, 5), length=12),
    _case("tensordot", (2, 3), (4,), axes=0),
    _case("tensordot", (2, 3, 4), (4, 3, 5), axes=([1, 2], [1, 0]), length=12),
    _case("tensordot", (2, 3), (4, 2), axes=(0, -1), length=2),
    _case("kron", (2, 3), (3, 2)),
    _case("kron", (3,), (2, 2)),
    _cross((3,), (3,)),
    _cross((2, 3), (3,)),
    _cross((3, 4), (4, 3), axisa=0, axisb=1, axisc=0),
    _cross((3, 4), (3, 4), axis=0),
    composed("products", "outer", np.outer, Input((3,), dtype="int32"), Input((2,), dtype="int32")),
]
