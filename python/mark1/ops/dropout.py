"""Dropout."""

from __future__ import annotations

from typing import Any

from mark1 import _core, random
from mark1._core import Tensor
from mark1.tape import _state, record


def dropout(x: Any, rate: float, seed: int | random.SeedGenerator | None = None) -> Tensor:
    """Sets elements to 0 at random and divides the others by the share that is left.

    `y = x / (1 - rate)` with probability `1 - rate`, else 0. The gradient draws the same elements
    again instead of keeping a mask.

    Args:
        x: Tensor, Variable or array, any shape.
        rate: the share set to 0, from 0 up to but not 1.
        seed: an integer (the same elements each time), a `SeedGenerator`, or None.

    Returns:
        A floating-point tensor of x's shape; x itself if the rate is 0.

    Raises:
        ValueError: if the rate is out of range.

    Source:
        Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting, 2014.

    Example:
        >>> import mark1
        >>> mark1.ops.dropout([1.0, 2.0, 3.0, 4.0], 0.5, seed=3).numpy()
        array([0., 4., 6., 0.], dtype=float32)
    """
    if rate == 0:
        from mark1.ops.cast import convert_to_tensor

        return convert_to_tensor(x)
    return _dropout(x, random._state(seed), rate)


def _dropout(x: Any, state: Tensor, rate: float) -> Tensor:
    out = _core.dropout(x, state, rate)
    if _state.stack:
        record(_dropout_rule, (x,), out, (state, rate))
    return out


def _dropout_rule(dy: Tensor, state: Tensor, rate: float) -> tuple[Tensor]:
    return (_dropout(dy, state, rate),)
