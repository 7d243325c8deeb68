"""Adaptive pooling: sizes that divide, that do not, and that are greater than the input's."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.cases.base import Array, Case, composed


def _pool(reduce: Callable[..., Any], x: Array, sizes: tuple[int, ...]) -> Array:
    """Window by window, channels last."""
    spatial = x.shape[1:-1]
    y = np.zeros((x.shape[0], *sizes, x.shape[-1]))
    for place in itertools.product(*map(range, sizes)):
        windows = tuple(
            slice(i * n // m, -(-(i + 1) * n // m))
            for i, n, m in zip(place, spatial, sizes, strict=True)
        )
        axes = tuple(range(1, 1 + len(sizes)))
        y[(slice(None), *place)] = reduce(x[(slice(None), *windows)], axis=axes)
    return y


def _case(function: str, shape: tuple[int, ...], sizes: tuple[int, ...], first: bool) -> Case:
    mean = function == "adaptive_average_pool"
    reduce = np.mean if mean else np.max

    def define(x: Array, output_size: Any, data_format: str) -> Array:
        if first:
            return np.moveaxis(_pool(reduce, np.moveaxis(x, 1, -1), sizes), -1, 1)
        return _pool(reduce, x, sizes)

    return composed(
        "adaptive", function, define, shape,
        attributes={
            "output_size": sizes, "data_format": "channels_first" if first else "channels_last"
        },
        ranges=("normal", "ties") if mean else ("normal", "ties", "special"),
        length=int(np.prod(shape)) if mean else 1,
        scale=(lambda x, **_: np.full((), np.abs(x).max())) if mean else None,
        kinks=() if mean else lambda x, **_: np.diff(np.sort(x, axis=None)) / 2,
    )  # fmt: skip


CASES = [
    _case(function, *form)
    for function in ("adaptive_average_pool", "adaptive_max_pool")
    for form in (
        ((2, 7, 1), (3,), False),
        ((1, 4, 3, 1), (2, 2), False),
        ((1, 1, 3, 4), (5, 1), True),
    )
]
