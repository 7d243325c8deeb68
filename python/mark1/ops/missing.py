"""Reductions that leave NaN out: nansum, nanmean, nanvar, nanstd, nanprod, nanmax, nanmin, ..."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.broadcast import divide, subtract
from mark1.ops.cumsum import cumprod, cumsum
from mark1.ops.moments import _as_float, _as_tensor
from mark1.ops.moments import prod as product
from mark1.ops.reduce import max as greatest
from mark1.ops.reduce import min as least
from mark1.ops.reduce import sum as total
from mark1.ops.rounding import square
from mark1.ops.unary import sqrt
from mark1.ops.where import where as choose
from mark1.typing import DTypeLike

Axes = int | Sequence[int] | None


def nansum(x: Any, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """The sum over axes, NaN counting as 0.

    Args:
        x: Tensor, Variable or array; any shape.
        axis: the axes to sum over; all if None.
        keepdims: whether they stay, with size 1.

    Returns:
        A tensor of x's shape without `axis`.

    Raises:
        ValueError: if an axis is out of range or named twice.

    Example:
        >>> import mark1
        >>> mark1.ops.nansum([1.0, float("nan"), 2.0]).numpy()
        array(3., dtype=float32)
    """
    return total(_filled(x, 0), axis, keepdims)


def nanprod(x: Any, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """The product over axes, NaN counting as 1.

    Args:
        x: Tensor, Variable or array; any shape.
        axis: the axes to reduce; all if None.
        keepdims: whether they stay, with size 1.

    Returns:
        A tensor of x's shape without `axis`.

    Raises:
        ValueError: if an axis is out of range or named twice.

    Example:
        >>> import mark1
        >>> mark1.ops.nanprod([3.0, float("nan"), 2.0]).numpy()
        array(6., dtype=float32)
    """
    return product(_filled(x, 1), axis, keepdims)


def nanmean(x: Any, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """The mean over axes of the elements that are not NaN.

    Args:
        x: Tensor, Variable or array; any shape. Integers are converted to float32.
        axis: the axes to average over; all if None.
        keepdims: whether they stay, with size 1.

    Returns:
        A floating-point tensor of x's shape without `axis`. NaN if there is nothing else.

    Raises:
        ValueError: if an axis is out of range or named twice.

    Example:
        >>> import mark1
        >>> mark1.ops.nanmean([1.0, float("nan"), 2.0]).numpy()
        array(1.5, dtype=float32)
    """
    x = _as_float(x)
    return divide(nansum(x, axis, keepdims), _numbers(x, axis, keepdims))


def nanvar(x: Any, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """The variance over axes of the elements that are not NaN, in two passes.

    Args:
        x: Tensor, Variable or array; any shape. Integers are converted to float32.
        axis: the axes to reduce; all if None.
        keepdims: whether they stay, with size 1.

    Returns:
        A floating-point tensor of x's shape without `axis`. NaN if there is nothing else.

    Raises:
        ValueError: if an axis is out of range or named twice.

    Example:
        >>> import mark1
        >>> mark1.ops.nanvar([1.0, float("nan"), 2.0]).numpy()
        array(0.25, dtype=float32)
    """
    x = _as_float(x)
    # No NaN is squared: its gradient, times 0, would still be one.
    centred = choose(_core.isnan(x), 0, subtract(x, nanmean(x, axis, keepdims=True)))
    return divide(total(square(centred), axis, keepdims), _numbers(x, axis, keepdims))


def nanstd(x: Any, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """The standard deviation over axes of the elements that are not NaN: the root of `nanvar`.

    Args:
        x: Tensor, Variable or array; any shape. Integers are converted to float32.
        axis: the axes to reduce; all if None.
        keepdims: whether they stay, with size 1.

    Returns:
        A floating-point tensor of x's shape without `axis`. NaN if there is nothing else.

    Raises:
        ValueError: if an axis is out of range or named twice.

    Example:
        >>> import mark1
        >>> mark1.ops.nanstd([1.0, float("nan"), 2.0]).numpy()
        array(0.5, dtype=float32)
    """
    return sqrt(nanvar(x, axis, keepdims))


def nanmax(x: Any, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """The greatest element over axes that is not NaN.

    Args:
        x: Tensor, Variable or array; any shape.
        axis: the axes to search; all if None.
        keepdims: whether they stay, with size 1.

    Returns:
        A tensor of x's shape without `axis`, of x's dtype. NaN if there is nothing else.

    Raises:
        ValueError: if there is nothing to choose from, or an axis is out of range.

    Example:
        >>> import mark1
        >>> mark1.ops.nanmax([1.0, float("nan"), 2.0]).numpy()
        array(2., dtype=float32)
    """
    return _extreme(greatest, -math.inf, x, axis, keepdims)


def nanmin(x: Any, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """The smallest element over axes that is not NaN.

    Args:
        x: Tensor, Variable or array; any shape.
        axis: the axes to search; all if None.
        keepdims: whether they stay, with size 1.

    Returns:
        A tensor of x's shape without `axis`, of x's dtype. NaN if there is nothing else.

    Raises:
        ValueError: if there is nothing to choose from, or an axis is out of range.

    Example:
        >>> import mark1
        >>> mark1.ops.nanmin([1.0, float("nan"), 2.0]).numpy()
        array(1., dtype=float32)
    """
    return _extreme(least, math.inf, x, axis, keepdims)


def nanargmax(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Where the greatest element is that is not NaN: the first of equals.

    Args:
        x: Tensor, Variable or array; any shape.
        axis: the axis to search; x is flattened if None.
        keepdims: whether it stays, with size 1.

    Returns:
        int32 indices, of x's shape without `axis`; -1 if there is nothing but NaN.

    Raises:
        ValueError: if there is nothing to choose from, or the axis is out of range.

    Example:
        >>> import mark1
        >>> mark1.ops.nanargmax([1.0, float("nan"), 2.0]).numpy()
        array(2, dtype=int32)
    """
    return _place(_core.argmax, -math.inf, x, axis, keepdims)


