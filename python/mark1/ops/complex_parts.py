"""What functions of complex numbers say of real ones, the only ones that there are."""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.moments import _as_tensor


def real(x: Any) -> Tensor:
    """The real part: x itself.

    Args:
        x: Tensor, Variable, array or number of any shape.

    Returns:
        x as a tensor.

    Example:
        >>> import mark1
        >>> mark1.ops.real([1.0, -2.0]).numpy()
        array([ 1., -2.], dtype=float32)
    """
    y: Tensor = _as_tensor(x)
    return y


def imag(x: Any) -> Tensor:
    """The imaginary part: zeros. It has no gradient.

    Args:
        x: Tensor, Variable, array or number of any shape.

    Returns:
        A tensor of zeros, of the shape and dtype of x.

    Example:
        >>> import mark1
        >>> mark1.ops.imag([1.0, -2.0]).numpy()
        array([0., 0.], dtype=float32)
    """
    x = _as_tensor(x)
    return _core.full(x.shape, 0, x.dtype)


def conjugate(x: Any) -> Tensor:
    """The conjugate: x itself.

    Args:
        x: Tensor, Variable, array or number of any shape.

    Returns:
        x as a tensor.

    Example:
        >>> import mark1
        >>> mark1.ops.conjugate([1.0, -2.0]).numpy()
        array([ 1., -2.], dtype=float32)
    """
    return real(x)


conj = conjugate


def isreal(x: Any) -> Tensor:
    """Whether the imaginary part is 0: always.

    Args:
        x: Tensor, Variable, array or number of any shape.

    Returns:
        A tensor of bools of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.isreal([1.0, -2.0]).numpy()
        array([ True,  True])
    """
    return _core.full(_as_tensor(x).shape, True, "bool")


def angle(x: Any) -> Tensor:
    """The angle in the complex plane: 0, or pi where the sign of x is minus. It has no gradient.

    Args:
        x: Tensor, Variable, array or number of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.angle([1.0, -2.0]).numpy()
        array([0.       , 3.1415927], dtype=float32)
    """
    x = _as_tensor(x)
    if not x.dtype.startswith("float"):
        x = _core.cast(x, "float32")  # not recorded: the derivative is 0 wherever there is one
    return _core.arctan2(_core.full(x.shape, 0, x.dtype), x)
