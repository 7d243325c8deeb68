"""Tensors side by side along the first, second or third axis: append, hstack, vstack, dstack."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1._core import Tensor
from mark1.ops.concatenate import concatenate
from mark1.ops.reshape import expand_dims, ravel, reshape
from mark1.ops.rounding import _as_tensor


def append(x1: Any, x2: Any, axis: int | None = None) -> Tensor:
    """Puts x2 behind x1.

    Args:
        x1: Tensor, Variable or array.
        x2: likewise; the shapes agree in all other axes.
        axis: the axis along which they are joined; both are flattened if None.

    Returns:
        A tensor of the wider of their dtypes.

    Raises:
        ValueError: if the shapes do not agree.

    Example:
        >>> import mark1
        >>> mark1.ops.append([1, 2], [[3], [4]]).numpy()
        array([1, 2, 3, 4], dtype=int32)
    """
    if axis is None:
        return concatenate([ravel(x1), ravel(x2)])
    return concatenate([x1, x2], axis)


def vstack(xs: Sequence[Any]) -> Tensor:
    """Puts tensors one below the other: along the first axis, vectors counting as rows.

    Args:
        xs: Tensors, Variables or arrays whose shapes agree in all other axes.

    Returns:
        A tensor of the widest of their dtypes.

    Raises:
        ValueError: if there is none, or the shapes do not agree.

    Example:
        >>> import mark1
        >>> mark1.ops.vstack([[1, 2], [3, 4]]).numpy()
        array([[1, 2],
               [3, 4]], dtype=int32)
    """
    return concatenate([_raised(x, 2) for x in xs])


def hstack(xs: Sequence[Any]) -> Tensor:
    """Puts tensors beside each other: along the second axis, vectors one behind the other.

    Args:
        xs: Tensors, Variables or arrays whose shapes agree in all other axes.

    Returns:
        A tensor of the widest of their dtypes.

    Raises:
        ValueError: if there is none, or the shapes do not agree.

    Example:
        >>> import mark1
        >>> mark1.ops.hstack([[[1], [2]], [[3], [4]]]).numpy()
        array([[1, 3],
               [2, 4]], dtype=int32)
    """
    raised = [_raised(x, 1) for x in xs]
    return concatenate(raised, 0 if raised and len(raised[0].shape) == 1 else 1)


def dstack(xs: Sequence[Any]) -> Tensor:
    """Puts tensors behind each other: along the third axis, which is added where there is none.

    Args:
        xs: Tensors, Variables or arrays whose shapes agree in all other axes.

    Returns:
        A tensor of the widest of their dtypes.

    Raises:
        ValueError: if there is none, or the shapes do not agree.

    Example:
        >>> import mark1
        >>> mark1.ops.dstack([[1, 2], [3, 4]]).numpy()
        array([[[1, 3],
                [2, 4]]], dtype=int32)
    """
    return concatenate([_raised(x, 3) for x in xs], 2)


def _raised(x: Any, rank: int) -> Any:
    """X with axes of size 1 up to a rank: a vector is a row."""
    x = _as_tensor(x)
    if len(x.shape) >= rank:
        return x
    if len(x.shape) == 0:
        x = reshape(x, 1)
    if len(x.shape) < min(rank, 2):
        x = expand_dims(x, 0)
    return expand_dims(x, -1) if len(x.shape) < rank else x
