"""Functions of one number: exponentials, logarithms, roots, circular functions.

Formulas and both derivatives are in `csrc/ops/activation/functions.h`. Signs and rounding are in
`rounding.py`.
"""

from __future__ import annotations

from typing import Any

from mark1._core import Tensor
from mark1.ops.activation import Activation

_exp = Activation("exponential")
_expm1 = Activation("expm1")
_log = Activation("log")
_log1p = Activation("log1p")
_sqrt = Activation("sqrt")
_rsqrt = Activation("rsqrt")
_reciprocal = Activation("reciprocal")
_sin = Activation("sin")
_cos = Activation("cos")
_tan = Activation("tan")
_erf = Activation("erf")
_erfc = Activation("erfc")


def exp(x: Any) -> Tensor:
    """The exponential function; `exponential` by Keras' other name.

    y = e^x; dy/dx = y.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.exp([0.0, 1.0]).numpy()
        array([1.       , 2.7182817], dtype=float32)
    """
    return _exp(x)


def expm1(x: Any) -> Tensor:
    """The exponential less one, exact for small x.

    y = e^x - 1; dy/dx = y + 1.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.expm1([0.0, 1e-10]).numpy()
        array([0.e+00, 1.e-10], dtype=float32)
    """
    return _expm1(x)


def log(x: Any) -> Tensor:
    """The natural logarithm.

    y = ln x; dy/dx = 1 / x. Zero gives -infinity, a negative number NaN.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.log([1.0, 10.0]).numpy()
        array([0.       , 2.3025851], dtype=float32)
    """
    return _log(x)


def log1p(x: Any) -> Tensor:
    """The natural logarithm of 1 + x, exact for small x.

    y = ln(1 + x); dy/dx = 1 / (1 + x).

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.log1p([0.0, 1e-10]).numpy()
        array([0.e+00, 1.e-10], dtype=float32)
    """
    return _log1p(x)


def sqrt(x: Any) -> Tensor:
    """The square root.

    y = x^(1/2); dy/dx = 1 / (2 y). A negative number gives NaN.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.sqrt([0.0, 9.0]).numpy()
        array([0., 3.], dtype=float32)
    """
    return _sqrt(x)


def rsqrt(x: Any) -> Tensor:
    """One by the square root: a root and a division, no approximation.

    y = 1 / sqrt(x); dy/dx = -y^3 / 2.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.rsqrt([1.0, 4.0]).numpy()
        array([1. , 0.5], dtype=float32)
    """
    return _rsqrt(x)


def reciprocal(x: Any) -> Tensor:
    """One by x.

    y = 1 / x; dy/dx = -y^2.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.reciprocal([2.0, -4.0]).numpy()
        array([ 0.5 , -0.25], dtype=float32)
    """
    return _reciprocal(x)


def sin(x: Any) -> Tensor:
    """The sine of an angle in radians, of whatever size.

    y = sin x; dy/dx = cos x.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.sin([0.0, 1e10]).numpy()
        array([ 0.        , -0.48750603], dtype=float32)
    """
    return _sin(x)


def cos(x: Any) -> Tensor:
    """The cosine of an angle in radians, of whatever size.

    y = cos x; dy/dx = -sin x.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.cos([0.0, 1e10]).numpy()
        array([1.       , 0.8731196], dtype=float32)
    """
    return _cos(x)


def tan(x: Any) -> Tensor:
    """The tangent of an angle in radians, of whatever size.

    y = sin x / cos x; dy/dx = 1 + y^2.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.tan([0.0, 1.0]).numpy()
        array([0.       , 1.5574077], dtype=float32)
    """
    return _tan(x)


def erf(x: Any) -> Tensor:
    """The error function.

    y = 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x; dy/dx = 2 / sqrt(pi) e^(-x^2).

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.erf([0.0, 0.5]).numpy()
        array([0.       , 0.5204999], dtype=float32)
    """
    return _erf(x)


def erfc(x: Any) -> Tensor:
    """The complementary error function, 1 - erf(x) without the loss of digits where erf is near 1.

    dy/dx = -2 / sqrt(pi) e^(-x^2).

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.erfc([0.0, 0.5]).numpy()
        array([1.        , 0.47950011], dtype=float32)
    """
    return _erfc(x)
