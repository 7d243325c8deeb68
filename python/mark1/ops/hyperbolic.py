"""Hyperbolic functions and their inverses, made of exponentials and logarithms.

Nothing cancels for small x, and nothing overflows before the result does.
"""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.activation import Activation
from mark1.ops.broadcast import _held, add, divide, multiply, subtract
from mark1.ops.moments import _as_float
from mark1.ops.ratios import hypot
from mark1.ops.unary import sqrt
from mark1.tape import _state, record

_exp = Activation("exponential").index
_expm1 = Activation("expm1").index
_log = Activation("log").index
_log1p = Activation("log1p").index
_abs = Activation("abs").index
_sqrt = Activation("sqrt").index

_LN2 = 0.6931471805599453


def sinh(x: Any) -> Tensor:
    """The hyperbolic sine.

    y = (e^x - e^-x) / 2; dy/dx = cosh x.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.sinh([0.0, 1.0]).numpy()
        array([0.       , 1.1752012], dtype=float32)
    """
    x = _as_float(x)
    size = _core.activation(_abs, x)
    e = _core.activation(_expm1, size)
    small = _core.multiply(0.5, _core.add(e, _core.divide(e, _core.add(e, 1))))
    # e^x itself would overflow where e^x / 2 does not.
    root = _core.activation(_exp, _core.multiply(size, 0.5))
    large = _core.multiply(_core.multiply(root, 0.5), root)
    y = _signed(x, _core.where(_core.less(size, 20), small, large))
    if _state.stack:
        record(_sinh_rule, (x,), y, (_held(x),))
    return y


def _sinh_rule(dy: Tensor, x: Tensor) -> tuple[Tensor]:
    return (multiply(dy, cosh(x)),)


def cosh(x: Any) -> Tensor:
    """The hyperbolic cosine.

    y = (e^x + e^-x) / 2; dy/dx = sinh x.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.cosh([0.0, 1.0]).numpy()
        array([1.       , 1.5430806], dtype=float32)
    """
    x = _as_float(x)
    root = _core.activation(_exp, _core.multiply(_core.activation(_abs, x), 0.5))
    half = _core.multiply(root, 0.5)
    y = _core.add(_core.multiply(half, root), _core.divide(_core.divide(0.5, root), root))
    if _state.stack:
        record(_cosh_rule, (x,), y, (_held(x),))
    return y


def _cosh_rule(dy: Tensor, x: Tensor) -> tuple[Tensor]:
    return (multiply(dy, sinh(x)),)


def arcsinh(x: Any) -> Tensor:
    """The number whose hyperbolic sine is x.

    y = log(x + sqrt(x^2 + 1)); dy/dx = 1 / sqrt(x^2 + 1).

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.arcsinh([0.0, 1.0, -1e30]).numpy()
        array([  0.       ,   0.8813736, -69.7707   ], dtype=float32)
    """
    x = _as_float(x)
    size = _core.activation(_abs, x)
    # log(s + sqrt(s^2 + 1)) = log1p(s + s^2 / (1 + sqrt(1 + s^2))); of s = 1e9 on it is log(2 s).
    s = _core.minimum(size, 1e9)
    squared = _core.multiply(s, s)
    below = _core.add(1, _core.activation(_sqrt, _core.add(squared, 1)))
    near = _core.activation(_log1p, _core.add(s, _core.divide(squared, below)))
    far = _core.add(_core.activation(_log, size), _LN2)
    y = _signed(x, _core.where(_core.greater(size, 1e9), far, near))
    if _state.stack:
        record(_arcsinh_rule, (x,), y, (_held(x),))
    return y


def _arcsinh_rule(dy: Tensor, x: Tensor) -> tuple[Tensor]:
    return (divide(dy, hypot(x, 1.0)),)


def arccosh(x: Any) -> Tensor:
    """The number from 0 on whose hyperbolic cosine is x.

    y = log(x + sqrt(x^2 - 1)); dy/dx = 1 / sqrt((x - 1) (x + 1)). NaN below 1.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.arccosh([1.0, 2.0, 1e30]).numpy()
        array([ 0.      ,  1.316958, 69.7707  ], dtype=float32)
    """
    x = _as_float(x)
    above = _core.minimum(_core.subtract(x, 1), 1e9)
    root = _core.activation(_sqrt, _core.multiply(above, _core.add(above, 2)))
    near = _core.activation(_log1p, _core.add(above, root))
    far = _core.add(_core.activation(_log, x), _LN2)
    y = _core.where(_core.greater(x, 1e9), far, near)
    if _state.stack:
        record(_arccosh_rule, (x,), y, (_held(x),))
    return y


def _arccosh_rule(dy: Tensor, x: Tensor) -> tuple[Tensor]:
    return (divide(dy, multiply(sqrt(subtract(x, 1)), sqrt(add(x, 1)))),)


def arctanh(x: Any) -> Tensor:
    """The number whose hyperbolic tangent is x.

    y = log((1 + x) / (1 - x)) / 2; dy/dx = 1 / ((1 - x) (1 + x)). NaN beyond -1 and 1.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.arctanh([0.0, 0.5, 1.0]).numpy()
        array([0.        , 0.54930615,        inf], dtype=float32)
    """
    x = _as_float(x)
    size = _core.activation(_abs, x)
    ratio = _core.divide(_core.multiply(size, 2), _core.subtract(1, size))
    y = _signed(x, _core.multiply(_core.activation(_log1p, ratio), 0.5))
    if _state.stack:
        record(_arctanh_rule, (x,), y, (_held(x),))
    return y


def _arctanh_rule(dy: Tensor, x: Tensor) -> tuple[Tensor]:
    return (divide(dy, multiply(subtract(1, x), add(1, x))),)


def _signed(x: Any, y: Tensor) -> Tensor:
    """Y with the sign of x, of a zero too: an odd function from its values for |x|."""
    y = _core.where(_core.less(x, 0), _core.multiply(y, -1), y)
    return _core.where(_core.equal(x, 0), x, y)
