"""One element per index along an axis: take_along_axis."""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.copy import broadcast_to
from mark1.ops.reshape import normalize_axes, reshape
from mark1.tape import _state, record


def take_along_axis(x: Any, indices: Any, axis: int | None = None) -> Tensor:
    """Elements of x along an axis, each line of x having indices of its own.

    `y[..., j, ...] = x[..., indices[..., j, ...], ...]`

    Args:
        x: Tensor, Variable or array; any shape.
        indices: integers in `[0, N)`, N being the size of the axis; int32 or int64, with as many
            axes as x. In all other axes the two shapes broadcast together.
        axis: the axis; both are flattened if None.

    Returns:
        A tensor of x's dtype and the shape of the indices.

    Raises:
        ValueError: if an index is out of range; the message names it. If the shapes do not fit.
        TypeError: if the indices are not integers.

    Example:
        >>> import mark1
        >>> x = [[10.0, 30.0, 20.0], [6.0, 4.0, 5.0]]
        >>> mark1.ops.take_along_axis(x, mark1.ops.argsort(x), axis=1).numpy()
        array([[10., 20., 30.],
               [ 4.,  5.,  6.]], dtype=float32)
    """
    if not isinstance(x, (Tensor, _core.Variable)):
        x = _core.convert(x)
    if not isinstance(indices, Tensor):
        indices = _core.convert(indices)
    if axis is None:
        return take_along_axis(reshape(x, -1), reshape(indices, -1), 0)
    (along,) = normalize_axes("take_along_axis", axis, len(x.shape))
    shape, index_shape = list(x.shape), list(indices.shape)
    if len(shape) == len(index_shape):
        for i, (n, m) in enumerate(zip(x.shape, indices.shape, strict=True)):
            if i != along and 1 in (n, m):
                shape[i] = index_shape[i] = m if n == 1 else n
    if tuple(shape) != x.shape:
        x = broadcast_to(x, shape)
    if tuple(index_shape) != indices.shape:
        indices = broadcast_to(indices, index_shape)
    return _take(x, indices, along)


def _take(x: Any, indices: Tensor, axis: int) -> Tensor:
    out = _core.take_along(x, indices, axis)
    if _state.stack:
        record(_take_rule, (x,), out, (indices, axis, x.shape[axis]))
    return out


def _take_rule(dy: Tensor, indices: Tensor, axis: int, n: int) -> tuple[Tensor]:
    return (add_along_axis(dy, indices, axis, n),)


def add_along_axis(dy: Any, indices: Tensor, axis: int, n: int) -> Tensor:
    """Adds elements up where indices say: the gradient of `take_along_axis`.

    `x[..., k, ...] = sum of dy[..., j, ...] over all j with indices[..., j, ...] == k`, ascending.

    Args:
        dy: floating-point Tensor or array.
        indices: integers in `[0, n)` of dy's shape; int32 or int64.
        axis: the axis.
        n: its size in the result.

    Returns:
        A tensor of dy's shape, but of size n along the axis.

    Raises:
        ValueError: if an index is out of range; the message names it.

    Example:
        >>> import mark1
        >>> from mark1.ops.along import add_along_axis
        >>> add_along_axis([1.0, 2.0, 4.0], mark1.ops.convert_to_tensor([0, 2, 0]), 0, 3).numpy()
        array([5., 0., 2.], dtype=float32)
    """
    out = _core.add_along(dy, indices, axis, n)
    if _state.stack:
        record(_add_rule, (dy,), out, (indices, axis))
    return out


def _add_rule(dx: Tensor, indices: Tensor, axis: int) -> tuple[Tensor]:
    return (_take(dx, indices, axis),)
