"""Operations of two operands that have kinks or poles: extremes, powers, remainders."""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.activation import Activation
from mark1.ops.broadcast import _fit, _held, add, multiply, negative
from mark1.ops.cast import cast
from mark1.ops.where import where
from mark1.tape import _state, record

_sqrt = Activation("sqrt")
_square = Activation("square")
_reciprocal = Activation("reciprocal")
_log = Activation("log")


def maximum(x: Any, y: Any) -> Tensor:
    """The greater of two, element by element; NaN if either is.

    The gradient goes to the winner, x on a tie.

    Args:
        x: Tensor, Variable, array or number; any shape.
        y: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A tensor of the broadcast shape, in the wider of the two dtypes.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.maximum([1.0, 5.0], 3.0).numpy()
        array([3., 5.], dtype=float32)
    """
    out = _core.maximum(x, y)
    if _state.stack:
        record(_extreme_rule, (x, y), out, (_core.greater_equal(x, y), *_core.tape_likes(x, y)))
    return out


def minimum(x: Any, y: Any) -> Tensor:
    """The smaller of two, element by element; NaN if either is.

    The gradient goes to the winner, x on a tie.

    Args:
        x: Tensor, Variable, array or number; any shape.
        y: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A tensor of the broadcast shape, in the wider of the two dtypes.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.minimum([1.0, 5.0], 3.0).numpy()
        array([1., 3.], dtype=float32)
    """
    out = _core.minimum(x, y)
    if _state.stack:
        record(_extreme_rule, (x, y), out, (_core.less_equal(x, y), *_core.tape_likes(x, y)))
    return out


def _extreme_rule(
    dy: Tensor, first: Tensor, x_like: Any, y_like: Any
) -> tuple[Tensor | None, Tensor | None]:
    dx = None if x_like is None else _fit(where(first, dy, 0), x_like)
    return dx, None if y_like is None else _fit(where(first, 0, dy), y_like)


def power(x: Any, y: Any) -> Tensor:
    """X to the power of y, element by element.

    dx = dy y x^(y - 1), 0 for y = 0; dy = dy x^y ln x, counted as 0 where x is not positive. x^2 is
    x x, x^-1 is 1 / x and x^0.5 is sqrt(x), bit for bit. Integers wrap around.

    Args:
        x: Tensor, Variable, array or number; any shape.
        y: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A tensor of the broadcast shape, in the wider of the two dtypes.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.power([2.0, 9.0], [3.0, 0.5]).numpy()
        array([8., 3.], dtype=float32)
    """
    simple = _SIMPLE.get(y) if isinstance(y, (int, float)) else None
    if simple is not None:
        base = x if isinstance(x, (Tensor, _core.Variable)) else _core.convert(x)
        if base.dtype in ("float32", "float64"):
            return simple(base)
    out = _core.power(x, y)
    if _state.stack:
        record(_power_rule, (x, y), out, (_held(x), _held(y), *_core.tape_likes(x, y)))
    return out


# A single kernel each, forward and backward.
_SIMPLE = {2: _square, -1: _reciprocal, 0.5: _sqrt}


def _power_rule(
    dy: Tensor, x: Any, y: Any, x_like: Any, y_like: Any
) -> tuple[Tensor | None, Tensor | None]:
    dx = None
    if x_like is not None:
        slope = multiply(y, power(x, add(y, -1)))
        if isinstance(y, (int, float)):
            slope = multiply(x, 0.0) if y == 0 else slope
        else:
            slope = where(_core.equal(y, 0), 0.0, slope)
        dx = _fit(multiply(dy, slope), x_like)
    if y_like is None:
        return dx, None
    positive = _core.greater(x, 0)
    # The logarithm of 1 instead of one that is infinite or NaN, also in the derivative of this.
    logarithm = _log(where(positive, cast(x, dy.dtype), 1.0))
    return dx, _fit(multiply(dy, multiply(power(x, y), logarithm)), y_like)


def floor_divide(x: Any, y: Any) -> Tensor:
    """The greatest whole number that is not above x / y: `x // y`. It has no gradient.

    Integers by zero give 0, floating-point numbers an infinity or NaN, as in NumPy.

    Args:
        x: Tensor, Variable, array or number; any shape.
        y: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A tensor of the broadcast shape, in the wider of the two dtypes.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.floor_divide([7.0, -7.0], 2.0).numpy()
        array([ 3., -4.], dtype=float32)
    """
    return _core.floor_divide(x, y)


def mod(x: Any, y: Any) -> Tensor:
    """What `floor_divide` leaves, between 0 and y: `x % y`.

    dx = dy; dy = -dy floor_divide(x, y). The result is exact or rounded once, also where x is much
    larger than y.

    Args:
        x: Tensor, Variable, array or number; any shape.
        y: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A tensor of the broadcast shape, in the wider of the two dtypes.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.mod([7.0, -7.0], 2.0).numpy()
        array([1., 1.], dtype=float32)
    """
    out = _core.mod(x, y)
    if _state.stack:
        record(_mod_rule, (x, y), out, (_held(x), _held(y), *_core.tape_likes(x, y)))
    return out


def _mod_rule(
    dy: Tensor, x: Any, y: Any, x_like: Any, y_like: Any
) -> tuple[Tensor | None, Tensor | None]:
    if y_like is None:
        return _fit(dy, x_like), None
    return _fit(dy, x_like), _fit(negative(multiply(dy, floor_divide(x, y))), y_like)
