"""Element-wise arithmetic with broadcasting: add, subtract, multiply, divide."""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.cast import cast
from mark1.ops.reduce import sum_to
from mark1.tape import _state, record


def add(x1: Any, x2: Any) -> Tensor:
    """Adds element by element: `x1 + x2`.

    Args:
        x1: Tensor, Variable, array or number; any shape.
        x2: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A tensor of the broadcast shape, in the wider of the two dtypes.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.add([1.0, 2.0], 10.0).numpy()
        array([11., 12.], dtype=float32)
    """
    out = _core.add(x1, x2)
    if _state.stack:
        record(_add_rule, (x1, x2), out, _core.tape_likes(x1, x2))
    return out


def _add_rule(dy: Tensor, x_like: Any, y_like: Any) -> tuple[Tensor | None, Tensor | None]:
    return _fit(dy, x_like), _fit(dy, y_like)


def subtract(x1: Any, x2: Any) -> Tensor:
    """Subtracts element by element: `x1 - x2`.

    Args:
        x1: Tensor, Variable, array or number; any shape.
        x2: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A tensor of the broadcast shape, in the wider of the two dtypes.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.subtract([1.0, 2.0], 1.0).numpy()
        array([0., 1.], dtype=float32)
    """
    out = _core.subtract(x1, x2)
    if _state.stack:
        record(_subtract_rule, (x1, x2), out, _core.tape_likes(x1, x2))
    return out


def _subtract_rule(dy: Tensor, x_like: Any, y_like: Any) -> tuple[Tensor | None, Tensor | None]:
    return _fit(dy, x_like), None if y_like is None else _fit(negative(dy), y_like)


def multiply(x1: Any, x2: Any) -> Tensor:
    """Multiplies element by element: `x1 * x2`.

    Args:
        x1: Tensor, Variable, array or number; any shape.
        x2: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A tensor of the broadcast shape, in the wider of the two dtypes.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.multiply([1.0, 2.0], 3.0).numpy()
        array([3., 6.], dtype=float32)
    """
    out = _core.multiply(x1, x2)
    if _state.stack:
        record(_multiply_rule, (x1, x2), out, (_held(x1), _held(x2), *_core.tape_likes(x1, x2)))
    return out


def _multiply_rule(
    dy: Tensor, x: Any, y: Any, x_like: Any, y_like: Any
) -> tuple[Tensor | None, Tensor | None]:
    dx = None if x_like is None else _fit(multiply(dy, y), x_like)
    return dx, None if y_like is None else _fit(multiply(dy, x), y_like)


def divide(x1: Any, x2: Any) -> Tensor:
    """Divides element by element: `x1 / x2`; integers are converted to float32 first.

    Args:
        x1: Tensor, Variable, array or number; any shape.
        x2: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A floating-point tensor of the broadcast shape.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.divide([1.0, 2.0], 4.0).numpy()
        array([0.25, 0.5 ], dtype=float32)
    """
    out = _core.divide(x1, x2)
    if _state.stack:
        record(_divide_rule, (x1, x2), out, (_held(x1), _held(x2), *_core.tape_likes(x1, x2)))
    return out


def _divide_rule(
    dy: Tensor, x: Any, y: Any, x_like: Any, y_like: Any
) -> tuple[Tensor | None, Tensor | None]:
    dx = divide(dy, y)
    if y_like is None:
        return _fit(dx, x_like), None
    # Saved operands rather than the output: a rule must not hold what it computes.
    return _fit(dx, x_like), _fit(negative(multiply(dx, divide(x, y))), y_like)


def negative(x: Any) -> Tensor:
    """Changes the sign of each element: `-x`.

    Args:
        x: Tensor, Variable, array or number; any shape.

    Returns:
        A tensor of x's shape and dtype.

    Example:
        >>> import mark1
        >>> mark1.ops.negative([1.0, -2.0]).numpy()
        array([-1.,  2.], dtype=float32)
    """
    return multiply(x, -1)


def _held(operand: Any) -> Any:
    """The operand as a rule saves it: a variable's present value, which a write leaves alone."""
    return operand.value if isinstance(operand, _core.Variable) else operand


def _fit(gradient: Tensor, like: tuple[tuple[int, ...], str] | None) -> Tensor | None:
    """Undoes broadcasting and promotion."""
    if like is None:
        return None
    out = sum_to(gradient, like[0])
    return out if out is None or out.dtype == like[1] else cast(out, like[1])
