"""Reductions that leave NaN out, with some, without any, and with nothing else."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from tests.cases.base import Array, Case, composed


def _bare(function: str) -> Any:
    def define(x: Array, **attributes: Any) -> Array:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of slices of nothing but NaN
            return np.asarray(getattr(np, function)(x, **attributes))

    return define


def _holed(x: Any) -> Any:
    """Every third element is NaN, and the first row of a matrix is."""
    import mark1

    places = np.arange(x.size).reshape(x.shape) % 3 == 0
    if len(x.shape) == 2:
        places[0] = True
    return mark1.ops.where(places, np.float64("nan"), x)


def _define(function: str) -> Any:
    def define(x: Array, **attributes: Any) -> Array:
        places = np.arange(x.size).reshape(x.shape) % 3 == 0
        if x.ndim == 2:
            places[0] = True
        return _bare(function)(np.where(places, np.nan, x), **attributes)

    return define


def _case(function: str, shape: tuple[int, ...], **attributes: Any) -> Case:
    products = function in ("nanprod", "nancumprod")
    sums = products or function in ("nansum", "nanmean", "nanvar", "nanstd", "nancumsum")
    alone = len(shape) == 2 and attributes.get("axis") == 1  # the first row has nothing else
    kinks: Any = (lambda x, **_: np.diff(np.sort(x, axis=None)) / 2) if "m" in function[3:] else ()
    return composed(
        "missing", function, _define(function), shape, attributes=attributes,
        ranges=("normal", "ties") if sums else ("normal", "ties", "special"),
        call=lambda x, **a: getattr(__import__("mark1").ops, function)(_holed(x), **a),
        length=int(np.prod(shape)) if sums else 1, ulps=8 if sums else 0.5, kinks=kinks,
        differentiable=() if "arg" in function or alone else None,
        scale=(lambda x, **a: np.ones(()) * np.prod(1 + np.abs(x)) if products
               else np.full((), (1 + np.abs(x)).sum() * 3)) if sums else None,
    )  # fmt: skip


_ALL = ("nansum", "nanprod", "nanmean", "nanvar", "nanstd", "nanmax", "nanmin")

CASES = [
    *[_case(function, (7,)) for function in _ALL],
    *[_case(function, (5, 4), axis=0) for function in _ALL],
    *[_case(function, (3, 5), axis=1, keepdims=True) for function in _ALL],
    _case("nancumprod", (7,)),
    _case("nancumprod", (3, 5), axis=1),
    _case("nancumsum", (7,)),
    _case("nancumsum", (3, 5), axis=1),
    *[
        _case(function, shape, **attributes)
        for function in ("nanargmax", "nanargmin")
        for shape, attributes in (((8,), {}), ((4, 5), {"axis": 0, "keepdims": True}))
    ],
]
