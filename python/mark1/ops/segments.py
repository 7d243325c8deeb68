"""Rows put together by the number of a segment: segment_sum, segment_prod, segment_max, _min."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.binary import maximum, minimum
from mark1.ops.broadcast import multiply
from mark1.ops.cast import cast
from mark1.ops.concatenate import concatenate
from mark1.ops.gather import scatter_add, take
from mark1.ops.reshape import reshape
from mark1.ops.rounding import _as_tensor, _floating
from mark1.ops.slice import getitem
from mark1.ops.where import where


def segment_sum(
    data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
) -> Tensor:
    """The sums of the rows of each segment, rows ascending.

    Args:
        data: Tensor, Variable or array (n, ...).
        segment_ids: the segment of each row, in `[0, num_segments)`; int32 or int64 (n,).
        num_segments: how many there are. If None, a look at the ids tells, and a step that does so
            runs in Python.
        sorted: accepted for Keras' sake.

    Returns:
        A tensor (num_segments, ...) of the data's dtype; 0 for a segment without rows.

    Raises:
        ValueError: if an id is out of range.

    Example:
        >>> import mark1
        >>> mark1.ops.segment_sum([1.0, 2.0, 4.0], [0, 1, 0], 2).numpy()
        array([5., 2.], dtype=float32)
    """
    data, ids, n = _prepared(data, segment_ids, num_segments)
    if _floating(data):
        return scatter_add(data, ids, n)
    return cast(scatter_add(cast(data, "float64"), ids, n), data.dtype)


def segment_prod(
    data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
) -> Tensor:
    """The products of the rows of each segment.

    Args:
        data: Tensor, Variable or array (n, ...).
        segment_ids: the segment of each row, in `[0, num_segments)`; int32 or int64 (n,).
        num_segments: how many there are. If None, a look at the ids tells, and a step that does so
            runs in Python.
        sorted: accepted for Keras' sake.

    Returns:
        A tensor (num_segments, ...) of the data's dtype; 1 for a segment without rows.

    Raises:
        ValueError: if an id is out of range.

    Example:
        >>> import mark1
        >>> mark1.ops.segment_prod([3.0, 2.0, 4.0], [0, 1, 0], 2).numpy()
        array([12.,  2.], dtype=float32)
    """
    data, ids, n = _prepared(data, segment_ids, num_segments)
    return _combined(multiply, data, ids, n, 1)


def segment_max(
    data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
) -> Tensor:
    """The greatest element of each segment, in each column. The gradient goes to one winner.

    Args:
        data: Tensor, Variable or array (n, ...).
        segment_ids: the segment of each row, in `[0, num_segments)`; int32 or int64 (n,).
        num_segments: how many there are. If None, a look at the ids tells, and a step that does so
            runs in Python.
        sorted: accepted for Keras' sake.

    Returns:
        A tensor (num_segments, ...) of the data's dtype; for a segment without rows minus infinity,
        or the least integer.

    Raises:
        ValueError: if an id is out of range.

    Example:
        >>> import mark1
        >>> mark1.ops.segment_max([3.0, 2.0, 4.0], [0, 1, 0], 2).numpy()
        array([4., 2.], dtype=float32)
    """
    data, ids, n = _prepared(data, segment_ids, num_segments)
    return _combined(
        maximum, data, ids, n, -np.inf if _floating(data) else np.iinfo(data.dtype).min
    )


def segment_min(
    data: Any, segment_ids: Any, num_segments: int | None = None, sorted: bool = False
) -> Tensor:
    """The smallest element of each segment, in each column. The gradient goes to one winner.

    Args:
        data: Tensor, Variable or array (n, ...).
        segment_ids: the segment of each row, in `[0, num_segments)`; int32 or int64 (n,).
        num_segments: how many there are. If None, a look at the ids tells, and a step that does so
            runs in Python.
        sorted: accepted for Keras' sake.

    Returns:
        A tensor (num_segments, ...) of the data's dtype; for a segment without rows infinity, or
        the greatest integer.

    Raises:
        ValueError: if an id is out of range.

    Example:
        >>> import mark1
        >>> mark1.ops.segment_min([3.0, 2.0, 4.0], [0, 1, 0], 2).numpy()
        array([3., 2.], dtype=float32)
    """
    data, ids, n = _prepared(data, segment_ids, num_segments)
    return _combined(minimum, data, ids, n, np.inf if _floating(data) else np.iinfo(data.dtype).max)


def last_places(ids: Tensor, n: int) -> tuple[Tensor, Tensor, Tensor]:
    """Where the rows of segments are, in the order of their ids.

    Args:
        ids: the segment of each row, in `[0, n)`; int32 or int64 (rows,), at least one.
        n: number of segments.

    Returns:
        The rows' places in that order (int32, rows); where in it each segment ends (int32, n; 0 for
        one without rows); and whether it has rows (bool, n).

    Example:
        >>> import mark1
        >>> from mark1.ops.segments import last_places
        >>> order, last, filled = last_places(mark1.ops.convert_to_tensor([2, 0, 2]), 3)
        >>> order.numpy(), last.numpy(), filled.numpy()
        (array([1, 0, 2], dtype=int32), array([0, 0, 2], dtype=int32), array([ True, False,  True]))
    """
    order = _core.argsort(ids, False, ids.shape[0])
    counts = _core.scatter_add(_core.full(ids.shape, 1.0, "float64"), ids, n)
    ends = _core.cast(_core.cumsum(counts, 0, False), "int32")
    return order, _core.maximum(_core.subtract(ends, 1), 0), _core.greater(counts, 0)


def _combined(
    combine: Callable[[Any, Any], Tensor], data: Any, ids: Tensor, n: int, empty: float
) -> Tensor:
    """Rows combined by segment, in an order that the ids alone decide.

    With rows sorted by segment, the window that row i stands for is doubled until it reaches back
    to the segment's first row. Source: W. D. Hillis, G. L. Steele: Data parallel algorithms.
    Communications of the ACM 29 (12), 1986.
    """
    rows = data.shape[0]
    if rows == 0:
        return _core.full((n, *data.shape[1:]), empty, data.dtype)
    order, last, filled = last_places(ids, n)
    x, ids = take(data, order, 0), _core.gather(ids, order)
    others = [1] * (len(data.shape) - 1)
    reach = 1
    while reach < rows:
        behind, ahead = slice(None, rows - reach), slice(reach, None)
        same = reshape(_core.equal(ids[ahead], ids[behind]), (rows - reach, *others))
        here = getitem(x, ahead)
        joined = where(same, combine(getitem(x, behind), here), here)
        x = concatenate([getitem(x, slice(None, reach)), joined])
        reach *= 2
    return where(reshape(filled, (n, *others)), take(x, last, 0), empty)


def _prepared(data: Any, segment_ids: Any, num_segments: int | None) -> tuple[Any, Tensor, int]:
    data, ids = _as_tensor(data), _core.convert(segment_ids)
    if len(ids.shape) != 1 or data.shape[:1] != ids.shape:
        raise ValueError(
            f"[segment] needs one id for each row (data: {data.shape}, segment_ids: {ids.shape})"
        )
    if num_segments is None:
        num_segments = 1 + int(_core.max(ids, None, False)) if ids.size else 0
    return data, ids, num_segments
