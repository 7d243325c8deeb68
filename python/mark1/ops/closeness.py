"""Whether numbers are nearly equal, infinite or negative: tensors of bool, no gradients."""

from __future__ import annotations

import math
from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.activation import Activation

_abs = Activation("abs").index


def isclose(
    x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Tensor:
    """Whether elements are equal within a tolerance: |x1 - x2| <= atol + rtol |x2|.

    Infinities are close to themselves alone.

    Args:
        x1: Tensor, Variable, array or number.
        x2: likewise; the shapes broadcast together as in NumPy.
        rtol: part of |x2| that is allowed.
        atol: what is allowed in any case.
        equal_nan: whether NaN are close to each other.

    Returns:
        A bool tensor of the broadcast shape.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.isclose([1.0, 1.0], [1.000001, 1.1]).numpy()
        array([ True, False])
    """
    a, b = _floats(x1), _floats(x2)
    allowed = _core.add(_core.multiply(_core.activation(_abs, b), rtol), atol)
    near = _core.less_equal(_core.activation(_abs, _core.subtract(a, b)), allowed)
    close = _core.logical_or(_core.equal(a, b), _core.logical_and(near, _core.isfinite(b)))
    if not equal_nan:
        return close
    return _core.logical_or(close, _core.logical_and(_core.isnan(a), _core.isnan(b)))


def allclose(
    x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Tensor:
    """Whether all elements are equal within a tolerance, as in `isclose`.

    Args:
        x1: Tensor, Variable, array or number.
        x2: likewise; the shapes broadcast together as in NumPy.
        rtol: part of |x2| that is allowed.
        atol: what is allowed in any case.
        equal_nan: whether NaN are close to each other.

    Returns:
        A scalar tensor of bool.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> bool(mark1.ops.allclose([1.0, 2.0], [1.000001, 2.0]))
        True
    """
    apart = _core.logical_not(isclose(x1, x2, rtol, atol, equal_nan))
    return _core.equal(_core.sum(apart, None, False), 0)


def isposinf(x: Any) -> Tensor:
    """Whether an element is positive infinity.

    Args:
        x: Tensor, Variable or array of any shape.

    Returns:
        A bool tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.isposinf([1.0, float("inf"), float("-inf")]).numpy()
        array([False,  True, False])
    """
    return _core.equal(_floats(x), math.inf)


def isneginf(x: Any) -> Tensor:
    """Whether an element is negative infinity.

    Args:
        x: Tensor, Variable or array of any shape.

    Returns:
        A bool tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.isneginf([1.0, float("inf"), float("-inf")]).numpy()
        array([False, False,  True])
    """
    return _core.equal(_floats(x), -math.inf)


def signbit(x: Any) -> Tensor:
    """Whether an element is negative; -0.0 is, a NaN is not.

    Args:
        x: Tensor, Variable or array of any shape.

    Returns:
        A bool tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.signbit([-1.5, -0.0, 0.0]).numpy()
        array([ True,  True, False])
    """
    x = _core.convert(x)
    if not x.dtype.startswith("float"):
        return _core.less(x, 0)
    below_zero = _core.less(_core.divide(1, x), 0)
    return _core.logical_or(_core.less(x, 0), _core.logical_and(_core.equal(x, 0), below_zero))


def _floats(x: Any) -> Tensor:
    x = _core.convert(x)
    return x if x.dtype.startswith("float") else _core.cast(x, "float32")
