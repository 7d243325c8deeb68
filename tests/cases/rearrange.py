"""rearrange: axes moved, merged, split, and all of it at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.cases.base import Array, Case, composed


def _case(
    shape: tuple[int, ...], pattern: str, define: Callable[[Array], Array], **sizes: int
) -> Case:
    return composed(
        "rearrange",
        "rearrange",
        lambda x, **_: define(x),
        shape,
        attributes=sizes,
        name=pattern.replace(" ", "_"),
        call=lambda x, **sizes: __import__("mark1").ops.rearrange(x, pattern, **sizes),
    )


CASES = [
    _case((2, 3, 4), "a b c -> c a b", lambda x: np.moveaxis(x, 2, 0)),
    _case((2, 3, 4), "a b c -> (a b) c", lambda x: x.reshape(6, 4)),
    _case((2, 3, 4), "a b c -> b (c a)", lambda x: x.transpose(1, 2, 0).reshape(3, 8)),
    _case((6, 4), "(a b) c -> b a c", lambda x: x.reshape(2, 3, 4).swapaxes(0, 1), a=2),
    _case(
        (1, 4, 6, 2),
        "b (h i) (w j) c -> (b i j) h w c",
        lambda x: x.reshape(1, 2, 2, 2, 3, 2).transpose(0, 2, 4, 1, 3, 5).reshape(6, 2, 2, 2),
        i=2,
        w=2,
    ),
]
