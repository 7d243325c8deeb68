"""Sums, products and extremes of segments: unsorted, empty, of rows and of numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.cases.base import Array, Case, Input, composed

_START = {"segment_sum": 0.0, "segment_prod": 1.0, "segment_max": -np.inf, "segment_min": np.inf}
_STEP: dict[str, Callable[..., Array]] = {
    "segment_sum": np.add,
    "segment_prod": np.multiply,
    "segment_max": np.maximum,
    "segment_min": np.minimum,
}


def _define(function: str, data: Array, ids: Array, num_segments: int) -> Array:
    out = np.full((num_segments, *data.shape[1:]), _START[function])
    for row, i in zip(data, ids, strict=True):
        out[i] = _STEP[function](out[i], row)
    return out


def _case(function: str, shape: tuple[int, ...], ids: int, segments: int) -> Case:
    ordered = function in ("segment_max", "segment_min")
    return composed(
        "segments",
        function,
        lambda data, ids, num_segments: _define(function, data, ids, num_segments),
        shape,
        Input(shape[:1], f"labels:{ids}", "int32"),
        # Whether sums and products of extremes overflow depends on their order.
        ranges=("normal", "ties", "special") if ordered else ("normal", "ties"),
        attributes={"num_segments": segments},
        # The extreme of nothing is infinite, and so would differences be.
        differentiable=(0,) if segments <= ids < shape[0] else (),
        length=1 if ordered else shape[0],
        ulps=0.5 if ordered else shape[0] / 2,
        scale=lambda x, ids, num_segments: np.abs(
            _define(function, x if ordered else np.abs(x), ids, num_segments)
        ),
    )


CASES = [
    _case(function, *form)
    for function in _START
    for form in (
        ((9,), 2, 2),
        ((17, 2), 3, 3),
        ((5, 2), 3, 5),
        ((1,), 1, 2),
        ((0, 3), 1, 2),
        ((6, 2, 2), 6, 6),
    )
]
