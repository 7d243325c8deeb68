"""Other shapes for the same elements: reshape, ravel, expand_dims, squeeze. They copy nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.tape import _state, record


def reshape(x: Any, newshape: int | Sequence[int]) -> Tensor:
    """The elements of x, in the same row-major order, under another shape.

    Args:
        x: Tensor, Variable or array; any shape.
        newshape: the new shape, with as many elements; one dimension may be -1 and follows from
            the others.

    Returns:
        A tensor of `newshape` that shares x's memory.

    Raises:
        ValueError: if the number of elements differs.

    Example:
        >>> import mark1
        >>> mark1.ops.reshape([1, 2, 3, 4, 5, 6], (-1, 3)).numpy()
        array([[1, 2, 3],
               [4, 5, 6]], dtype=int32)
    """
    if not isinstance(x, (Tensor, _core.Variable)):
        x = _core.convert(x)
    out = _core.reshape(x, _resolve(x.shape, newshape))
    if _state.stack:
        record(_reshape_rule, (x,), out, (x.shape,))
    return out


def _reshape_rule(dy: Tensor, shape: tuple[int, ...]) -> tuple[Tensor]:
    return (reshape(dy, shape),)


def _resolve(shape: tuple[int, ...], newshape: int | Sequence[int]) -> tuple[int, ...]:
    new = (newshape,) if isinstance(newshape, int) else tuple(newshape)
    if -1 not in new:
        return new
    known = math.prod(dim for dim in new if dim != -1)
    size = math.prod(shape)
    if new.count(-1) > 1 or known == 0 or size % known:
        raise ValueError(
            f"[reshape] cannot reshape {shape} of {size} elements into {new}. "
            "Only one dimension may be -1, and the others must divide the number of elements"
        )
    return tuple(size // known if dim == -1 else dim for dim in new)


def expand_dims(x: Any, axis: int | Sequence[int]) -> Tensor:
    """Inserts dimensions of size 1.

    Args:
        x: Tensor, Variable or array; any shape.
        axis: where, counted in the result.

    Returns:
        A tensor that shares x's memory.

    Raises:
        ValueError: if an axis is out of range or named twice.

    Example:
        >>> import mark1
        >>> mark1.ops.expand_dims(mark1.ops.zeros((2, 3)), 1).shape
        (2, 1, 3)
    """
    if not isinstance(x, (Tensor, _core.Variable)):
        x = _core.convert(x)
    axes = normalize_axes(
        "expand_dims", axis, len(x.shape) + (1 if isinstance(axis, int) else len(axis))
    )
    dims = iter(x.shape)
    rank = len(x.shape) + len(axes)
    return reshape(x, [1 if i in axes else next(dims) for i in range(rank)])


def squeeze(x: Any, axis: int | Sequence[int] | None = None) -> Tensor:
    """Removes dimensions of size 1.

    Args:
        x: Tensor, Variable or array; any shape.
        axis: which; all of size 1 if None.

    Returns:
        A tensor that shares x's memory.

    Raises:
        ValueError: if a named dimension is not 1.

    Example:
        >>> import mark1
        >>> mark1.ops.squeeze(mark1.ops.zeros((2, 1, 3))).shape
        (2, 3)
    """
    if not isinstance(x, (Tensor, _core.Variable)):
        x = _core.convert(x)
    if axis is None:
        return reshape(x, [dim for dim in x.shape if dim != 1])
    axes = normalize_axes("squeeze", axis, len(x.shape))
    for i in axes:
        if x.shape[i] != 1:
            raise ValueError(f"[squeeze] axis {i} has size {x.shape[i]}, not 1 (x: {x.shape})")
    return reshape(x, [dim for i, dim in enumerate(x.shape) if i not in axes])


def ravel(x: Any) -> Tensor:
    """The elements of x in one axis, in row-major order.

    Args:
        x: Tensor, Variable or array; any shape.

    Returns:
        A tensor of one axis that shares x's memory.

    Example:
        >>> import mark1
        >>> mark1.ops.ravel([[1, 2], [3, 4]]).numpy()
        array([1, 2, 3, 4], dtype=int32)
    """
    return reshape(x, -1)


def shape(x: Any) -> tuple[int, ...]:
    """The shape of x.

    Args:
        x: Tensor, Variable or array.

    Returns:
        A tuple of integers.

    Example:
        >>> import mark1
        >>> mark1.ops.shape([[1.0, 2.0]])
        (1, 2)
    """
    if not isinstance(x, (Tensor, _core.Variable)):
        x = _core.convert(x)
    dims: tuple[int, ...] = x.shape
    return dims


def normalize_axes(op: str, axis: int | Sequence[int] | None, rank: int) -> tuple[int, ...]:
    """Axes as ascending non-negative numbers; all of them for None.

    Raises:
        ValueError: if an axis is out of range or named twice.

    Example:
        >>> from mark1.ops.reshape import normalize_axes
        >>> normalize_axes("sum", (-1, 0), 3)
        (0, 2)
    """
    if axis is None:
        return tuple(range(rank))
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    for i in axes:
        if not -rank <= i < rank:
            raise ValueError(f"[{op}] axis {i} is out of range for {rank} dimensions")
    found = sorted({i % rank for i in axes})
    if len(found) != len(axes):
        raise ValueError(f"[{op}] axis {axes} names a dimension twice")
    return tuple(found)
