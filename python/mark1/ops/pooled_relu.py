"""The way back through max_pool and the relu before it, past the large tensor between them.

An element outside of all windows, or one that did not win, has gradient +0, and relu's slope there
leaves it +0. A winner is the pooled value, so its slope can be had from the smaller tensor. Where
every element is in one window at most, no sum lies between the two: slope first and windows next
gives the bits of windows first and slope next, NaN and signed zeros included.
"""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.activation import _rule as _activation_rule
from mark1.ops.activation import activation_backward
from mark1.ops.cast import cast
from mark1.ops.conv_products import _convolve_rule
from mark1.ops.matmul import _like
from mark1.ops.pool import Windows, _max_pool_backward, _max_pool_rule
from mark1.tape import Gradients, _state, joint_rules

_RELU = _core.activation_index("relu")


def join_rules() -> None:
    """Tell tapes of the shorter way, which they take where nobody wants the gradient between."""
    joint_rules[_activation_rule, _max_pool_rule] = _relu_and_pool
    joint_rules[_convolve_rule, _max_pool_rule] = _conv_and_pool


def _joins(index: int, windows: Windows) -> bool:
    """Whether the activation is relu and no windows overlap."""
    apart = all(s >= n for s, n in zip(windows.strides, windows.size, strict=True))
    return index == _RELU and apart


def _through_both(dy: Tensor, index: int, pool: tuple[Any, ...]) -> Tensor | None:
    """The gradient before relu; None if there is no shorter way."""
    windows: Windows
    winners, shape, windows, pooled = pool
    if not _joins(index, windows):
        return None
    if not _state.stack:
        return _core.max_pool_backward(dy, winners, shape, *windows, pooled)
    # A tape that wants the derivative of this sees two operations that have rules.
    dy = activation_backward(dy, pooled, index)
    return _max_pool_backward(dy, winners, shape, windows)


def _relu_and_pool(dy: Tensor, relu: tuple[Any, ...], pool: tuple[Any, ...]) -> Gradients | None:
    dz = _through_both(dy, relu[1], pool)
    return None if dz is None else (dz,)


def _conv_and_pool(dy: Tensor, conv: tuple[Any, ...], pool: tuple[Any, ...]) -> Gradients | None:
    windows: Windows
    x, w, axes, _, index, want_x, want_w, b_dtype, op = conv
    winners, shape, windows, pooled = pool
    if want_w and b_dtype and not want_x and _joins(index, windows) and not _state.stack:
        # Of a first layer. The gradient of what it gave to the pool is needed once, by kernels that
        # make it of the pool's a chunk at a time.
        way = winners, pooled, shape, *windows
        dw, db = _core.conv_pooled_gradient(x, dy, w.shape, axes, op, *way)
        return None, _like(dw, w), cast(db, b_dtype)
    dz = _through_both(dy, index, pool)
    return None if dz is None else _convolve_rule(dz, x, w, axes, None, *conv[4:])
