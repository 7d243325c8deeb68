"""Signs, rounding and limits, element by element.

Like `unary.py`; what keeps whole numbers whole takes integers as they are.
"""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.activation import Activation
from mark1.ops.binary import maximum, minimum
from mark1.ops.broadcast import divide, multiply, negative, subtract
from mark1.ops.cast import cast

_abs = Activation("abs")
_ceil = Activation("ceil")
_clip = Activation("clip")
_floor = Activation("floor")
_round = Activation("round")
_sign = Activation("sign")
_square = Activation("square")


def abs(x: Any) -> Tensor:
    """The absolute value.

    y = |x|; dy/dx is the sign of x, 0 at 0.

    Args:
        x: Tensor, Variable or array of any shape.

    Returns:
        A tensor of x's shape and dtype.

    Example:
        >>> import mark1
        >>> mark1.ops.abs([-1.5, 2.0]).numpy()
        array([1.5, 2. ], dtype=float32)
    """
    x = _as_tensor(x)
    return _abs(x) if _floating(x) else maximum(x, negative(x)) if _signed(x) else x


def sign(x: Any) -> Tensor:
    """-1, 0 or 1, by the sign of x. The gradient is 0.

    Args:
        x: Tensor, Variable or array of any shape.

    Returns:
        A tensor of x's shape and dtype.

    Example:
        >>> import mark1
        >>> mark1.ops.sign([-1.5, 0.0, 2.0]).numpy()
        array([-1.,  0.,  1.], dtype=float32)
    """
    x = _as_tensor(x)
    if _floating(x):
        return _sign(x)
    below, above = cast(_core.less(x, 0), "int32"), cast(_core.greater(x, 0), "int32")
    return cast(subtract(above, below), x.dtype)


def square(x: Any) -> Tensor:
    """The square.

    y = x x; dy/dx = 2 x.

    Args:
        x: Tensor, Variable or array of any shape.

    Returns:
        A tensor of x's shape and dtype; integers wrap around.

    Example:
        >>> import mark1
        >>> mark1.ops.square([-1.5, 2.0]).numpy()
        array([2.25, 4.  ], dtype=float32)
    """
    x = _as_tensor(x)
    return _square(x) if _floating(x) else multiply(x, x)


def floor(x: Any) -> Tensor:
    """The greatest whole number that is not above x. The gradient is 0.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.floor([-1.5, 2.5]).numpy()
        array([-2.,  2.], dtype=float32)
    """
    return _floor(x)


def ceil(x: Any) -> Tensor:
    """The smallest whole number that is not below x. The gradient is 0.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.ceil([-1.5, 2.5]).numpy()
        array([-1.,  3.], dtype=float32)
    """
    return _ceil(x)


def round(x: Any, decimals: int = 0) -> Tensor:
    """The nearest whole number, of two equally near ones the even. The gradient is 0.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.
        decimals: how many decimal places stay, or fewer than 0: the nearest ten, hundred, ...

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.round([-1.5, 2.5]).numpy()
        array([-2.,  2.], dtype=float32)
    """
    if decimals:
        share = 10.0**decimals
        return divide(_round(multiply(x, share)), share)
    return _round(x)


def clip(x: Any, x_min: Any, x_max: Any) -> Tensor:
    """Limits each element: `minimum(maximum(x, x_min), x_max)`.

    The gradient passes where x lies within the limits or on one of them.

    Args:
        x: Tensor, Variable or array of any shape.
        x_min: lower limit: a number, or a tensor that broadcasts with x.
        x_max: upper limit, likewise; it wins where it is below x_min.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.clip([-2.0, 0.5, 2.0], -1, 1).numpy()
        array([-1. ,  0.5,  1. ], dtype=float32)
    """
    x = _as_tensor(x)
    if _floating(x) and isinstance(x_min, (int, float)) and isinstance(x_max, (int, float)):
        return _clip(x, x_min, x_max)
    return minimum(maximum(x, x_min), x_max)


def _as_tensor(x: Any) -> Any:
    return x if isinstance(x, (Tensor, _core.Variable)) else _core.convert(x)


def _floating(x: Any) -> bool:
    return x.dtype in ("float32", "float64")


def _signed(x: Any) -> bool:
    return x.dtype in ("int32", "int64")
