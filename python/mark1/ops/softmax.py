"""softmax and log_softmax."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.broadcast import multiply, negative, subtract
from mark1.ops.copy import transpose
from mark1.ops.reduce import sum as sum_
from mark1.ops.reshape import reshape
from mark1.tape import _state, record


def softmax(x: Any, axis: int | tuple[int, ...] | list[int] = -1, mask: Any = None) -> Tensor:
    """Turns numbers into probabilities: `exp(x) / sum(exp(x))` along an axis.

    The largest element is subtracted first, so nothing overflows. Along the last axis the result
    remembers x (`y.logits`), and cross-entropy starts from there.

    Args:
        x: Tensor, Variable or array with at least one axis.
        axis: the axis that sums to 1, or several that do so together.
        mask: bool, broadcast to x's shape: false elements count as -infinity, and where all of them
            are false the result is 0. None: all are true.

    Returns:
        A floating-point tensor of x's shape.

    Raises:
        ValueError: if x has no such axis, or the mask does not broadcast to x's shape.

    Example:
        >>> import mark1
        >>> mark1.ops.softmax([0.0, 0.0]).numpy()
        array([0.5, 0.5], dtype=float32)
    """
    if mask is not None:
        return _masked_softmax(x, axis, mask)
    if isinstance(axis, (tuple, list)):
        return _over_axes(softmax, x, axis)
    order = _to_last(x, axis, "softmax")
    if order is not None:
        return transpose(softmax(transpose(x, order)), order)
    out = _core.softmax(x)
    if _state.stack:
        record(_softmax_rule, (x,), out, (out,))
    return out


def _masked_softmax(x: Any, axis: int | tuple[int, ...] | list[int], mask: Any) -> Tensor:
    from mark1.ops.cast import cast
    from mark1.ops.where import where

    if not hasattr(x, "dtype"):
        x = _core.convert(x)
    if str(x.dtype) not in ("float32", "float64"):
        x = cast(x, "float32")
    mask = mask if isinstance(mask, Tensor) else _core.convert(mask)
    dims = zip(reversed(x.shape), reversed(mask.shape))  # noqa: B905, the mask may have fewer
    if mask.ndim > len(x.shape) or any(m not in (1, n) for n, m in dims):
        raise ValueError(
            f"[softmax] the mask must broadcast to x (x: {tuple(x.shape)}, mask: {mask.shape})"
        )
    # The lowest number is as far below all others as -infinity, but leaves no NaN where it is all
    # there is.
    lowest = float(np.finfo(str(x.dtype)).min)
    return where(mask, softmax(where(mask, x, lowest), axis), 0.0)


def _softmax_rule(dy: Tensor, y: Tensor) -> tuple[Tensor]:
    return (_softmax_backward(dy, y),)


def _softmax_backward(dy: Tensor, y: Tensor) -> Tensor:
    out = _core.softmax_backward(dy, y)
    if _state.stack:
        record(_softmax_backward_rule, (dy, y), out, (dy, y))
    return out


def _softmax_backward_rule(g: Tensor, dy: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    # dx = y (dy - s) with s = sum(dy y).
    s = sum_(multiply(dy, y), axis=-1, keepdims=True)
    r = sum_(multiply(g, y), axis=-1, keepdims=True)
    return (
        _softmax_backward(g, y),
        subtract(multiply(g, subtract(dy, s)), multiply(dy, r)),
    )


def log_softmax(x: Any, axis: int | tuple[int, ...] | list[int] = -1) -> Tensor:
    """The logarithm of softmax: `x - log(sum(exp(x)))` along an axis.

    Args:
        x: Tensor, Variable or array with at least one axis.
        axis: the axis along which the probabilities sum to 1, or several.

    Returns:
        A floating-point tensor of x's shape.

    Raises:
        ValueError: if x has no such axis.

    Example:
        >>> import mark1
        >>> mark1.ops.log_softmax([0.0, 0.0]).numpy()
        array([-0.6931472, -0.6931472], dtype=float32)
    """
    if isinstance(axis, (tuple, list)):
        return _over_axes(log_softmax, x, axis)
    order = _to_last(x, axis, "log_softmax")
    if order is not None:
        return transpose(log_softmax(transpose(x, order)), order)
    out = _core.log_softmax(x)
    if _state.stack:
        record(_log_softmax_rule, (x,), out, (out,))
    return out


def _log_softmax_rule(dy: Tensor, y: Tensor) -> tuple[Tensor]:
    return (_log_softmax_backward(dy, y),)


def _log_softmax_backward(dy: Tensor, y: Tensor) -> Tensor:
    out = _core.log_softmax_backward(dy, y)
    if _state.stack:
        record(_log_softmax_backward_rule, (dy, y), out, (dy, y))
    return out


def _log_softmax_backward_rule(g: Tensor, dy: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    # dx = dy - p s with s = sum(dy); y is a log_softmax, so p = exp(y) = softmax(y).
    p = softmax(y)
    s = sum_(dy, axis=-1, keepdims=True)
    r = sum_(multiply(g, p), axis=-1, keepdims=True)
    return subtract(g, r), negative(multiply(multiply(g, p), s))


def _over_axes(
    function: Callable[[Any], Tensor], x: Any, axes: tuple[int, ...] | list[int]
) -> Tensor:
    """Call with the axes put last and made one."""
    if not hasattr(x, "shape"):
        x = _core.convert(x)
    rank = len(x.shape)
    if not axes or any(not -rank <= axis < rank for axis in axes):
        raise ValueError(f"[softmax] there are no axes {axes} in a tensor of {rank} axes")
    last = sorted({axis % rank for axis in axes})
    order = [*(axis for axis in range(rank) if axis not in last), *last]
    moved = transpose(x, order)
    joined = reshape(moved, (*moved.shape[: rank - len(last)], -1))
    back = [order.index(axis) for axis in range(rank)]
    return transpose(reshape(function(joined), moved.shape), back)


def _to_last(x: Any, axis: int, op: str) -> tuple[int, ...] | None:
    """The order of axes that swaps `axis` with the last one; None if it is the last."""
    if axis == -1:
        return None
    rank = len(x.shape) if hasattr(x, "shape") else _core.convert(x).ndim
    if not -rank <= axis < rank:
        raise ValueError(f"[{op}] there is no axis {axis} in a tensor of {rank} axes")
    axis %= rank
    if axis == rank - 1:
        return None
    order = list(range(rank))
    order[axis], order[-1] = order[-1], order[axis]
    return tuple(order)
