"""Places of values: sequences of every length around powers of two, equal elements, NaN."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.cases.base import Array, Case, Input, composed


def _sorted(function: str, n: int, *options: str) -> Case:
    """A search in a sorted line of n elements, which are drawn with the values."""

    def define(line: Array, x: Array) -> Array:
        line = np.sort(line)
        if function == "digitize":
            return np.searchsorted(line, x, side="right")
        return np.searchsorted(line, x, *options)

    def call(line: Any, x: Any) -> Any:
        import mark1

        line = mark1.ops.sort(line)
        if function == "digitize":
            return mark1.ops.digitize(x, line)
        return mark1.ops.searchsorted(line, x, *options)

    ranges = ("normal", "ties", "special")
    return composed("searching", function, define, (n,), (3, 11), ranges=ranges,
                    name="-".join(options), call=call, differentiable=())  # fmt: skip


def _isin(x1: Array, x2: Array, invert: bool = False) -> Array:
    return np.isin(x1, x2, invert=invert)


def _in_top_k(targets: Array, predictions: Array, k: int) -> Array:
    chosen = np.take_along_axis(predictions, targets[:, None], 1)
    return ((predictions > chosen).sum(1) < k) & np.isfinite(chosen[:, 0])


CASES = [
    *[_sorted("searchsorted", n, side) for side in ("left", "right") for n in (0, 1, 2, 7, 8, 33)],
    _sorted("digitize", 9),
    *[
        composed("searching", "isin", _isin, (3, 7), (n,), attributes={"invert": invert},
                 ranges=("normal", "ties", "special"), differentiable=())
        for n, invert in ((0, False), (5, False), (9, True))
    ],
    composed("searching", "isin", _isin, Input((40,), dtype="int32"), Input((50,), dtype="int32")),
    composed("searching", "argpartition", lambda x, kth: np.argsort(x, kind="stable"), (3, 7),
             attributes={"kth": 2}, differentiable=()),
    composed("searching", "unravel_index", np.unravel_index, Input((7,), "labels:24", "int32"),
             attributes={"shape": (2, 3, 4)}),
    *[
        composed("searching", "in_top_k", _in_top_k, Input((9,), "labels:5", "int32"), (9, 5),
                 attributes={"k": k}, ranges=("normal", "ties", "special"), differentiable=())
        for k in (1, 3)
    ],
]  # fmt: skip
