"""The fully connected layer: matrix product, bias and activation in one kernel."""

from __future__ import annotations

from functools import cache
from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.activation import activation_backward
from mark1.ops.cast import cast
from mark1.ops.matmul import _held, _like, _wanted, product
from mark1.ops.reduce import sum as sum_over
from mark1.tape import Gradients, _state, record

# Activations without parameters whose derivative is a function of y: only y need be kept.
FUSED = frozenset({"exponential", "relu", "selu", "sigmoid", "softplus", "tanh"})


def dense(
    x: Any, w: Any, b: Any = None, activation: str = "linear", alpha: float | None = None
) -> Tensor:
    """Multiplies by weights, adds a bias and applies an activation: `y = f(x @ w + b)`.

    The bias is added where the product is stored, and the activations in `FUSED` are applied while
    that block is in cache; others are launched apart. Order of sums: that of `matmul`.

    Args:
        x: Tensor, Variable or array (..., C).
        w: likewise (C, O).
        b: likewise (O,), or None.
        activation: name of one of `mark1.activations`.
        alpha: its parameter, where it has one: a slope.

    Returns:
        (..., O).

    Raises:
        ValueError: if the inner dimensions differ, or there is no such activation.
        TypeError: if the operands are not floating-point.

    Example:
        >>> import mark1
        >>> x, w = [[1.0, -2.0]], [[1.0, -1.0], [1.0, 2.0]]
        >>> mark1.ops.dense(x, w, [0.5, 10.0], activation="relu").numpy()
        array([[0., 5.]], dtype=float32)
    """
    fused = alpha is None and activation in FUSED
    index = _index(activation) if fused else -1
    y = _core.gemm(x, w, b, False, False, "dense", index)
    if _state.stack:
        kept = y if fused else None
        saved = (
            _held(x),
            _held(w),
            kept,
            index,
            _wanted(x),
            _wanted(w),
            b.dtype if _wanted(b) else None,
        )
        record(_dense_rule, (x, w, b), y, saved)
    if fused or activation == "linear":
        return y
    from mark1 import activations

    function = activations.get(activation)
    out: Tensor = function(y) if alpha is None else function(y, alpha)
    return out


def _dense_rule(
    dy: Tensor,
    x: Tensor,
    w: Tensor,
    y: Tensor | None,
    index: int,
    want_x: bool,
    want_w: bool,
    b_dtype: str | None,
) -> Gradients:
    dz = dy if y is None else activation_backward(dy, y, index)
    dx = product(dz, w, False, True) if want_x else None
    dw = product(x, dz, True) if want_w else None
    db = cast(sum_over(dz, axis=tuple(range(dz.ndim - 1))), b_dtype) if b_dtype else None
    return _like(dx, x), _like(dw, w), db


@cache
def _index(name: str) -> int:
    return _core.activation_index(name)
