"""Running totals of metrics, kept in a buffer."""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1.variable import Variable


def accumulate(total: Variable, values: Any, weights: Any = None) -> None:
    """Adds a batch to a running weighted mean, in place.

    `total[0] += sum(values * weights)`, `total[1] += sum(weights)`; the mean so far is
    `total[0] / total[1]`. Without weights each value counts 1.

    Args:
        total: Variable of shape (2,), float32 or float64.
        values: Tensor or array of numbers, any shape.
        weights: as many as values, or None.

    Raises:
        ValueError: if `total` has another shape, or there is not one weight per value.

    Example:
        >>> import mark1
        >>> total = mark1.Variable([0.0, 0.0])
        >>> mark1.ops.accumulate(total, [1.0, 0.0, 1.0])
        >>> mark1.ops.accumulate(total, [1.0], weights=[0.5])
        >>> total.numpy()
        array([2.5, 3.5], dtype=float32)
    """
    _core.accumulate(total, values, weights)
