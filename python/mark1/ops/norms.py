"""Norms other than the Euclidean one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mark1._core import Tensor
from mark1.ops.binary import power
from mark1.ops.cast import cast
from mark1.ops.compare import not_equal
from mark1.ops.moments import norm
from mark1.ops.reduce import max as greatest
from mark1.ops.reduce import min as least
from mark1.ops.reduce import sum as total
from mark1.ops.reshape import normalize_axes
from mark1.ops.rounding import abs as magnitude


def norm_of_order(
    x: Any, order: float | str, axis: int | Sequence[int] | None, keepdims: bool
) -> Tensor:
    """Return the norm of vectors if there is one axis, of matrices if there are two."""
    rank = len(x.shape)
    if axis is None and rank > 2:
        raise ValueError(f"[norm] ord={order!r} needs one axis or two, got all of {rank}")
    axes = list(range(rank)) if axis is None else [axis] if isinstance(axis, int) else list(axis)
    normalize_axes("norm", axes, rank)
    if len(axes) == 1 and not isinstance(order, str):
        return _of_vectors(x, float(order), axes[0], keepdims)
    if len(axes) == 2 and order == "fro":
        return norm(x, axis=axes, keepdims=keepdims)
    if len(axes) == 2 and order in (1, -1, math.inf, -math.inf):
        rows, columns = (axis % rank for axis in axes)
        summed, kept = (rows, columns) if order in (1, -1) else (columns, rows)
        sums = total(magnitude(x), summed, keepdims=True)
        found = (greatest if float(order) > 0 else least)(sums, kept, keepdims=True)
        return found if keepdims else total(found, (rows, columns))
    what = "vectors" if len(axes) == 1 else "matrices"
    raise ValueError(f"[norm] there is no norm of order {order!r} of {what}")


def _of_vectors(x: Any, order: float, axis: int, keepdims: bool) -> Tensor:
    if order == 2:
        return norm(x, axis=axis, keepdims=keepdims)
    if order == 0:
        return total(cast(not_equal(x, 0), x.dtype), axis, keepdims)
    size = magnitude(x)
    if math.isinf(order):
        return (greatest if order > 0 else least)(size, axis, keepdims)
    if order == 1:
        return total(size, axis, keepdims)
    return power(total(power(size, order), axis, keepdims), 1 / order)
