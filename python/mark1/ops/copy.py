"""Elements in another arrangement: transpose and broadcast_to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.tape import _state, record


def transpose(x: Any, axes: Sequence[int] | None = None) -> Tensor:
    """Permutes the axes of x.

    Args:
        x: Tensor, Variable or array; any shape.
        axes: axis `i` of the result is axis `axes[i]` of x; reversed order if None.

    Returns:
        A tensor with x's elements and permuted dimensions.

    Raises:
        ValueError: if `axes` is not a permutation of x's axes.

    Example:
        >>> import mark1
        >>> mark1.ops.transpose([[1, 2, 3], [4, 5, 6]]).numpy()
        array([[1, 4],
               [2, 5],
               [3, 6]], dtype=int32)
    """
    if not isinstance(x, (Tensor, _core.Variable)):
        x = _core.convert(x)
    rank = len(x.shape)
    order = tuple(reversed(range(rank))) if axes is None else tuple(axes)
    out = _core.transpose(x, order)
    if _state.stack:
        record(_transpose_rule, (x,), out, (order,))
    return out


def _transpose_rule(dy: Tensor, axes: tuple[int, ...]) -> tuple[Tensor]:
    inverse = [0] * len(axes)
    for position, axis in enumerate(axes):
        inverse[axis % len(axes)] = position
    return (transpose(dy, inverse),)


def broadcast_to(x: Any, shape: int | Sequence[int]) -> Tensor:
    """Repeats x along the axes in which `shape` is larger.

    Args:
        x: Tensor, Variable, array or number; its shape broadcasts to `shape`.
        shape: the shape of the result.

    Returns:
        A tensor of `shape`.

    Raises:
        ValueError: if x's shape does not broadcast to `shape`.

    Example:
        >>> import mark1
        >>> mark1.ops.broadcast_to([1.0, 2.0], (2, 2)).numpy()
        array([[1., 2.],
               [1., 2.]], dtype=float32)
    """
    if not isinstance(x, (Tensor, _core.Variable)):
        x = _core.convert(x)
    out = _core.broadcast_to(x, shape)
    if _state.stack:
        record(_broadcast_to_rule, (x,), out, (x.shape,))
    return out


def _broadcast_to_rule(dy: Tensor, shape: tuple[int, ...]) -> tuple[Tensor | None]:
    from mark1.ops.reduce import sum_to

    return (sum_to(dy, shape),)
