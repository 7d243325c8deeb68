"""Between dtypes, and between tensors and what Python holds."""

from __future__ import annotations

from typing import Any

import numpy as np

from mark1 import _core
from mark1._core import Tensor
from mark1.tape import _state, record
from mark1.typing import Array, DTypeLike

# Formats of 16 bits: tensors are stored in them, and products multiply them.
NARROW = ("bfloat16", "float16")


def cast(x: Any, dtype: DTypeLike) -> Tensor:
    """The values of x in another dtype.

    To floating point values are rounded correctly. From floating point to integers they are cut
    towards zero; what is out of range becomes the nearest bound and NaN becomes 0, on every
    machine. To bool everything but zero is True. The gradient is cast back.

    Args:
        x: Tensor, Variable, array or number; any shape.
        dtype: "bool", "uint8", "int32", "int64", "bfloat16", "float16", "float32" or
            "float64".

    Returns:
        A tensor of x's shape; x itself if it is a tensor of that dtype.

    Raises:
        TypeError: if the dtype is unknown.

    Example:
        >>> import mark1
        >>> mark1.ops.cast([-1.5, 1.5, 3e10], "int32").numpy()
        array([        -1,          1, 2147483647], dtype=int32)
    """
    if not isinstance(x, (Tensor, _core.Variable)):
        return _core.convert(x, dtype)
    if x.dtype == dtype:
        return convert_to_tensor(x)
    out = _core.cast(x, dtype)
    if _state.stack:
        record(_cast_rule, (x,), out, (x.dtype,))
    return out


def _cast_rule(dy: Tensor, dtype: str) -> tuple[Tensor]:
    return (cast(dy, dtype),)


def full_precision(x: Any) -> Any:
    """Widen a tensor of 16 bits; return anything else as it is.

    >>> full_precision(cast([1.5], "bfloat16")).dtype
    'float32'
    """
    if not isinstance(x, Tensor) or x.dtype not in NARROW:
        return x
    out = cast(x, "float32")
    if x.logits is not None:
        out.logits = x.logits
    return out


def convert_to_tensor(x: Any, dtype: DTypeLike | None = None) -> Tensor:
    """Makes a tensor of an array-like.

    Args:
        x: Tensor, Variable, NumPy array, number, or a nest of lists of numbers. Arrays are copied;
            a tensor of the right dtype is returned as it is; of a variable it is the present value,
            which later assignments leave alone.
        dtype: dtype of the result; x's own if None, float32 and int32 for Python's numbers.

    Returns:
        A tensor of x's shape.

    Raises:
        TypeError: if x cannot be converted.
        ValueError: if x is ragged.

    Example:
        >>> import mark1
        >>> mark1.ops.convert_to_tensor([[1, 2], [3, 4]], "float32").numpy()
        array([[1., 2.],
               [3., 4.]], dtype=float32)
    """
    if isinstance(x, (Tensor, _core.Variable)):
        if dtype is not None and dtype != x.dtype:
            return cast(x, dtype)
        if isinstance(x, Tensor):
            return x
        # A view has an id of its own: the tape sees the variable being read here.
        out = _core.reshape(x, x.shape)
        if _state.stack:
            record(_identity_rule, (x,), out)
        return out
    return _core.convert(x, dtype)


def _identity_rule(dy: Tensor) -> tuple[Tensor]:
    return (dy,)


def convert_to_numpy(x: Any) -> Array:
    """Makes a NumPy array of a tensor.

    Args:
        x: Tensor, Variable or array-like.

    Returns:
        An array of x's shape and dtype. That of a tensor shares its memory and is read-only; that
        of a variable is a copy.

    Example:
        >>> import mark1
        >>> mark1.ops.convert_to_numpy(mark1.ops.ones(2))
        array([1., 1.], dtype=float32)
    """
    return np.asarray(x)
