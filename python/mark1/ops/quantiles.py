"""Quantiles, percentiles and medians, with NaN or without."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.activation import Activation
from mark1.ops.along import take_along_axis
from mark1.ops.broadcast import add, multiply, subtract
from mark1.ops.copy import transpose
from mark1.ops.moments import _as_float
from mark1.ops.reshape import normalize_axes, reshape
from mark1.ops.sort import sort
from mark1.ops.where import where

_floor = Activation("floor").index
_ceil = Activation("ceil").index
_round = Activation("round").index

_METHODS = ("linear", "lower", "higher", "midpoint", "nearest")


def quantile(
    x: Any,
    q: Any,
    axis: int | Sequence[int] | None = None,
    method: str = "linear",
    keepdims: bool = False,
) -> Tensor:
    """What a part q of the elements does not exceed: 0.5 asks for the median.

    The element at q (n - 1) of the sorted ones; between two places as `method` says.

    Args:
        x: Tensor, Variable or array; integers become float32.
        q: one number between 0 and 1, or an array of them.
        axis: the axes over which elements are sorted; all if None.
        method: "linear" between the two neighbours, "lower", "higher" or "nearest" for one of them,
            "midpoint" for their mean.
        keepdims: whether the axes stay, with size 1.

    Returns:
        A floating-point tensor of q's axes, and behind them x's without `axis`. NaN if one of the
        elements is.

    Raises:
        ValueError: if there are no elements, q is not between 0 and 1, or the method is unknown.

    Example:
        >>> import mark1
        >>> mark1.ops.quantile([1.0, 4.0, 2.0, 3.0], [0.25, 0.5]).numpy()
        array([1.75, 2.5 ], dtype=float32)
    """
    return _quantile("quantile", x, q, 1, axis, method, keepdims)


def percentile(
    x: Any,
    q: Any,
    axis: int | Sequence[int] | None = None,
    method: str = "linear",
    keepdims: bool = False,
) -> Tensor:
    """`quantile` in hundredths: what q per cent of the elements do not exceed.

    Args:
        x: Tensor, Variable or array; integers become float32.
        q: one number between 0 and 100, or an array of them.
        axis: the axes over which elements are sorted; all if None.
        method: what is between two elements, as for `quantile`.
        keepdims: whether the axes stay, with size 1.

    Returns:
        A floating-point tensor of q's axes, and behind them x's without `axis`.

    Raises:
        ValueError: if there are no elements, q is not between 0 and 100, or the method is unknown.

    Example:
        >>> import mark1
        >>> mark1.ops.percentile([1.0, 4.0, 2.0, 3.0], 25).numpy()
        array(1.75, dtype=float32)
    """
    return _quantile("percentile", x, q, 100, axis, method, keepdims)


def median(x: Any, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Tensor:
    """The element in the middle, or between the two there.

    Args:
        x: Tensor, Variable or array; integers become float32.
        axis: the axes over which elements are sorted; all if None.
        keepdims: whether they stay, with size 1.

    Returns:
        A floating-point tensor of x's shape without `axis`. NaN if one of the elements is.

    Raises:
        ValueError: if there are no elements, or an axis is out of range.

    Example:
        >>> import mark1
        >>> mark1.ops.median([[1.0, 9.0, 2.0], [4.0, 5.0, 7.0]], axis=1).numpy()
        array([2., 5.], dtype=float32)
    """
    return _quantile("median", x, 0.5, 1, axis, "linear", keepdims)


def nanquantile(
    x: Any,
    q: Any,
    axis: int | Sequence[int] | None = None,
    method: str = "linear",
    keepdims: bool = False,
) -> Tensor:
    """`quantile` of the elements that are not NaN.

    Args:
        x: Tensor, Variable or array; integers become float32.
        q: one number between 0 and 1, or an array of them.
        axis: the axes over which elements are sorted; all if None.
        method: what is between two elements, as for `quantile`.
        keepdims: whether the axes stay, with size 1.

    Returns:
        A floating-point tensor of q's axes, and behind them x's without `axis`. NaN if there is
        nothing else.

    Raises:
        ValueError: if there are no elements, q is not between 0 and 1, or the method is unknown.

    Example:
        >>> import mark1
        >>> mark1.ops.nanquantile([1.0, float("nan"), 2.0], 0.5).numpy()
        array(1.5, dtype=float32)
    """
    return _quantile("nanquantile", x, q, 1, axis, method, keepdims, skip=True)


def nanpercentile(
    x: Any,
    q: Any,
    axis: int | Sequence[int] | None = None,
    method: str = "linear",
    keepdims: bool = False,
) -> Tensor:
    """`percentile` of the elements that are not NaN.

    Args:
        x: Tensor, Variable or array; integers become float32.
        q: one number between 0 and 100, or an array of them.
        axis: the axes over which elements are sorted; all if None.
        method: what is between two elements, as for `quantile`.
        keepdims: whether the axes stay, with size 1.

    Returns:
        A floating-point tensor of q's axes, and behind them x's without `axis`. NaN if there is
        nothing else.

    Raises:
        ValueError: if there are no elements, q is not between 0 and 100, or the method is unknown.

    Example:
        >>> import mark1
        >>> mark1.ops.nanpercentile([1.0, float("nan"), 2.0], 50).numpy()
        array(1.5, dtype=float32)
    """
    return _quantile("nanpercentile", x, q, 100, axis, method, keepdims, skip=True)


def nanmedian(x: Any, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Tensor:
    """`median` of the elements that are not NaN.

    Args:
        x: Tensor, Variable or array; integers become float32.
        axis: the axes over which elements are sorted; all if None.
        keepdims: whether they stay, with size 1.

    Returns:
        A floating-point tensor of x's shape without `axis`. NaN if there is nothing else.

    Raises:
        ValueError: if there are no elements, or an axis is out of range.

    Example:
        >>> import mark1
        >>> mark1.ops.nanmedian([1.0, float("nan"), 3.0]).numpy()
        array(2., dtype=float32)
    """
    return _quantile("nanmedian", x, 0.5, 1, axis, "linear", keepdims, skip=True)


def _quantile(
    op: str, x: Any, q: Any, whole: int, axis: Any, method: str, keepdims: bool, skip: bool = False
) -> Tensor:
    x = _as_float(x)
    axes = normalize_axes(op, axis, len(x.shape))
    others = [i for i in range(len(x.shape)) if i not in axes]
    n, m = (math.prod(x.shape[i] for i in part) for part in (axes, others))
    if n == 0:
        raise ValueError(f"[{op}] needs at least one element (x: {x.shape})")
    if method not in _METHODS:
        raise ValueError(f"[{op}] method must be one of {', '.join(_METHODS)}, got {method!r}")
    share = _share(op, q, whole)
    # Elements run along the first axis, so that a place is a row.
    ordered = sort(reshape(transpose(x, (*axes, *others)), (n, m)), 0)
    holes = _core.isnan(ordered)
    last: Any = n - 1
    if skip:
        numbers = _core.sum(_core.logical_not(holes), 0, False)
        last = _core.cast(_core.maximum(_core.subtract(numbers, 1), 0), "float64")
    place = _core.multiply(_core.reshape(share, (share.size, 1)), last)
    below, above = _core.activation(_floor, place), _core.activation(_ceil, place)
    part: Any = _core.subtract(place, below)
    if method != "linear":
        rounded = {"lower": below, "higher": above, "nearest": _core.activation(_round, place)}
        part = _core.multiply(_core.subtract(above, below), 0.5)
        if method != "midpoint":
            below = above = rounded[method]
    low = take_along_axis(ordered, _core.cast(below, "int32"), 0)
    y = low
    if method in ("linear", "midpoint"):
        high = take_along_axis(ordered, _core.cast(above, "int32"), 0)
        y = add(low, multiply(subtract(high, low), _core.cast(part, x.dtype)))
    if not skip:
        y = where(_core.greater(_core.sum(holes, 0, False), 0), math.nan, y)
    kept = [1 if i in axes else dim for i, dim in enumerate(x.shape)]
    return reshape(y, (*share.shape, *(kept if keepdims else [x.shape[i] for i in others])))


def _share(op: str, q: Any, whole: int) -> Tensor:
    """Q as parts of 1 in float64, in which places are exact."""
    if isinstance(q, (Tensor, _core.Variable)):
        return _core.divide(_core.cast(q, "float64"), whole)
    numbers = np.asarray(q, dtype=np.float64)
    if not ((numbers >= 0) & (numbers <= whole)).all():
        raise ValueError(f"[{op}] q must lie between 0 and {whole}, got {q}")
    return _core.convert(np.asarray(numbers / whole))
