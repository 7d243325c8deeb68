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


def maximum(x1: Any, x2: Any) -> Tensor:
    """The greater of two, element by element; NaN if either is.

    The gradient goes to the winner, x1 on a tie.

    Args:
        x1: Tensor, Variable, array or number; any shape.
        x2: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A tensor of the broadcast shape, in the wider of the two dtypes.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.maximum([1.0, 5.0], 3.0).numpy()
        array([3., 5.], dtype=float32)
    """
    out = _core.maximum(x1, x2)
    if _state.stack:
        record(
            _extreme_rule, (x1, x2), out, (_core.greater_equal(x1, x2), *_core.tape_likes(x1, x2))
        )
    return out


def minimum(x1: Any, x2: Any) -> Tensor:
    """The smaller of two, element by element; NaN if either is.

    The gradient goes to the winner, x1 on a tie.

    Args:
        x1: Tensor, Variable, array or number; any shape.
        x2: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A tensor of the broadcast shape, in the wider of the two dtypes.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.minimum([1.0, 5.0], 3.0).numpy()
        array([1., 3.], dtype=float32)
    """
    out = _core.minimum(x1, x2)
    if _state.stack:
        record(_extreme_rule, (x1, x2), out, (_core.less_equal(x1, x2), *_core.tape_likes(x1, x2)))
    return out


def _extreme_rule(
    dy: Tensor, first: Tensor, x_like: Any, y_like: Any
) -> tuple[Tensor | None, Tensor | None]:
    dx = None if x_like is None else _fit(where(first, dy, 0), x_like)
    return dx, None if y_like is None else _fit(where(first, 0, dy), y_like)


def power(x1: Any, x2: Any) -> Tensor:
    """Raises x1 to the power of x2, element by element.

    dx1 = dy x2 x1^(x2 - 1), 0 for x2 = 0; dx2 = dy x1^x2 ln x1, counted as 0 where x1 is not
    positive. x1^2 is x1 x1, x1^-1 is 1 / x1 and x1^0.5 is sqrt(x1), bit for bit. Integers wrap
    around.

    Args:
        x1: Tensor, Variable, array or number; any shape.
        x2: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A tensor of the broadcast shape, in the wider of the two dtypes.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.power([2.0, 9.0], [3.0, 0.5]).numpy()
        array([8., 3.], dtype=float32)
    """
    simple = _SIMPLE.get(x2) if isinstance(x2, (int, float)) else None
    if simple is not None:
        base = x1 if isinstance(x1, (Tensor, _core.Variable)) else _core.convert(x1)
        if base.dtype in ("float32", "float64"):
            return simple(base)
    out = _core.power(x1, x2)
    if _state.stack:
        record(_power_rule, (x1, x2), out, (_held(x1), _held(x2), *_core.tape_likes(x1, x2)))
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


def floor_divide(x1: Any, x2: Any) -> Tensor:
    """The greatest whole number that is not above x1 / x2: `x1 // x2`. It has no gradient.

    Integers by zero give 0, floating-point numbers an infinity or NaN, as in NumPy.

    Args:
        x1: Tensor, Variable, array or number; any shape.
        x2: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A tensor of the broadcast shape, in the wider of the two dtypes.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.floor_divide([7.0, -7.0], 2.0).numpy()
        array([ 3., -4.], dtype=float32)
    """
    return _core.floor_divide(x1, x2)


def mod(x1: Any, x2: Any) -> Tensor:
    """What `floor_divide` leaves, between 0 and x2: `x1 % x2`.

    dx1 = dy; dx2 = -dy floor_divide(x1, x2). The result is exact or rounded once, also where x1 is
    much larger than x2.

    Args:
        x1: Tensor, Variable, array or number; any shape.
        x2: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A tensor of the broadcast shape, in the wider of the two dtypes.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.mod([7.0, -7.0], 2.0).numpy()
        array([1., 1.], dtype=float32)
    """
    out = _core.mod(x1, x2)
    if _state.stack:
        record(_mod_rule, (x1, x2), out, (_held(x1), _held(x2), *_core.tape_likes(x1, x2)))
    return out


def _mod_rule(
    dy: Tensor, x: Any, y: Any, x_like: Any, y_like: Any
) -> tuple[Tensor | None, Tensor | None]:
    if y_like is None:
        return _fit(dy, x_like), None
    return _fit(dy, x_like), _fit(negative(multiply(dy, floor_divide(x, y))), y_like)
