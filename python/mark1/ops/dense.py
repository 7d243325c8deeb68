"""A fully connected layer as one operation."""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.matmul import _held, _wanted, product
from mark1.ops.reduce import sum as sum_
from mark1.tape import Gradients, _state, record


def dense(
    x: Any, w: Any, b: Any = None, activation: str = "linear", alpha: float | None = None
) -> Tensor:
    """Multiplies by a matrix, adds a bias and applies an activation: `y = activation(x @ w + b)`.

    The bias is added where the product is stored. Order of sums: that of `matmul`.

    Args:
        x: Tensor, Variable or array (..., C).
        w: likewise (C, O).
        b: likewise (O,), or None.
        activation: name of one of `mark1.activations`.
        alpha: its parameter, where it has one: a slope.

    Returns:
        (..., O).

    Raises:
        ValueError: if the inner dimensions differ.

    Example:
        >>> import mark1
        >>> mark1.ops.dense([[1.0, 2.0]], [[1.0], [1.0]], [-5.0], activation="relu").numpy()
        array([[0.]], dtype=float32)
    """
    x, w = _operand(x), _operand(w)
    if b is not None:
        b = _operand(b)
    y = _core.gemm(x, w, b, False, False, "dense")
    if _state.stack:
        saved = (_held(x), _held(w), _wanted(x), _wanted(w), _wanted(b))
        record(_dense_rule, (x, w, b), y, saved)
    if activation == "linear":
        return y
    from mark1 import activations

    function = activations.get(activation)
    out: Tensor = function(y) if alpha is None else function(y, alpha)
    return out


def _dense_rule(
    dy: Tensor, x: Tensor, w: Tensor, want_x: bool, want_w: bool, want_b: bool
) -> Gradients:
    dx = product(dy, w, False, True) if want_x else None
    dw = product(x, dy, True) if want_w else None
    db = sum_(dy, axis=tuple(range(dy.ndim - 1))) if want_b else None
    return dx, dw, db


def _operand(x: Any) -> Any:
    return x if isinstance(x, (Tensor, _core.Variable)) else _core.convert(x)
