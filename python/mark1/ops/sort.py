"""Order: sort, argsort, top_k."""

from __future__ import annotations

import operator
from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.along import take_along_axis
from mark1.ops.gather import take
from mark1.ops.reshape import normalize_axes
from mark1.tape import _state


def sort(x: Any, axis: int | None = -1) -> Tensor:
    """The elements of x in ascending order along an axis; NaN come last.

    Args:
        x: Tensor, Variable or array; any shape.
        axis: the axis; x is flattened if None.

    Returns:
        A tensor of x's shape.

    Raises:
        ValueError: if the axis is out of range.

    Example:
        >>> import mark1
        >>> mark1.ops.sort([3.0, 1.0, 2.0]).numpy()
        array([1., 2., 3.], dtype=float32)
    """
    if not isinstance(x, (Tensor, _core.Variable)):
        x = _core.convert(x)
    if _state.stack:
        # The gradient goes to the places where the elements were.
        return _sort_by_places(x, axis)
    if axis is None:
        return _core.sort(_core.reshape(x, (x.size,)))
    order, back = _axis_last("sort", x, axis)
    if order is None:
        return _core.sort(x)
    return _core.transpose(_core.sort(_core.transpose(x, order)), back)


def _sort_by_places(x: Any, axis: int | None) -> Tensor:
    if axis is None:
        return take(x, argsort(x, None))
    return take_along_axis(x, argsort(x, axis), axis)


def _axis_last(op: str, x: Any, axis: int) -> tuple[list[int] | None, list[int]]:
    """The order of axes with `axis` last, None if it is, and the way back."""
    rank = len(x.shape)
    (along,) = normalize_axes(op, axis, rank)
    if along == rank - 1:
        return None, []
    order = [i for i in range(rank) if i != along] + [along]
    return order, [order.index(i) for i in range(rank)]


def argsort(x: Any, axis: int | None = -1) -> Tensor:
    """The places of x's elements in ascending order along an axis.

    Of equal elements the first comes first; NaN come last.

    Args:
        x: Tensor, Variable or array; any shape.
        axis: the axis; x is flattened if None.

    Returns:
        An int32 tensor of x's shape.

    Raises:
        ValueError: if the axis is out of range.

    Example:
        >>> import mark1
        >>> mark1.ops.argsort([3.0, 1.0, 2.0]).numpy()
        array([1, 2, 0], dtype=int32)
    """
    if not isinstance(x, (Tensor, _core.Variable)):
        x = _core.convert(x)
    # Indices have no gradient: nothing of this is recorded.
    if axis is None:
        return _core.argsort(_core.reshape(x, (x.size,)), False, x.size)
    order, back = _axis_last("argsort", x, axis)
    if order is None:
        return _core.argsort(x, False, x.shape[-1])
    rows = _core.transpose(x, order)
    return _core.transpose(_core.argsort(rows, False, rows.shape[-1]), back)


def top_k(x: Any, k: int, sorted: bool = True) -> tuple[Tensor, Tensor]:
    """The greatest elements of each row, in descending order, and their places.

    Of equal elements the first comes first; NaN beat everything.

    Args:
        x: Tensor, Variable or array (..., n).
        k: how many, at most n.
        sorted: accepted for Keras' sake; the result is always sorted.

    Returns:
        Values and int32 indices, both (..., k).

    Raises:
        ValueError: if k is negative or greater than n.

    Example:
        >>> import mark1
        >>> values, indices = mark1.ops.top_k([1.0, 4.0, 3.0, 4.0], 3)
        >>> values.numpy(), indices.numpy()
        (array([4., 4., 3.], dtype=float32), array([1, 3, 2], dtype=int32))
    """
    if not isinstance(x, (Tensor, _core.Variable)):
        x = _core.convert(x)
    indices = _core.argsort(x, True, operator.index(k))
    return take_along_axis(x, indices, -1), indices
