"""Quantiles and medians: every method, several axes, several parts, NaN and none."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from tests.cases.base import Array, Case, composed


def _case(function: str, shape: tuple[int, ...], *ranges: str, **attributes: Any) -> Case:
    def define(x: Array, **attributes: Any) -> Array:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of slices of nothing but NaN
            return np.asarray(getattr(np, function)(x, **attributes))

    def near(x: Array, **_: Any) -> Array:
        """How close two elements are: where they exchange places, the slope jumps."""
        flat = np.sort(x, axis=None)
        return np.diff(flat) / 2

    return composed("quantiles", function, define, shape, ranges=ranges or ("normal", "ties"),
                    attributes=attributes, ulps=2, kinks=near,
                    scale=lambda x, **_: np.full((), np.abs(x).max()))  # fmt: skip


def _holes(function: str, **attributes: Any) -> Case:
    """With NaN: their places are drawn, the rest stays finite."""

    def holed(x: Any) -> Any:
        import mark1

        return mark1.ops.where(mark1.ops.abs(x) > 1, np.float64("nan"), x)

    def define(x: Array, **attributes: Any) -> Array:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            x = np.where(np.abs(x) > 1, np.nan, x)
            return np.asarray(getattr(np, function)(x, **attributes))

    return composed("quantiles", function, define, (4, 6), ranges=("normal", "ties"),
                    attributes=attributes, ulps=2, name=f"holes-{len(attributes)}",
                    call=lambda x, **a: getattr(__import__("mark1").ops, function)(holed(x), **a),
                    differentiable=(), scale=lambda x, **_: np.ones(()))  # fmt: skip


CASES = [
    _case("quantile", (7,), q=0.3),
    *[
        _case("quantile", (5, 4), q=0.4, axis=0, method=method)
        for method in ("lower", "higher", "midpoint", "nearest")
    ],
    _case("quantile", (2, 3, 2), q=[0.0, 0.5, 1.0], axis=(0, 2), keepdims=True),
    _case("percentile", (3, 5), q=[[10, 60]], axis=-1),
    _case("median", (3, 4), axis=1),
    _case("median", (5,), keepdims=True),
    _case("nanquantile", (3, 5), q=0.2, axis=0),
    _case("nanpercentile", (6,), q=75),
    _case("nanmedian", (3, 4), axis=1),
    _holes("quantile", q=0.4, axis=1),
    _holes("median"),
    _holes("nanquantile", q=[0.4, 0.9], axis=1),
    _holes("nanpercentile", q=40),
    _holes("nanmedian", axis=0, keepdims=True),
]
