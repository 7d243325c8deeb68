"""Running sums along an axis."""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.reshape import reshape
from mark1.tape import _state, record


def cumsum(x: Any, axis: int | None = None, reverse: bool = False) -> Tensor:
    """The sums of the elements up to each one along an axis.

    y[i] = x[0] + ... + x[i], one addition after the other; the gradient is the running sum of dy in
    the other direction.

    Args:
        x: Tensor, Variable or array; any shape. Integers are converted to float32.
        axis: the axis to sum along; x is flattened if None.
        reverse: whether to start from the last element.

    Returns:
        A floating-point tensor of x's shape.

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
        return cumsum(reshape(x, -1), 0, reverse)
    out = _core.cumsum(x, axis, reverse)
    if _state.stack:
        record(_rule, (x,), out, (axis, reverse))
    return out


def _rule(dy: Tensor, axis: int, reverse: bool) -> tuple[Tensor]:
    return (cumsum(dy, axis, not reverse),)
