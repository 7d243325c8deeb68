"""Rows by index: take, and its counterpart, the sum of rows by index."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.copy import transpose
from mark1.ops.reshape import normalize_axes, reshape
from mark1.tape import _state, record


def take(x: Any, indices: Any, axis: int | None = None) -> Tensor:
    """Elements of x along an axis, by index.

    Args:
        x: Tensor, Variable or array; any shape.
        indices: integers in `[0, N)`, N being the size of the axis; int32 or int64, any shape.
            Numbers and arrays may count from the end, too: -1 is the last.
        axis: the axis; x is flattened if None.

    Returns:
        A tensor of x's shape with `axis` replaced by the shape of `indices`.

    Raises:
        ValueError: if an index is out of range; the message names it.
        TypeError: if the indices are not integers.

    Example:
        >>> import mark1
        >>> mark1.ops.take([[1.0, 2.0], [3.0, 4.0]], [1, 0, 1], axis=0).numpy()
        array([[3., 4.],
               [1., 2.],
               [3., 4.]], dtype=float32)
    """
    if not isinstance(x, (Tensor, _core.Variable)):
        x = _core.convert(x)
    if not isinstance(indices, (Tensor, _core.Variable)):
        indices = _core.convert(_from_the_end(indices, x.shape, axis))
    if axis is None:
        return _rows(reshape(x, -1), indices)
    (position,) = normalize_axes("take", axis, len(x.shape))
    if position == 0:
        return _rows(x, indices)
    rank = len(x.shape)
    front = transpose(x, (position, *(i for i in range(rank) if i != position)))
    rows = _rows(front, indices)
    n = len(indices.shape)
    # The axes of the indices lead; those of x before `axis` go back in front of them.
    before = range(n, n + position)
    return transpose(rows, (*before, *range(n), *range(n + position, len(rows.shape))))


def _from_the_end(indices: Any, shape: tuple[int, ...], axis: int | None) -> Any:
    array = np.asarray(indices)
    if array.dtype.kind != "i" or not array.size or array.min() >= 0:
        return indices
    if axis is not None and not -len(shape) <= axis < len(shape):
        return indices  # refused by what comes next
    n = math.prod(shape) if axis is None else shape[axis]
    return np.where((array < 0) & (array >= -n), array + n, array)


def _rows(x: Any, indices: Tensor) -> Tensor:
    out = _core.gather(x, indices)
    if _state.stack:
        record(_rows_rule, (x,), out, (indices, x.shape[0]))
    return out


def _rows_rule(dy: Tensor, indices: Tensor, n: int) -> tuple[Tensor]:
    return (scatter_add(dy, indices, n),)


def scatter_add(dy: Any, indices: Any, n: int) -> Tensor:
    """Adds rows up where an index says: the gradient of `take` along the first axis.

    `out[i] = sum of dy[p] over all p with indices[p] == i`, by ascending position.

    Args:
        dy: floating-point Tensor or array of shape `indices.shape + row`.
        indices: integers in `[0, n)`; int32 or int64.
        n: number of rows of the result.

    Returns:
        A tensor of shape `(n,) + row`.

    Raises:
        ValueError: if an index is out of range; the message names it.

    Example:
        >>> import mark1
        >>> from mark1.ops.gather import scatter_add
        >>> scatter_add([[1.0], [2.0], [4.0]], [0, 2, 0], 3).numpy()
        array([[5.],
               [0.],
               [2.]], dtype=float32)
    """
    if not isinstance(indices, Tensor):
        indices = _core.convert(indices)
    out = _core.scatter_add(dy, indices, n)
    if _state.stack:
        record(_scatter_add_rule, (dy,), out, (indices,))
    return out


def _scatter_add_rule(dy: Tensor, indices: Tensor) -> tuple[Tensor]:
    return (_rows(dy, indices),)
