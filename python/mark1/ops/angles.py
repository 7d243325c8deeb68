"""Inverses of sine, cosine, tangent and the error function."""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.activation import Activation
from mark1.ops.broadcast import _fit, _held, add, divide, multiply
from mark1.tape import _state, record

_arctan = Activation("arctan")
_arcsin = Activation("arcsin")
_arccos = Activation("arccos")
_erfinv = Activation("erfinv")


def arcsin(x: Any) -> Tensor:
    """The angle in -pi/2 .. pi/2 whose sine is x; NaN for |x| > 1.

    dy/dx = 1 / sqrt(1 - x^2).

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.arcsin([0.5, 1.0]).numpy()
        array([0.5235988, 1.5707964], dtype=float32)
    """
    return _arcsin(x)


def arccos(x: Any) -> Tensor:
    """The angle in 0 .. pi whose cosine is x; NaN for |x| > 1.

    dy/dx = -1 / sqrt(1 - x^2).

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.arccos([0.5, 1.0]).numpy()
        array([1.0471976, 0.       ], dtype=float32)
    """
    return _arccos(x)


def arctan(x: Any) -> Tensor:
    """The angle in -pi/2 .. pi/2 whose tangent is x.

    dy/dx = 1 / (1 + x^2).

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.arctan([1.0, float("inf")]).numpy()
        array([0.7853982, 1.5707964], dtype=float32)
    """
    return _arctan(x)


def erfinv(x: Any) -> Tensor:
    """The number whose `erf` is x; infinite for 1 and -1, NaN beyond.

    dy/dx = sqrt(pi) / 2 e^(y^2).

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.erfinv([0.0, 0.5]).numpy()
        array([0.        , 0.47693625], dtype=float32)
    """
    return _erfinv(x)


def arctan2(x1: Any, x2: Any) -> Tensor:
    """The angle of the point (x2, x1) from the positive first axis, in -pi .. pi.

    With r^2 = x1^2 + x2^2: dx1 = dy x2 / r^2; dx2 = -dy x1 / r^2.

    Args:
        x1: the second coordinate: Tensor, Variable, array or number; integers become float32.
        x2: the first coordinate; the shapes broadcast together as in NumPy.

    Returns:
        A floating-point tensor of the broadcast shape.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.arctan2([1.0, -1.0], [0.0, -1.0]).numpy()
        array([ 1.5707964, -2.3561945], dtype=float32)
    """
    out = _core.arctan2(x1, x2)
    if _state.stack:
        held = (_held(x1), _held(x2), *_core.tape_likes(x1, x2))
        record(_arctan2_rule, (x1, x2), out, held)
    return out


def _arctan2_rule(
    dy: Tensor, x1: Any, x2: Any, x1_like: Any, x2_like: Any
) -> tuple[Tensor | None, Tensor | None]:
    scaled = divide(dy, add(multiply(x1, x1), multiply(x2, x2)))
    dx1 = None if x1_like is None else _fit(multiply(scaled, x2), x1_like)
    return dx1, None if x2_like is None else _fit(multiply(scaled, multiply(x1, -1.0)), x2_like)
