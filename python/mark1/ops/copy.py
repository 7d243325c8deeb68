"""Elements in another arrangement: transpose, swapaxes, moveaxis and broadcast_to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.reshape import normalize_axes
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


def swapaxes(x: Any, axis1: int, axis2: int) -> Tensor:
    """Exchanges two axes of x.

    Args:
        x: Tensor, Variable or array; any shape.
        axis1: an axis.
        axis2: the other.

    Returns:
        A tensor with x's elements; a view of x if nothing moves.

    Raises:
        ValueError: if an axis is out of range.

    Example:
        >>> import mark1
        >>> mark1.ops.swapaxes(mark1.ops.zeros((2, 3, 4)), 0, 2).shape
        (4, 3, 2)
    """
    if not isinstance(x, (Tensor, _core.Variable)):
        x = _core.convert(x)
    rank = len(x.shape)
    (i,) = normalize_axes("swapaxes", axis1, rank)
    (j,) = normalize_axes("swapaxes", axis2, rank)
    order = list(range(rank))
    order[i], order[j] = j, i
    return transpose(x, order)


def moveaxis(x: Any, source: int | Sequence[int], destination: int | Sequence[int]) -> Tensor:
    """Moves axes of x elsewhere; the others keep their order.

    Args:
        x: Tensor, Variable or array; any shape.
        source: the axes to move.
        destination: where each of them goes.

    Returns:
        A tensor with x's elements; a view of x if nothing moves.

    Raises:
        ValueError: if axes are out of range or named twice, or there is not one destination each.

    Example:
        >>> import mark1
        >>> mark1.ops.moveaxis(mark1.ops.zeros((2, 3, 4)), 0, -1).shape
        (3, 4, 2)
    """
    if not isinstance(x, (Tensor, _core.Variable)):
        x = _core.convert(x)
    rank = len(x.shape)
    places = []
    for axes in (source, destination):
        normalize_axes("moveaxis", axes, rank)  # refuses what is not an axis, or named twice
        places.append([axes % rank] if isinstance(axes, int) else [axis % rank for axis in axes])
    if len(places[0]) != len(places[1]):
        raise ValueError(
            f"[moveaxis] needs one destination for each source, got {source} and {destination}"
        )
    order = [axis for axis in range(rank) if axis not in places[0]]
    for to, axis in sorted(zip(places[1], places[0], strict=True)):
        order.insert(to, axis)
    return transpose(x, order)


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