def nanargmin(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Where the smallest element is that is not NaN: the first of equals.

    Args:
        x: Tensor, Variable or array; any shape.
        axis: the axis to search; x is flattened if None.
        keepdims: whether it stays, with size 1.

    Returns:
        int32 indices, of x's shape without `axis`; -1 if there is nothing but NaN.

    Raises:
        ValueError: if there is nothing to choose from, or the axis is out of range.

    Example:
        >>> import mark1
        >>> mark1.ops.nanargmin([1.0, float("nan"), 2.0]).numpy()
        array(0, dtype=int32)
    """
    return _place(_core.argmin, math.inf, x, axis, keepdims)


def nancumsum(x: Any, axis: int | None = None, dtype: DTypeLike | None = None) -> Tensor:
    """The sums of the elements up to each one along an axis, NaN counting as 0.

    Args:
        x: Tensor, Variable or array; any shape.
        axis: the axis to sum along; x is flattened if None.
        dtype: of the result; x's if None, int32 for bool.

    Returns:
        A tensor of x's shape.

    Raises:
        ValueError: if there is no such axis.

    Example:
        >>> import mark1
        >>> mark1.ops.nancumsum([1.0, float("nan"), 2.0]).numpy()
        array([1., 1., 3.], dtype=float32)
    """
    return cumsum(_filled(x, 0), axis, dtype)


def nancumprod(x: Any, axis: int | None = None, dtype: DTypeLike | None = None) -> Tensor:
    """The products of the elements up to each one along an axis, NaN counting as 1.

    Args:
        x: Tensor, Variable or array; any shape.
        axis: the axis to multiply along; x is flattened if None.
        dtype: of the result; x's if None, int32 for bool.

    Returns:
        A tensor of x's shape.

    Raises:
        ValueError: if there is no such axis.

    Example:
        >>> import mark1
        >>> mark1.ops.nancumprod([2.0, float("nan"), 3.0]).numpy()
        array([2., 2., 6.], dtype=float32)
    """
    return cumprod(_filled(x, 1), axis, dtype)


def _filled(x: Any, value: float) -> Any:
    x = _as_tensor(x)
    return choose(_core.isnan(x), value, x) if x.dtype.startswith("float") else x


def _numbers(x: Any, axis: Any, keepdims: bool) -> Tensor:
    """How many elements are not NaN, in x's dtype."""
    return _core.cast(_core.sum(_core.logical_not(_core.isnan(x)), axis, keepdims), x.dtype)


def _extreme(search: Any, worst: float, x: Any, axis: Any, keepdims: bool) -> Tensor:
    x = _as_tensor(x)
    y: Tensor = search(_filled(x, worst), axis, keepdims)
    if not x.dtype.startswith("float"):
        return y
    return choose(_core.equal(_numbers(x, axis, keepdims), 0), math.nan, y)


def _place(search: Any, worst: float, x: Any, axis: Any, keepdims: bool) -> Tensor:
    x = _core.convert(x)
    if not x.dtype.startswith("float"):
        return search(x, axis, keepdims)  # type: ignore[no-any-return]
    holes = _core.isnan(x)
    found = search(_core.where(holes, worst, x), axis, keepdims)
    return _core.where(_core.equal(_numbers(x, axis, keepdims), 0), -1, found)
