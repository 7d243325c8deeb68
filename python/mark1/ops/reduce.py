"""Reductions over axes: sum, mean, max, min, argmax, argmin."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.copy import broadcast_to, transpose
from mark1.ops.pick import place
from mark1.ops.reshape import normalize_axes, reshape
from mark1.tape import _state, record
from mark1.tape.state import cut


def sum(x: Any, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Tensor:
    """The sum over axes.

    The order of the additions is fixed, so that the result is the same for any number of threads
    and any machine. bool and uint8 are summed as int32.

    Args:
        x: Tensor, Variable or array; any shape.
        axis: the axes to sum over; all if None.
        keepdims: whether they stay, with size 1.

    Returns:
        A tensor of x's shape without `axis`. The sum of nothing is 0.

    Raises:
        ValueError: if an axis is out of range or named twice.

    Example:
        >>> import mark1
        >>> mark1.ops.sum([[1.0, 2.0], [3.0, 4.0]], axis=0).numpy()
        array([4., 6.], dtype=float32)
    """
    if not isinstance(x, (Tensor, _core.Variable)):
        x = _core.convert(x)
    out = _core.sum(x, axis, keepdims)
    if _state.stack:
        record(_sum_rule, (x,), out, (x.shape, axis))
    return out


def _sum_rule(dy: Tensor, shape: tuple[int, ...], axis: Any) -> tuple[Tensor]:
    return (broadcast_to(reshape(dy, _kept(shape, axis)), shape),)


def mean(x: Any, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Tensor:
    """The mean over axes: `sum(x) / n`, one division.

    Args:
        x: Tensor, Variable or array; any shape. Integers are converted to float32 first.
        axis: the axes to average over; all if None.
        keepdims: whether they stay, with size 1.

    Returns:
        A floating-point tensor of x's shape without `axis`. The mean of nothing is NaN.

    Raises:
        ValueError: if an axis is out of range or named twice.

    Example:
        >>> import mark1
        >>> mark1.ops.mean([[1.0, 2.0], [3.0, 4.0]], axis=1).numpy()
        array([1.5, 3.5], dtype=float32)
    """
    if not isinstance(x, (Tensor, _core.Variable)):
        x = _core.convert(x)
    out = _core.mean(x, axis, keepdims)
    if _state.stack:
        record(_mean_rule, (x,), out, (x.shape, axis))
    return out


def _mean_rule(dy: Tensor, shape: tuple[int, ...], axis: Any) -> tuple[Tensor]:
    from mark1.ops.broadcast import divide

    count = 1
    for i in normalize_axes("mean", axis, len(shape)):
        count *= shape[i]
    return (broadcast_to(divide(reshape(dy, _kept(shape, axis)), float(count)), shape),)


def max(
    x: Any,
    axis: int | Sequence[int] | None = None,
    keepdims: bool = False,
    initial: float | None = None,
) -> Tensor:
    """The greatest element over axes; NaN if there is one. The gradient goes to the first winner.

    Args:
        x: Tensor, Variable or array; any shape.
        axis: the axes to search; all if None.
        keepdims: whether they stay, with size 1.
        initial: a number that counts as one more element.

    Returns:
        A tensor of x's shape without `axis`, of x's dtype.

    Raises:
        ValueError: if there is nothing to choose from, or an axis is out of range.

    Example:
        >>> import mark1
        >>> mark1.ops.max([[1.0, 4.0], [3.0, 2.0]], axis=1).numpy()
        array([4., 3.], dtype=float32)
    """
    if not isinstance(x, (Tensor, _core.Variable)):
        x = _core.convert(x)
    if initial is not None:
        from mark1.ops.binary import maximum

        return maximum(max(x, axis, keepdims), initial)
    out = _core.max(x, axis, keepdims)
    if _state.stack:
        _record_best(_core.argmax, x, axis, out)
    return out


def min(
    x: Any,
    axis: int | Sequence[int] | None = None,
    keepdims: bool = False,
    initial: float | None = None,
) -> Tensor:
    """The smallest element over axes; NaN if there is one. The gradient goes to the first winner.

    Args:
        x: Tensor, Variable or array; any shape.
        axis: the axes to search; all if None.
        keepdims: whether they stay, with size 1.
        initial: a number that counts as one more element.

    Returns:
        A tensor of x's shape without `axis`, of x's dtype.

    Raises:
        ValueError: if there is nothing to choose from, or an axis is out of range.

    Example:
        >>> import mark1
        >>> mark1.ops.min([[1.0, 4.0], [3.0, 2.0]], axis=1).numpy()
        array([1., 2.], dtype=float32)
    """
    if not isinstance(x, (Tensor, _core.Variable)):
        x = _core.convert(x)
    if initial is not None:
        from mark1.ops.binary import minimum

        return minimum(min(x, axis, keepdims), initial)
    out = _core.min(x, axis, keepdims)
    if _state.stack:
        _record_best(_core.argmin, x, axis, out)
    return out


def _record_best(search: Any, x: Any, axis: Any, out: Tensor) -> None:
    """Records max or min: the gradient goes to the first winner of each reduced row."""
    rank = len(x.shape)
    axes = normalize_axes("reduce", axis, rank)
    order = (*(i for i in range(rank) if i not in axes), *axes)
    moved = _core.transpose(x, order)
    n = math.prod(x.shape[i] for i in axes)
    index = search(_core.reshape(moved, (out.size, n)), 1, False)
    record(_best_rule, (x,), out, (index, n, moved.shape, order))


def _best_rule(
    dy: Tensor, index: Tensor, n: int, moved: tuple[int, ...], order: tuple[int, ...]
) -> tuple[Tensor]:
    rows = place(reshape(dy, -1), index, n)
    inverse = [order.index(axis) for axis in range(len(order))]
    return (transpose(reshape(rows, moved), inverse),)


def argmax(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Where the greatest element is: the first of equals, the first NaN if there is one.

    Args:
        x: Tensor, Variable or array; any shape.
        axis: the axis to search; x is flattened if None.
        keepdims: whether it stays, with size 1.

    Returns:
        int32 indices, of x's shape without `axis`.

    Raises:
        ValueError: if there is nothing to choose from, or the axis is out of range.

    Example:
        >>> import mark1
        >>> mark1.ops.argmax([[1.0, 4.0], [3.0, 3.0]], axis=1).numpy()
        array([1, 0], dtype=int32)
    """
    if _state.stack and isinstance(x, (Tensor, _core.Variable)):
        cut("argmax", (x.id,))
    return _core.argmax(x, axis, keepdims)


