"""Logarithms and exponentials to other bases: log2, log10, exp2, ldexp, logaddexp."""

from __future__ import annotations

import math
from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.activation import Activation
from mark1.ops.binary import power
from mark1.ops.broadcast import _fit, _held, divide, multiply, negative, subtract
from mark1.ops.cast import cast
from mark1.ops.moments import _as_float
from mark1.ops.smooth import sigmoid
from mark1.ops.unary import log
from mark1.ops.where import where
from mark1.tape import _state, record

_abs = Activation("abs").index
_softplus = Activation("softplus").index


def log2(x: Any) -> Tensor:
    """The logarithm to the base 2.

    y = ln x / ln 2, in float64; dy/dx = 1 / (x ln 2). Zero gives -infinity, a negative number NaN.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.log2([1.0, 8.0]).numpy()
        array([0., 3.], dtype=float32)
    """
    return _to_base(x, math.log(2))


def log10(x: Any) -> Tensor:
    """The logarithm to the base 10.

    y = ln x / ln 10, in float64; dy/dx = 1 / (x ln 10). Zero gives -infinity, a negative number
    NaN.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.log10([1.0, 1000.0]).numpy()
        array([0., 3.], dtype=float32)
    """
    return _to_base(x, math.log(10))


def exp2(x: Any) -> Tensor:
    """Two to the power of x.

    y = 2^x; dy/dx = y ln 2.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.exp2([0.0, 3.0, 0.5]).numpy()
        array([1.       , 8.       , 1.4142135], dtype=float32)
    """
    return power(2.0, _as_float(x))


def ldexp(x1: Any, x2: Any) -> Tensor:
    """A number times a power of 2: x1 2^x2, in two halves, so that it overflows only if y does.

    Args:
        x1: Tensor, Variable or array; integers become float32.
        x2: exponents, whole numbers; they have no gradient.

    Returns:
        A floating-point tensor of the broadcast shape.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.ldexp([1.0, 3.0], [4, -1]).numpy()
        array([16. ,  1.5], dtype=float32)
    """
    x1, x2 = _as_float(x1), _core.convert(x2)
    half = _core.floor_divide(x2, 2)
    rest = _core.subtract(x2, half)
    two = _core.convert(2.0, x1.dtype)
    return multiply(multiply(x1, power(two, half)), power(two, rest))


def logaddexp(x1: Any, x2: Any) -> Tensor:
    """The logarithm of the sum of two exponentials, neither of which can overflow.

    y = log(e^x1 + e^x2) = max(x1, x2) + log(1 + e^-|x1 - x2|); dx1 = dy sigmoid(x1 - x2).

    Args:
        x1: Tensor, Variable, array or number; integers become float32.
        x2: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A floating-point tensor of the broadcast shape.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.logaddexp([0.0, 1000.0], [0.0, -1000.0]).numpy()
        array([6.931472e-01, 1.000000e+03], dtype=float32)
    """
    return _log_of_sum(x1, x2, 1.0)


def logaddexp2(x1: Any, x2: Any) -> Tensor:
    """The logarithm to the base 2 of the sum of two powers of 2, neither of which can overflow.

    y = log2(2^x1 + 2^x2) = max(x1, x2) + log2(1 + 2^-|x1 - x2|);
    dx1 = dy / (1 + 2^(x2 - x1)).

    Args:
        x1: Tensor, Variable, array or number; integers become float32.
        x2: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A floating-point tensor of the broadcast shape.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.logaddexp2([0.0, 1000.0], [0.0, -1000.0]).numpy()
        array([   1., 1000.], dtype=float32)
    """
    return _log_of_sum(x1, x2, math.log(2))


def _log_of_sum(x1: Any, x2: Any, ln_base: float) -> Tensor:
    x1, x2 = _as_float(x1), _as_float(x2)
    # Equal infinities differ by nothing.
    apart = _core.where(_core.equal(x1, x2), 0.0, _core.subtract(x1, x2))
    gap = _core.multiply(_core.activation(_abs, apart), -ln_base)
    rest = _core.divide(_core.activation(_softplus, gap), ln_base)
    y = _core.add(_core.maximum(x1, x2), rest)
    if _state.stack:
        likes = _core.tape_likes(x1, x2)
        record(_log_of_sum_rule, (x1, x2), y, (_held(x1), _held(x2), ln_base, *likes))
    return y


def _log_of_sum_rule(
    dy: Tensor, x1: Any, x2: Any, ln_base: float, like1: Any, like2: Any
) -> tuple[Tensor | None, Tensor | None]:
    apart = multiply(where(_core.equal(x1, x2), 0.0, subtract(x1, x2)), ln_base)
    d1 = None if like1 is None else _fit(multiply(dy, sigmoid(apart)), like1)
    return d1, None if like2 is None else _fit(multiply(dy, sigmoid(negative(apart))), like2)


def _to_base(x: Any, ln_base: float) -> Tensor:
    """Ln x by a constant; in float32 the two roundings would show in log2(8)."""
    x = _as_float(x)
    return cast(divide(log(cast(x, "float64")), ln_base), x.dtype)
