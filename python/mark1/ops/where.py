"""where: one of two operands, element by element."""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.broadcast import _fit
from mark1.tape import _state, record


def where(condition: Any, x1: Any, x2: Any) -> Tensor:
    """Takes x1 where a condition holds, x2 where it does not.

    The gradient of each operand is 0 where the other one was taken.

    Args:
        condition: Tensor or array of bool; of other dtypes, what is not zero is true.
        x1: Tensor, Variable, array or number; any shape.
        x2: likewise; all three shapes broadcast together as in NumPy.

    Returns:
        A tensor of the broadcast shape, in the wider dtype of x1 and x2.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.where([True, False], [1.0, 2.0], 0.0).numpy()
        array([1., 0.], dtype=float32)
    """
    out = _core.where(condition, x1, x2)
    if _state.stack:
        record(_where_rule, (x1, x2), out, (condition, *_core.tape_likes(x1, x2)))
    return out


def _where_rule(
    dy: Tensor, condition: Any, x_like: Any, y_like: Any
) -> tuple[Tensor | None, Tensor | None]:
    dx = None if x_like is None else _fit(where(condition, dy, 0), x_like)
    return dx, None if y_like is None else _fit(where(condition, 0, dy), y_like)
