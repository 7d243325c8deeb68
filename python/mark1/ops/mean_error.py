"""Mean squared and mean absolute error along the last axis."""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.broadcast import multiply, negative
from mark1.ops.cast import cast, convert_to_tensor
from mark1.ops.fill import ones_like
from mark1.ops.reduce import sum as sum_
from mark1.ops.reshape import expand_dims
from mark1.tape import _state, record

_FORWARD = {"squared": _core.mean_squared_error, "absolute": _core.mean_absolute_error}
_BACKWARD = {
    "squared": _core.mean_squared_error_backward,
    "absolute": _core.mean_absolute_error_backward,
}


def mean_squared_error(y_true: Any, y_pred: Any) -> Tensor:
    """The mean of squared differences: `mean((y_pred - y_true)**2)` over the last axis.

    Args:
        y_true: targets (..., O); converted to the dtype of y_pred.
        y_pred: outputs (..., O).

    Returns:
        One error per row (...).

    Raises:
        ValueError: if the shapes differ.

    Example:
        >>> import mark1
        >>> mark1.ops.mean_squared_error([[0.0, 0.0]], [[1.0, 3.0]]).numpy()
        array([5.], dtype=float32)
    """
    return _mean_error("squared", y_true, y_pred)


def mean_absolute_error(y_true: Any, y_pred: Any) -> Tensor:
    """The mean of absolute differences: `mean(abs(y_pred - y_true))` over the last axis.

    The derivative where they are equal is 0.

    Args:
        y_true: targets (..., O); converted to the dtype of y_pred.
        y_pred: outputs (..., O).

    Returns:
        One error per row (...).

    Raises:
        ValueError: if the shapes differ.

    Example:
        >>> import mark1
        >>> mark1.ops.mean_absolute_error([[0.0, 0.0]], [[1.0, -3.0]]).numpy()
        array([2.], dtype=float32)
    """
    return _mean_error("absolute", y_true, y_pred)


def _mean_error(kind: str, y_true: Any, y_pred: Any) -> Tensor:
    x = convert_to_tensor(y_pred)
    if x.dtype not in ("float32", "float64"):
        x = cast(x, "float32")
    t = cast(y_true, x.dtype)
    out = _FORWARD[kind](t, x)
    if _state.stack:
        inputs = (_operand(y_true, t), _operand(y_pred, x))
        followed = any(t.id in tape._watched for tape in _state.stack)
        target_too = followed or isinstance(y_true, _core.Variable)
        record(_mean_error_rule, inputs, out, (kind, t, x, target_too))
    return out


def _operand(given: Any, tensor: Tensor) -> Any:
    """A variable as itself, so that tapes watch it; else what was made of it."""
    return given if isinstance(given, _core.Variable) and given.id == tensor.id else tensor


def _mean_error_rule(
    dy: Tensor, kind: str, t: Tensor, x: Tensor, target_too: bool
) -> tuple[Tensor | None, Tensor]:
    dx = _mean_error_backward(dy, kind, t, x)
    return negative(dx) if target_too else None, dx


def _mean_error_backward(dy: Tensor, kind: str, t: Tensor, x: Tensor) -> Tensor:
    dx = _BACKWARD[kind](dy, t, x)
    if _state.stack:
        record(_mean_error_backward_rule, (dy, t, x), dx, (dy, kind, t, x))
    return dx


def _mean_error_backward_rule(
    g: Tensor, dy: Tensor, kind: str, t: Tensor, x: Tensor
) -> tuple[Tensor, Tensor | None, Tensor | None]:
    # dx is linear in dy, so its derivative along dy is dx of ones.
    ddy = sum_(multiply(g, _mean_error_backward(ones_like(dy), kind, t, x)), axis=-1)
    if kind == "absolute":
        return ddy, None, None
    ddx = multiply(multiply(g, expand_dims(dy, -1)), 2.0 / x.shape[-1])
    return ddy, negative(ddx), ddx
