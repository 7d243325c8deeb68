"""What is known of a tensor without a look at its elements: ndim, size, dtype, is_tensor."""

from __future__ import annotations

import math
from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.reshape import shape
from mark1.ops.rounding import _as_tensor


def ndim(x: Any) -> int:
    """The number of x's axes.

    Args:
        x: Tensor, Variable or array.

    Returns:
        A number of Python.

    Example:
        >>> import mark1
        >>> mark1.ops.ndim([[1.0, 2.0]])
        2
    """
    return len(shape(x))


def size(x: Any) -> int:
    """The number of x's elements.

    Args:
        x: Tensor, Variable or array.

    Returns:
        A number of Python.

    Example:
        >>> import mark1
        >>> mark1.ops.size([[1.0, 2.0]])
        2
    """
    return math.prod(shape(x))


def dtype(x: Any) -> str:
    """The name of x's dtype.

    Args:
        x: Tensor, Variable or array.

    Returns:
        "float32", "int32" or the like.

    Example:
        >>> import mark1
        >>> mark1.ops.dtype([1, 2])
        'int32'
    """
    name: str = _as_tensor(x).dtype
    return name


def is_tensor(x: Any) -> bool:
    """Whether x is a tensor of mark1; a Variable counts as one.

    Args:
        x: anything.

    Returns:
        A bool of Python.

    Example:
        >>> import mark1
        >>> mark1.ops.is_tensor(mark1.ops.ones(2)), mark1.ops.is_tensor([1.0, 1.0])
        (True, False)
    """
    return isinstance(x, (Tensor, _core.Variable))
