"""Whole numbers as bits, and the neighbours of floating-point numbers."""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.moments import _as_tensor


def bitwise_and(x: Any, y: Any) -> Tensor:
    """The bits that two whole numbers have in common. It has no gradient.

    Args:
        x: Tensor, Variable or array of integers or bools; any shape.
        y: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A tensor of the broadcast shape, in the wider of the two dtypes.

    Raises:
        TypeError: if they are floating-point numbers.

    Example:
        >>> import mark1
        >>> mark1.ops.bitwise_and([12, 10], 6).numpy()
        array([4, 2], dtype=int32)
    """
    return _core.logical_and(x, y) if _are_bools(x, y) else _core.bitwise_and(x, y)


def bitwise_or(x: Any, y: Any) -> Tensor:
    """The bits that one of two whole numbers has, or both. It has no gradient.

    Args:
        x: Tensor, Variable or array of integers or bools; any shape.
        y: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A tensor of the broadcast shape, in the wider of the two dtypes.

    Raises:
        TypeError: if they are floating-point numbers.

    Example:
        >>> import mark1
        >>> mark1.ops.bitwise_or([12, 10], 6).numpy()
        array([14, 14], dtype=int32)
    """
    return _core.logical_or(x, y) if _are_bools(x, y) else _core.bitwise_or(x, y)


def bitwise_xor(x: Any, y: Any) -> Tensor:
    """The bits that one of two whole numbers has, but not both. It has no gradient.

    Args:
        x: Tensor, Variable or array of integers or bools; any shape.
        y: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A tensor of the broadcast shape, in the wider of the two dtypes.

    Raises:
        TypeError: if they are floating-point numbers.

    Example:
        >>> import mark1
        >>> mark1.ops.bitwise_xor([12, 10], 6).numpy()
        array([10, 12], dtype=int32)
    """
    return _core.logical_xor(x, y) if _are_bools(x, y) else _core.bitwise_xor(x, y)


def bitwise_not(x: Any) -> Tensor:
    """The other bits: every 0 for 1 and every 1 for 0. It has no gradient.

    Args:
        x: Tensor, Variable or array of integers or bools; any shape.

    Returns:
        A tensor of the shape and dtype of x.

    Raises:
        TypeError: if they are floating-point numbers.

    Example:
        >>> import mark1
        >>> mark1.ops.bitwise_not([0, 5]).numpy()
        array([-1, -6], dtype=int32)
    """
    x = _as_tensor(x)
    if x.dtype == "bool":
        return _core.logical_not(x)
    return _core.bitwise_xor(x, 255 if x.dtype == "uint8" else -1)


def bitwise_left_shift(x: Any, y: Any) -> Tensor:
    """The bits of x moved y places up: x 2^y, without what is moved out. It has no gradient.

    A shift by a negative number, or by as many places as there are, moves all of them out.

    Args:
        x: Tensor, Variable or array of integers; any shape.
        y: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A tensor of the broadcast shape, in the wider of the two dtypes.

    Raises:
        TypeError: if they are floating-point numbers or bools.

    Example:
        >>> import mark1
        >>> mark1.ops.bitwise_left_shift([1, 5], [4, 1]).numpy()
        array([16, 10], dtype=int32)
    """
    return _core.left_shift(x, y)


def bitwise_right_shift(x: Any, y: Any) -> Tensor:
    """The bits of x moved y places down: x 2^-y, rounded down. It has no gradient.

    A shift by a negative number, or by as many places as there are, moves all of them out.

    Args:
        x: Tensor, Variable or array of integers; any shape.
        y: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A tensor of the broadcast shape, in the wider of the two dtypes.

    Raises:
        TypeError: if they are floating-point numbers or bools.

    Example:
        >>> import mark1
        >>> mark1.ops.bitwise_right_shift([16, -5], [4, 1]).numpy()
        array([ 1, -3], dtype=int32)
    """
    return _core.right_shift(x, y)


def nextafter(x1: Any, x2: Any) -> Tensor:
    """The number that comes after x1 on the way to x2; x2 if they are equal. It has no gradient.

    Args:
        x1: Tensor, Variable, array or number; integers become float32.
        x2: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A floating-point tensor of the broadcast shape.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> (mark1.ops.nextafter([1.0, 1.0], [2.0, 0.0]) - 1.0).numpy()
        array([ 1.1920929e-07, -5.9604645e-08], dtype=float32)
    """
    return _core.nextafter(x1, x2)


bitwise_invert = bitwise_not
left_shift = bitwise_left_shift
right_shift = bitwise_right_shift


def _are_bools(x: Any, y: Any) -> bool:
    return {_as_tensor(x).dtype, _as_tensor(y).dtype} == {"bool"}
