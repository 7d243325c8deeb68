"""Comparisons, logic and classification, element by element: tensors of bool, no gradients."""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1._core import Tensor


def equal(x1: Any, x2: Any) -> Tensor:
    """Whether x1 and x2 are equal: `x1 == x2`.

    A NaN is unequal to everything, and neither less nor greater.

    Args:
        x1: Tensor, Variable, array or number; any shape.
        x2: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A bool tensor of the broadcast shape.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.equal([1.0, 2.0], 2.0).numpy()
        array([False,  True])
    """
    return _core.equal(x1, x2)


def not_equal(x1: Any, x2: Any) -> Tensor:
    """Whether x1 and x2 differ: `x1 != x2`.

    A NaN is unequal to everything, and neither less nor greater.

    Args:
        x1: Tensor, Variable, array or number; any shape.
        x2: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A bool tensor of the broadcast shape.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.not_equal([1.0, 2.0], 2.0).numpy()
        array([ True, False])
    """
    return _core.not_equal(x1, x2)


def less(x1: Any, x2: Any) -> Tensor:
    """Whether x1 is less than x2: `x1 < x2`.

    A NaN is unequal to everything, and neither less nor greater.

    Args:
        x1: Tensor, Variable, array or number; any shape.
        x2: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A bool tensor of the broadcast shape.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.less([1.0, 2.0], 2.0).numpy()
        array([ True, False])
    """
    return _core.less(x1, x2)


def less_equal(x1: Any, x2: Any) -> Tensor:
    """Whether x1 is at most x2: `x1 <= x2`.

    A NaN is unequal to everything, and neither less nor greater.

    Args:
        x1: Tensor, Variable, array or number; any shape.
        x2: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A bool tensor of the broadcast shape.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.less_equal([1.0, 3.0], 2.0).numpy()
        array([ True, False])
    """
    return _core.less_equal(x1, x2)


def greater(x1: Any, x2: Any) -> Tensor:
    """Whether x1 is greater than x2: `x1 > x2`.

    A NaN is unequal to everything, and neither less nor greater.

    Args:
        x1: Tensor, Variable, array or number; any shape.
        x2: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A bool tensor of the broadcast shape.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.greater([1.0, 3.0], 2.0).numpy()
        array([False,  True])
    """
    return _core.greater(x1, x2)


def greater_equal(x1: Any, x2: Any) -> Tensor:
    """Whether x1 is at least x2: `x1 >= x2`.

    A NaN is unequal to everything, and neither less nor greater.

    Args:
        x1: Tensor, Variable, array or number; any shape.
        x2: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A bool tensor of the broadcast shape.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.greater_equal([1.0, 2.0], 2.0).numpy()
        array([False,  True])
    """
    return _core.greater_equal(x1, x2)


def logical_and(x1: Any, x2: Any) -> Tensor:
    """Whether x1 and x2 are both true: zero is false, all else true.

    Args:
        x1: Tensor, Variable, array or number; any shape.
        x2: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A bool tensor of the broadcast shape.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.logical_and([True, False], True).numpy()
        array([ True, False])
    """
    return _core.logical_and(x1, x2)


def logical_or(x1: Any, x2: Any) -> Tensor:
    """Whether x1 or x2 is true, or both: zero is false, all else true.

    Args:
        x1: Tensor, Variable, array or number; any shape.
        x2: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A bool tensor of the broadcast shape.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.logical_or([True, False], False).numpy()
        array([ True, False])
    """
    return _core.logical_or(x1, x2)


def logical_xor(x1: Any, x2: Any) -> Tensor:
    """Whether one of x1 and x2 is true and one is not: zero is false, all else true.

    Args:
        x1: Tensor, Variable, array or number; any shape.
        x2: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A bool tensor of the broadcast shape.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.logical_xor([True, False], True).numpy()
        array([False,  True])
    """
    return _core.logical_xor(x1, x2)


def logical_not(x: Any) -> Tensor:
    """Whether x is false, that is, zero.

    Args:
        x: Tensor, Variable or array of any shape.

    Returns:
        A bool tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.logical_not([True, False]).numpy()
        array([False,  True])
    """
    return _core.logical_not(x)


def isnan(x: Any) -> Tensor:
    """Whether an element is not a number.

    Args:
        x: Tensor, Variable or array of any shape.

    Returns:
        A bool tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.isnan([1.0, float("inf"), float("nan")]).numpy()
        array([False, False,  True])
    """
    return _core.isnan(x)


def isinf(x: Any) -> Tensor:
    """Whether an element is infinite, positive or negative.

    Args:
        x: Tensor, Variable or array of any shape.

    Returns:
        A bool tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.isinf([1.0, float("inf"), float("nan")]).numpy()
        array([False,  True, False])
    """
    return _core.isinf(x)


def isfinite(x: Any) -> Tensor:
    """Whether an element is neither infinite nor NaN.

    Args:
        x: Tensor, Variable or array of any shape.

    Returns:
        A bool tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.isfinite([1.0, float("inf"), float("nan")]).numpy()
        array([ True, False, False])
    """
    return _core.isfinite(x)
