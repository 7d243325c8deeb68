"""New tensors of one value: zeros, ones, full and their `_like` forms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.typing import DTypeLike


def full(shape: int | Sequence[int], fill_value: Any, dtype: DTypeLike | None = None) -> Tensor:
    """A new tensor whose elements are all `fill_value`.

    Args:
        shape: its shape.
        fill_value: a number, or an array-like that broadcasts to `shape`.
        dtype: its dtype; that of `fill_value` if None (float32 for a Python float).

    Returns:
        A tensor of `shape`.

    Raises:
        ValueError: if `fill_value` does not broadcast to `shape`.

    Example:
        >>> import mark1
        >>> mark1.ops.full((2, 2), 7.0).numpy()
        array([[7., 7.],
               [7., 7.]], dtype=float32)
    """
    if isinstance(fill_value, (bool, int, float)):
        if dtype is None:
            if isinstance(fill_value, bool):
                dtype = "bool"
            else:
                dtype = "int32" if isinstance(fill_value, int) else "float32"
        # True would be cast to bool by a kernel, and its value looked at.
        value = int(fill_value) if isinstance(fill_value, bool) else fill_value
        return _core.full(shape, value, dtype)
    from mark1.ops.cast import convert_to_tensor
    from mark1.ops.copy import broadcast_to

    return broadcast_to(convert_to_tensor(fill_value, dtype), shape)


def zeros(shape: int | Sequence[int], dtype: DTypeLike | None = None) -> Tensor:
    """A new tensor of zeros.

    Args:
        shape: its shape.
        dtype: its dtype; float32 if None.

    Returns:
        A tensor of `shape`.

    Example:
        >>> import mark1
        >>> mark1.ops.zeros((2, 3)).numpy()
        array([[0., 0., 0.],
               [0., 0., 0.]], dtype=float32)
    """
    return _core.full(shape, 0, dtype or "float32")


def ones(shape: int | Sequence[int], dtype: DTypeLike | None = None) -> Tensor:
    """A new tensor of ones.

    Args:
        shape: its shape.
        dtype: its dtype; float32 if None.

    Returns:
        A tensor of `shape`.

    Example:
        >>> import mark1
        >>> mark1.ops.ones(3, dtype="int32").numpy()
        array([1, 1, 1], dtype=int32)
    """
    return _core.full(shape, 1, dtype or "float32")


def full_like(x: Any, fill_value: Any, dtype: DTypeLike | None = None) -> Tensor:
    """A new tensor of x's shape whose elements are all `fill_value`; no gradient reaches x.

    Args:
        x: Tensor, Variable or array; any shape.
        fill_value: a number, or an array-like that broadcasts to x's shape.
        dtype: its dtype; x's if None.

    Returns:
        A tensor of x's shape.

    Example:
        >>> import mark1
        >>> mark1.ops.full_like(mark1.ops.zeros(2), 3).numpy()
        array([3., 3.], dtype=float32)
    """
    if not isinstance(x, (Tensor, _core.Variable)):
        x = _core.convert(x)
    return full(x.shape, fill_value, dtype or x.dtype)


def zeros_like(x: Any, dtype: DTypeLike | None = None) -> Tensor:
    """A new tensor of zeros, of x's shape; no gradient reaches x.

    Args:
        x: Tensor, Variable or array; any shape.
        dtype: its dtype; x's if None.

    Returns:
        A tensor of x's shape.

    Example:
        >>> import mark1
        >>> mark1.ops.zeros_like([1, 2]).numpy()
        array([0, 0], dtype=int32)
    """
    return full_like(x, 0, dtype)


def ones_like(x: Any, dtype: DTypeLike | None = None) -> Tensor:
    """A new tensor of ones, of x's shape; no gradient reaches x.

    Args:
        x: Tensor, Variable or array; any shape.
        dtype: its dtype; x's if None.

    Returns:
        A tensor of x's shape.

    Example:
        >>> import mark1
        >>> mark1.ops.ones_like([1.0, 2.0]).numpy()
        array([1., 1.], dtype=float32)
    """
    return full_like(x, 1, dtype)
