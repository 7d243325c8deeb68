"""One element per row: what the gradients of max and min are made of."""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.tape import _state, record


def pick(x: Any, index: Tensor) -> Tensor:
    """One element of each row: `out[r] = x[r, index[r]]`.

    Args:
        x: floating-point Tensor or Variable (rows, n).
        index: int32 Tensor (rows,), within `[0, n)`.

    Returns:
        A tensor (rows,).

    Example:
        >>> import mark1
        >>> from mark1.ops.pick import pick
        >>> x = mark1.ops.convert_to_tensor([[1.0, 2.0], [3.0, 4.0]])
        >>> pick(x, mark1.ops.argmax(x, axis=1)).numpy()
        array([2., 4.], dtype=float32)
    """
    out = _core.pick(x, index)
    if _state.stack:
        record(_pick_rule, (x,), out, (index, x.shape[1]))
    return out


def _pick_rule(dy: Tensor, index: Tensor, n: int) -> tuple[Tensor]:
    return (place(dy, index, n),)


def place(x: Any, index: Tensor, n: int) -> Tensor:
    """One element per row among zeros: `out[r, index[r]] = x[r]`.

    Args:
        x: floating-point Tensor or Variable (rows,).
        index: int32 Tensor (rows,), within `[0, n)`.
        n: length of a row.

    Returns:
        A tensor (rows, n).

    Example:
        >>> import mark1
        >>> from mark1.ops.pick import place
        >>> x = mark1.ops.ones(2)
        >>> place(x, mark1.ops.convert_to_tensor([1, 0]), 2).numpy()
        array([[0., 1.],
               [1., 0.]], dtype=float32)
    """
    out = _core.place(x, index, n)
    if _state.stack:
        record(_place_rule, (x,), out, (index,))
    return out


def _place_rule(dy: Tensor, index: Tensor) -> tuple[Tensor]:
    return (pick(dy, index),)
