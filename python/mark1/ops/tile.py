"""Repeated elements: tile and repeat. One strided copy, whose repeated axes have stride zero."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.copy import broadcast_to
from mark1.ops.gather import take
from mark1.ops.reshape import normalize_axes, reshape
from mark1.tape import _state

_MOST_AXES = 8
# The same without a look at the tape, which takes as long as a small copy.
_UNRECORDED = (_core.reshape, _core.broadcast_to)


def tile(x: Any, repeats: int | Sequence[int]) -> Tensor:
    """Repeats a tensor as a whole along its axes.

    Args:
        x: Tensor, Variable or array; any shape.
        repeats: how many times per axis; axes in front are added to x, or taken as 1, where one of
            the two has fewer.

    Returns:
        A tensor whose axis i has size `repeats[i] * x.shape[i]`.

    Raises:
        ValueError: if a number is negative.

    Example:
        >>> import mark1
        >>> mark1.ops.tile([[1, 2]], (2, 2)).numpy()
        array([[1, 2, 1, 2],
               [1, 2, 1, 2]], dtype=int32)
    """
    if not isinstance(x, (Tensor, _core.Variable)):
        x = _core.convert(x)
    times = [repeats] if isinstance(repeats, int) else [operator.index(r) for r in repeats]
    if any(r < 0 for r in times):
        raise ValueError(f"[tile] repeats must not be negative, got {repeats}")
    rank = max(len(times), len(x.shape))
    times = [1] * (rank - len(times)) + times
    shape = (1,) * (rank - len(x.shape)) + x.shape
    return _spread(x, shape, times, outside=True)


def repeat(x: Any, repeats: int | Sequence[int], axis: int | None = None) -> Tensor:
    """Repeats each element along an axis.

    Args:
        x: Tensor, Variable or array; any shape.
        repeats: how many times: one number, or one for each position of the axis.
        axis: the axis; x is flattened if None.

    Returns:
        A tensor like x, with `axis` longer.

    Raises:
        ValueError: if a number is negative, or there is not one for each position.

    Example:
        >>> import mark1
        >>> mark1.ops.repeat([1, 2, 3], 2).numpy()
        array([1, 1, 2, 2, 3, 3], dtype=int32)
        >>> mark1.ops.repeat([1, 2, 3], [0, 3, 1]).numpy()
        array([2, 2, 2, 3], dtype=int32)
    """
    if not isinstance(x, (Tensor, _core.Variable)):
        x = _core.convert(x)
    if axis is None:
        return repeat(reshape(x, -1), repeats, 0)
    (along,) = normalize_axes("repeat", axis, len(x.shape))
    n = x.shape[along]
    times = [repeats] if isinstance(repeats, int) else [operator.index(r) for r in repeats]
    if any(r < 0 for r in times):
        raise ValueError(f"[repeat] repeats must not be negative, got {repeats}")
    if len(times) not in (1, n):
        raise ValueError(
            f"[repeat] needs one number, or one for each of the {n} positions of axis {along}, "
            f"got {len(times)} (x: {x.shape})"
        )
    if len(times) == 1:
        factors = [1] * len(x.shape)
        factors[along] = times[0]
        return _spread(x, x.shape, factors, outside=False)
    return take(x, np.repeat(np.arange(n, dtype=np.int32), times), along)


def repeat_axes(x: Any, repeats: Sequence[int]) -> Tensor:
    """Repeats each element along several axes at once, in one pass.

    Args:
        x: Tensor, Variable or array; any shape.
        repeats: how many times, one number for each axis.

    Returns:
        A tensor whose axis i has size `repeats[i] * x.shape[i]`.

    Example:
        >>> import mark1
        >>> repeat_axes([[1, 2]], (2, 2)).numpy()
        array([[1, 1, 2, 2],
               [1, 1, 2, 2]], dtype=int32)
    """
    if not isinstance(x, (Tensor, _core.Variable)):
        x = _core.convert(x)
    return _spread(x, x.shape, list(repeats), outside=False)


def _spread(x: Any, shape: tuple[int, ...], times: list[int], outside: bool) -> Tensor:
    """x, as one of `shape`, repeated: whole axes (outside) or each of their elements."""
    if len(shape) == _MOST_AXES and any(factor != 1 for factor in times):
        return _one_by_one(x, shape, times, outside)
    # What is repeated gets an axis of its own; eight are the most there can be.
    split: list[tuple[int, int]] = []  # (size of x, size of the result) of each axis
    done = 0
    rank = len(shape)
    for n, factor in zip(shape, times, strict=True):
        if factor != 1 and len(split) + 2 + rank - done - 1 > _MOST_AXES:
            break
        axes = [(n, n)] if factor == 1 else [(1, factor), (n, n)]
        split += axes if outside else reversed(axes)
        done += 1
    rest = [(n, n) for n in shape[done:]]
    reshaped, spread = (reshape, broadcast_to) if _state.stack else _UNRECORDED
    out = spread(reshaped(x, [a for a, _ in split + rest]), [b for _, b in split + rest])
    sizes = [n * factor for n, factor in zip(shape[:done], times, strict=False)]
    out = reshaped(out, (*sizes, *shape[done:]))
    if done == rank:
        return out
    return _spread(out, out.shape, [1] * done + times[done:], outside)


def _one_by_one(x: Any, shape: tuple[int, ...], times: list[int], outside: bool) -> Tensor:
    """As `_spread`, where no axis can be added: those around the repeated one are merged."""
    sizes = list(shape)
    for i, factor in enumerate(times):
        around = (math.prod(sizes[:i]), sizes[i], math.prod(sizes[i + 1 :]))
        if factor != 1:
            x = _spread(x, around, [1, factor, 1], outside)
            sizes[i] *= factor
    return reshape(x, sizes)
