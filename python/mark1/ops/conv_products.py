"""The three products of a convolution, each other's derivatives, as recorded operations."""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.activation import activation_backward
from mark1.ops.cast import cast
from mark1.ops.dense import FUSED, _index
from mark1.ops.matmul import _held, _like, _wanted
from mark1.ops.reduce import sum as sum_over
from mark1.ops.windows import Axis
from mark1.tape import Gradients, _state, record

Axes = tuple[Axis, ...]


def convolve(
    x: Any, w: Any, axes: Axes, b: Any = None, activation: str = "linear", op: str = "conv"
) -> Tensor:
    """Convolves, adds a bias and applies an activation.

    Args:
        x: (N, spatial..., C).
        w: (taps..., C / groups, O).
        axes: stride, dilation, zeros before and after, per axis.
        b: (O,), or None.
        activation: name of one of `mark1.activations`.
        op: the name errors carry.

    Returns:
        (N, positions..., O).

    Raises:
        ValueError: if the shapes do not fit.

    Example:
        >>> convolve([[[1.0], [2.0], [3.0]]], [[[1.0]], [[10.0]]], ((1, 1, 0, 0),)).numpy().ravel()
        array([21., 32.], dtype=float32)
    """
    index = _index(activation) if activation in FUSED else -1
    y = _core.conv(x, w, axes, b, op, index)
    if _state.stack:
        kept = y if index >= 0 else None
        saved = (_held(x), _held(w), axes, kept, index, _wanted(x), _wanted(w), _bias_dtype(b), op)
        record(_convolve_rule, (x, w, b), y, saved)
    return _apply_rest(y, activation)


def input_gradient(
    dy: Any,
    w: Any,
    shape: tuple[int, ...],
    axes: Axes,
    b: Any = None,
    activation: str = "linear",
    op: str = "conv",
) -> Tensor:
    """Convolves in reverse: the gradient of a convolution's input, or a transposed convolution.

    Args:
        dy: (N, positions..., O).
        w: (taps..., C / groups, O).
        shape: (N, spatial..., C).
        axes: stride, dilation, zeros before and after, per axis.
        b: (C,), or None.
        activation: name of one of `mark1.activations`.
        op: the name errors carry.

    Returns:
        A tensor of `shape`.

    Raises:
        ValueError: if the shapes do not fit.

    Example:
        >>> w = [[[1.0]], [[10.0]]]
        >>> input_gradient([[[1.0], [2.0]]], w, (1, 3, 1), ((1, 1, 0, 0),)).numpy().ravel()
        array([ 1., 12., 20.], dtype=float32)
    """
    index = _index(activation) if activation in FUSED else -1
    dx = _core.conv_input_gradient(dy, w, shape, axes, b, op, index)
    if _state.stack:
        kept = dx if index >= 0 else None
        wanted = (_wanted(dy), _wanted(w), _bias_dtype(b))
        record(_input_rule, (dy, w, b), dx, (_held(dy), _held(w), axes, kept, index, *wanted, op))
    return _apply_rest(dx, activation)


def filter_gradient(
    x: Any, dy: Any, shape: tuple[int, ...], axes: Axes, op: str = "conv"
) -> Tensor:
    """The gradient of a convolution's filter.

    Args:
        x: (N, spatial..., C).
        dy: (N, positions..., O).
        shape: (taps..., C / groups, O).
        axes: stride, dilation, zeros before and after, per axis.
        op: the name errors carry.

    Returns:
        A tensor of `shape`.

    Raises:
        ValueError: if the shapes do not fit.

    Example:
        >>> x, dy = [[[1.0], [2.0], [3.0]]], [[[1.0], [10.0]]]
        >>> filter_gradient(x, dy, (2, 1, 1), ((1, 1, 0, 0),)).numpy().ravel()
        array([21., 32.], dtype=float32)
    """
    dw = _core.conv_filter_gradient(x, dy, shape, axes, op)
    if _state.stack:
        record(_filter_rule, (x, dy), dw, (_held(x), _held(dy), axes, _wanted(x), _wanted(dy), op))
    return dw


def _convolve_rule(
    dy: Tensor,
    x: Tensor,
    w: Tensor,
    axes: Axes,
    y: Tensor | None,
    index: int,
    want_x: bool,
    want_w: bool,
    b_dtype: str | None,
    op: str,
) -> Gradients:
    dz = dy if y is None else activation_backward(dy, y, index)
    dx = input_gradient(dz, w, x.shape, axes, op=op) if want_x else None
    if want_w and b_dtype and not _state.stack:
        # One pass over dz; a tape that wants the derivative of this sees operations with rules.
        both = _core.conv_filter_and_bias_gradient(x, dz, w.shape, axes, op)
        return _like(dx, x), _like(both[0], w), cast(both[1], b_dtype)
    dw = filter_gradient(x, dz, w.shape, axes, op) if want_w else None
    return _like(dx, x), _like(dw, w), _bias_gradient(dz, b_dtype)


def _input_rule(
    g: Tensor,
    dy: Tensor,
    w: Tensor,
    axes: Axes,
    dx: Tensor | None,
    index: int,
    want_dy: bool,
    want_w: bool,
    b_dtype: str | None,
    op: str,
) -> Gradients:
    gz = g if dx is None else activation_backward(g, dx, index)
    d_dy = convolve(gz, w, axes, op=op) if want_dy else None
    d_w = filter_gradient(gz, dy, w.shape, axes, op) if want_w else None
    return _like(d_dy, dy), _like(d_w, w), _bias_gradient(gz, b_dtype)


def _filter_rule(
    g: Tensor, x: Tensor, dy: Tensor, axes: Axes, want_x: bool, want_dy: bool, op: str
) -> Gradients:
    d_x = input_gradient(dy, g, x.shape, axes, op=op) if want_x else None
    d_dy = convolve(x, g, axes, op=op) if want_dy else None
    return _like(d_x, x), _like(d_dy, dy)


def _bias_dtype(b: Any) -> str | None:
    return b.dtype if _wanted(b) else None


def _bias_gradient(dz: Tensor, dtype: str | None) -> Tensor | None:
    return cast(sum_over(dz, axis=tuple(range(dz.ndim - 1))), dtype) if dtype else None


def _apply_rest(y: Tensor, activation: str) -> Tensor:
    """Activations that no kernel applies itself."""
    if activation == "linear" or activation in FUSED:
        return y
    from mark1 import activations

    out: Tensor = activations.get(activation)(y)
    return out
