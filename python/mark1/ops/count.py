"""How many elements are not zero, and whether any or all are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import _core
from mark1._core import Tensor


def count_nonzero(
    x: Any, axis: int | Sequence[int] | None = None, keepdims: bool = False
) -> Tensor:
    """How many elements over axes are not zero.

    Args:
        x: Tensor, Variable or array; any shape.
        axis: the axes to reduce; all if None.
        keepdims: whether they stay, with size 1.

    Returns:
        An int32 tensor of x's shape without `axis`.

    Raises:
        ValueError: if an axis is out of range or named twice.

    Example:
        >>> import mark1
        >>> mark1.ops.count_nonzero([[0, 2], [0, 0]], axis=1).numpy()
        array([1, 0], dtype=int32)
    """
    return _core.count_nonzero(x, axis, keepdims)


def any(x: Any, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Tensor:
    """Whether any element over axes is true, that is, not zero.

    Args:
        x: Tensor, Variable or array; any shape.
        axis: the axes to reduce; all if None.
        keepdims: whether they stay, with size 1.

    Returns:
        A bool tensor of x's shape without `axis`. Of nothing: false.

    Raises:
        ValueError: if an axis is out of range or named twice.

    Example:
        >>> import mark1
        >>> mark1.ops.any([[0, 2], [0, 0]], axis=1).numpy()
        array([ True, False])
    """
    return _core.any(x, axis, keepdims)


def all(x: Any, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Tensor:
    """Whether all elements over axes are true, that is, not zero.

    Args:
        x: Tensor, Variable or array; any shape.
        axis: the axes to reduce; all if None.
        keepdims: whether they stay, with size 1.

    Returns:
        A bool tensor of x's shape without `axis`. Of nothing: true.

    Raises:
        ValueError: if an axis is out of range or named twice.

    Example:
        >>> import mark1
        >>> mark1.ops.all([[0, 2], [0, 0]], axis=1).numpy()
        array([False, False])
    """
    return _core.all(x, axis, keepdims)
