"""Lengths, remainders and quotients with care: hypot, cbrt, fmod, divide_no_nan, sinc."""

from __future__ import annotations

import math
from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.activation import Activation
from mark1.ops.broadcast import _fit, _held, divide, multiply, subtract
from mark1.ops.moments import _as_float
from mark1.ops.rounding import _as_tensor, abs, sign, square
from mark1.ops.unary import cos
from mark1.ops.where import where
from mark1.tape import _state, record

_abs = Activation("abs").index
_sqrt = Activation("sqrt").index
_sin = Activation("sin").index


def hypot(x1: Any, x2: Any) -> Tensor:
    """The length of the hypotenuse: the square root of x1^2 + x2^2.

    The greater one is taken out of the root, so that no square overflows or vanishes.
    dx1 = dy x1 / y, 0 where y is 0.

    Args:
        x1: Tensor, Variable, array or number; integers become float32.
        x2: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A floating-point tensor of the broadcast shape.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.hypot([3.0, 3e30], [4.0, 4e30]).numpy()
        array([5.e+00, 5.e+30], dtype=float32)
    """
    x1, x2 = _as_float(x1), _as_float(x2)
    a, b = (_core.activation(_abs, x) for x in (x1, x2))
    long, short = _core.maximum(a, b), _core.minimum(a, b)
    usual = _core.logical_and(_core.greater(long, 0), _core.isfinite(long))
    ratio = _core.where(usual, _core.divide(short, _core.where(usual, long, 1)), 0)
    root = _core.activation(_sqrt, _core.add(_core.multiply(ratio, ratio), 1))
    y = _core.multiply(long, root)
    y = _core.where(_core.logical_or(_core.isinf(a), _core.isinf(b)), math.inf, y)
    if _state.stack:
        record(_hypot_rule, (x1, x2), y, (_held(x1), _held(x2), *_core.tape_likes(x1, x2)))
    return y


def _hypot_rule(
    dy: Tensor, x1: Any, x2: Any, like1: Any, like2: Any
) -> tuple[Tensor | None, Tensor | None]:
    y = hypot(x1, x2)
    y = where(_core.equal(y, 0), 1, y)
    d1 = None if like1 is None else _fit(multiply(dy, divide(x1, y)), like1)
    return d1, None if like2 is None else _fit(multiply(dy, divide(x2, y)), like2)


def cbrt(x: Any) -> Tensor:
    """The cube root, also of negative numbers.

    y = x^(1/3), improved by a step of Newton's; dy/dx = 1 / (3 y^2).

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.cbrt([27.0, -8.0]).numpy()
        array([ 3., -2.], dtype=float32)
    """
    x = _as_float(x)
    size = _core.activation(_abs, x)
    y = _core.power(size, 1 / 3)
    usual = _core.logical_and(_core.greater(y, 0), _core.isfinite(y))
    safe = _core.where(usual, y, 1)
    # y - (y - x / y^2) / 3 keeps the few digits that 1/3 lacks.
    better = _core.subtract(
        safe,
        _core.divide(_core.subtract(safe, _core.divide(_core.divide(size, safe), safe)), 3),
    )
    y = _core.where(usual, better, y)
    y = _core.where(_core.less(x, 0), _core.multiply(y, -1), _core.where(usual, y, x))
    if _state.stack:
        record(_cbrt_rule, (x,), y, (_held(x),))
    return y


def _cbrt_rule(dy: Tensor, x: Tensor) -> tuple[Tensor]:
    return (divide(dy, multiply(3, square(cbrt(x)))),)


def fmod(x1: Any, x2: Any) -> Tensor:
    """What division leaves when the quotient is cut towards zero; it has the sign of x1.

    dx1 = dy; dx2 = -dy times the quotient. Exact; integers stay integers.

    Args:
        x1: Tensor, Variable, array or number.
        x2: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A tensor of the broadcast shape, in the wider of the two dtypes.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.fmod([7.0, -7.0], 4.0).numpy()
        array([ 3., -3.], dtype=float32)
    """
    x1, x2 = _as_tensor(x1), _as_tensor(x2)
    size = _core.mod(abs(_held(x1)), abs(_held(x2)))
    y = _core.where(_core.less(x1, 0), _core.multiply(size, -1), size)
    if _state.stack:
        record(_fmod_rule, (x1, x2), y, (_held(x1), _held(x2), *_core.tape_likes(x1, x2)))
    return y


def _fmod_rule(
    dy: Tensor, x1: Any, x2: Any, like1: Any, like2: Any
) -> tuple[Tensor | None, Tensor | None]:
    d1 = None if like1 is None else _fit(dy, like1)
    if like2 is None:
        return d1, None
    whole = _core.floor_divide(abs(x1), abs(x2))
    quotient = multiply(whole, multiply(sign(x1), sign(x2)))
    return d1, _fit(multiply(dy, multiply(quotient, -1)), like2)


def divide_no_nan(x1: Any, x2: Any) -> Tensor:
    """The quotient, and 0 where the divisor is 0, gradients included.

    Args:
        x1: Tensor, Variable, array or number.
        x2: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A floating-point tensor of the broadcast shape.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.divide_no_nan([1.0, 3.0], [0.0, 2.0]).numpy()
        array([0. , 1.5], dtype=float32)
    """
    nothing = _core.equal(x2, 0)
    return where(nothing, 0.0, divide(x1, where(nothing, 1, x2)))


def sinc(x: Any) -> Tensor:
    """The sampling function: sin(pi x) / (pi x), and 1 at 0.

    dy/dx = (cos(pi x) - y) / x, 0 at 0; where x is small two numbers near 1 are subtracted.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.sinc([0.0, 0.5]).numpy()
        array([1.        , 0.63661975], dtype=float32)
    """
    x = _as_float(x)
    nothing = _core.equal(x, 0)
    angle = _core.multiply(_core.where(nothing, 1, x), math.pi)
    y = _core.where(nothing, 1, _core.divide(_core.activation(_sin, angle), angle))
    if _state.stack:
        record(_sinc_rule, (x,), y, (_held(x),))
    return y


def _sinc_rule(dy: Tensor, x: Tensor) -> tuple[Tensor]:
    nothing = _core.equal(x, 0)
    safe = where(nothing, 1, x)
    slope = divide(subtract(cos(multiply(safe, math.pi)), sinc(safe)), safe)
    return (multiply(dy, where(nothing, 0, slope)),)