def argmin(x: Any, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Where the smallest element is: the first of equals, the first NaN if there is one.

    Args:
        x: Tensor, Variable or array; any shape.
        axis: the axis to search; x is flattened if None.
        keepdims: whether it stays, with size 1.

    Returns:
        int32 indices, of x's shape without `axis`.

    Raises:
        ValueError: if there is nothing to choose from, or the axis is out of range.

    Example:
        >>> import mark1
        >>> mark1.ops.argmin([[1.0, 4.0], [3.0, 3.0]], axis=1).numpy()
        array([0, 0], dtype=int32)
    """
    if _state.stack and isinstance(x, (Tensor, _core.Variable)):
        cut("argmin", (x.id,))
    return _core.argmin(x, axis, keepdims)


def sum_to(x: Tensor, shape: Sequence[int] | None) -> Tensor | None:
    """Sums x down to a shape that broadcasts to x's: what a gradient does after broadcasting.

    Args:
        x: Tensor of any shape.
        shape: a shape that broadcasts to x's; None stands for an operand without a gradient.

    Returns:
        A tensor of `shape`; x itself if it has that shape, None if `shape` is None.

    Example:
        >>> import mark1
        >>> from mark1.ops.reduce import sum_to
        >>> sum_to(mark1.ops.ones((3, 2)), (2,)).numpy()
        array([3., 3.], dtype=float32)
    """
    if shape is None or x.shape == tuple(shape):
        return None if shape is None else x
    missing = len(x.shape) - len(shape)
    axes = [i for i in range(len(x.shape)) if i < missing or shape[i - missing] != x.shape[i]]
    out = _core.reshape(_core.sum(x, axes, False), shape)
    if _state.stack:
        record(_sum_to_rule, (x,), out, (x.shape,))
    return out


def _sum_to_rule(dy: Tensor, shape: tuple[int, ...]) -> tuple[Tensor]:
    return (broadcast_to(dy, shape),)


def _kept(shape: tuple[int, ...], axis: Any) -> list[int]:
    """`shape` with reduced axes of size 1."""
    axes = normalize_axes("reduce", axis, len(shape))
    return [1 if i in axes else dim for i, dim in enumerate(shape)]
