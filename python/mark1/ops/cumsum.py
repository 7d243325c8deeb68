"""Running sums and products along an axis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.broadcast import _held, multiply
from mark1.ops.cast import cast
from mark1.ops.pad import pad
from mark1.ops.reshape import reshape
from mark1.ops.slice import slice
from mark1.tape import _state, record
from mark1.typing import DTypeLike

_DTYPES = ("float32", "float64", "int32", "int64")  # that there are kernels for


def cumsum(
    x: Any, axis: int | None = None, dtype: DTypeLike | None = None, reverse: bool = False
) -> Tensor:
    """The sums of the elements up to each one along an axis.

    y[i] = x[0] + ... + x[i], in chunks of 256, to whose sums what came before is added; the
    gradient is the running sum of dy in the other direction.

    Args:
        x: Tensor, Variable or array; any shape. Integers wrap around.
        axis: the axis to sum along; x is flattened if None.
        dtype: of the result; x's if None, int32 for bool.
        reverse: whether to start from the last element.

    Returns:
        A tensor of x's shape.

    Raises:
        ValueError: if there is no such axis.

    Example:
        >>> import mark1
        >>> mark1.ops.cumsum([1.0, 2.0, 3.0]).numpy()
        array([1., 3., 6.], dtype=float32)
    """
    if not isinstance(x, (Tensor, _core.Variable)):
        x = _core.convert(x)
    if axis is None:
        x, axis = reshape(x, -1), 0
    if dtype is not None or x.dtype not in _DTYPES:
        return _in_dtype(cumsum, x, axis, dtype, reverse)
    out = _core.cumsum(x, axis, reverse)
    if _state.stack and x.dtype.startswith("float"):
        record(_sum_rule, (x,), out, (axis, reverse))
    return out


def _sum_rule(dy: Tensor, axis: int, reverse: bool) -> tuple[Tensor]:
    return (cumsum(dy, axis, reverse=not reverse),)


def cumprod(
    x: Any, axis: int | None = None, dtype: DTypeLike | None = None, reverse: bool = False
) -> Tensor:
    """The products of the elements up to each one along an axis.

    y[i] = x[0] ... x[i], one multiplication after the other. No derivative divides, so that all of
    them are right at zeros.

    Args:
        x: Tensor, Variable or array; any shape. Integers wrap around.
        axis: the axis to multiply along; x is flattened if None.
        dtype: of the result; x's if None, int32 for bool.
        reverse: whether to start from the last element.

    Returns:
        A tensor of x's shape.

    Raises:
        ValueError: if there is no such axis.

    Example:
        >>> import mark1
        >>> mark1.ops.cumprod([1.0, 2.0, 3.0]).numpy()
        array([1., 2., 6.], dtype=float32)
    """
    if not isinstance(x, (Tensor, _core.Variable)):
        x = _core.convert(x)
    if axis is None:
        x, axis = reshape(x, -1), 0
    if dtype is not None or x.dtype not in _DTYPES:
        return _in_dtype(cumprod, x, axis, dtype, reverse)
    out = _core.cumprod(x, axis, reverse)
    if _state.stack and x.dtype.startswith("float"):
        record(_product_rule, (x,), out, (_held(x), out, axis, reverse))
    return out


def _in_dtype(
    run: Callable[..., Tensor], x: Any, axis: int, dtype: DTypeLike | None, reverse: bool
) -> Tensor:
    """Run in the dtype of the result or, where that has no kernel, in a wider one."""
    name = "int32" if x.dtype == "bool" else x.dtype
    name = name if dtype is None else np.dtype(dtype).name
    wider = "int32" if name in ("bool", "uint8") else "float32"
    wide = run(cast(x, name if name in _DTYPES else wider), axis, reverse=reverse)
    return cast(wide, name)


def _product_rule(dy: Tensor, x: Tensor, y: Tensor, axis: int, reverse: bool) -> tuple[Tensor]:
    # Backwards: a[i] = dy[i] + x[i + 1] a[i + 1], dx[i] = a[i] y[i - 1].
    a = recurrence(dy, _moved(x, axis, not reverse, 0.0), axis, not reverse)
    return (multiply(a, _moved(y, axis, reverse, 1.0)),)


def recurrence(x: Any, factors: Any, axis: int, reverse: bool = False) -> Tensor:
    """A linear recurrence along an axis: `y[i] = x[i] + factors[i] y[i - 1]`.

    It begins with y[0] = x[0]. The gradients are recurrences in the other direction.

    Args:
        x: floating-point Tensor or Variable; any shape.
        factors: of x's shape and dtype; the first along the axis does not count.
        axis: the axis.
        reverse: whether to start from the last element.

    Returns:
        A tensor of x's shape.

    Raises:
        ValueError: if the shapes differ, or there is no such axis.

    Example:
        >>> import mark1
        >>> from mark1.ops.cumsum import recurrence
        >>> x = mark1.ops.convert_to_tensor([1.0, 1.0, 1.0])
        >>> recurrence(x, 2 * x, 0).numpy()
        array([1., 3., 7.], dtype=float32)
    """
    out = _core.recurrence(x, factors, axis, reverse)
    if _state.stack:
        record(_recurrence_rule, (x, factors), out, (_held(factors), out, axis, reverse))
    return out


def _recurrence_rule(
    dy: Tensor, factors: Tensor, y: Tensor, axis: int, reverse: bool
) -> tuple[Tensor, Tensor]:
    a = recurrence(dy, _moved(factors, axis, not reverse, 0.0), axis, not reverse)
    return a, multiply(a, _moved(y, axis, reverse, 0.0))


def products_of_others(x: Any) -> Tensor:
    """For each element the product of all others in its row.

    Args:
        x: floating-point Tensor or Variable (rows, n).

    Returns:
        A tensor of x's shape.

    Example:
        >>> import mark1
        >>> from mark1.ops.cumsum import products_of_others
        >>> products_of_others(mark1.ops.convert_to_tensor([[2.0, 3.0, 0.0]])).numpy()
        array([[0., 0., 6.]], dtype=float32)
    """
    before = _moved(cumprod(x, 1), 1, False, 1.0)
    return multiply(before, _moved(cumprod(x, 1, reverse=True), 1, True, 1.0))


def _moved(x: Any, axis: int, reverse: bool, fill: float) -> Any:
    """Each element one place on along an axis, `fill` being the first."""
    rank = len(x.shape)
    axis %= rank
    if x.shape[axis] == 0:
        return x
    widths = [(0, 0)] * rank
    widths[axis] = (0, 1) if reverse else (1, 0)
    start = [0] * rank
    start[axis] = int(reverse)
    return slice(pad(x, widths, constant_values=fill), start, x.shape)
