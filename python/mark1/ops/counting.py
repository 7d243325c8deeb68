"""How often numbers occur: bincount, histogram, multi_hot. None of them has a gradient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.one_hot import one_hot
from mark1.ops.searching import searchsorted


def bincount(x: Any, weights: Any = None, minlength: int = 0, sparse: bool = False) -> Tensor:
    """How often each number occurs, or what those that weigh it sum up to.

    The length of the result depends on the greatest number: a look at it tells, and a step that
    does so runs in Python. `segment_sum` with a number of segments needs none.

    Args:
        x: integers from 0 on, (n,) or (rows, n).
        weights: of x's shape; each counts 1 if None.
        minlength: length of the result if no number asks for more.
        sparse: sparse tensors are not supported.

    Returns:
        (length,) or (rows, length): int32, or of the weights' dtype.

    Raises:
        ValueError: if x has more axes, or a number is negative.
        TypeError: if x is not of integers, or a sparse tensor is asked for.

    Example:
        >>> import mark1
        >>> mark1.ops.bincount([0, 2, 2]).numpy()
        array([1, 0, 2], dtype=int32)
    """
    x = _core.convert(x)
    if sparse:
        raise TypeError("[bincount] sparse tensors are not supported")
    if not 1 <= len(x.shape) <= 2:
        raise ValueError(f"[bincount] needs one or two axes (x: {x.shape})")
    if x.dtype not in ("int32", "int64"):
        raise TypeError(f"[bincount] needs integers, got {x.dtype}")
    length = max(minlength, 1 + int(_core.max(x, None, False)) if x.size else 0)
    w = _core.full(x.shape, 1.0, "float64") if weights is None else _core.convert(weights)
    if w.shape != x.shape:
        raise ValueError(f"[bincount] needs one weight each (x: {x.shape}, weights: {w.shape})")
    dtype = "int32" if weights is None else w.dtype
    if not w.dtype.startswith("float"):
        w = _core.cast(w, "float64")
    if len(x.shape) == 1:
        return _core.cast(_core.scatter_add(w, x, length), dtype)
    # Rows one behind the other: each has bins of its own.
    rows = x.shape[0]
    if x.size and int(_core.min(x, None, False)) < 0:
        raise ValueError("[bincount] numbers must not be negative")
    first = _core.convert(np.arange(rows, dtype=x.dtype)[:, None] * length)
    places = _core.reshape(_core.add(x, first), (x.size,))
    counts = _core.scatter_add(_core.reshape(w, (x.size,)), places, rows * length)
    return _core.cast(_core.reshape(counts, (rows, length)), dtype)


def histogram(
    x: Any, bins: int = 10, range: Sequence[float] | None = None
) -> tuple[Tensor, Tensor]:
    """How many elements lie in each of some intervals of equal width.

    Args:
        x: Tensor, Variable or array; it is flattened. Integers become float32.
        bins: number of intervals, the last of which includes its upper bound.
        range: where the first begins and the last ends; the least and the greatest element if None.

    Returns:
        int32 counts (bins,) and bounds (bins + 1,) in x's dtype.

    Raises:
        ValueError: if there is no interval, or the range is empty.

    Example:
        >>> import mark1
        >>> counts, bounds = mark1.ops.histogram([1.0, 2.0, 2.5, 5.0], bins=2)
        >>> counts.numpy(), bounds.numpy()
        (array([3, 1], dtype=int32), array([1., 3., 5.], dtype=float32))
    """
    x = _core.convert(x)
    x = _core.reshape(x if x.dtype.startswith("float") else _core.cast(x, "float32"), (x.size,))
    if not isinstance(bins, int) or bins < 1:
        raise ValueError(f"[histogram] bins must be a positive number, got {bins!r}")
    if range is not None and not range[0] < range[1]:
        raise ValueError(f"[histogram] range must ascend, got {range}")
    if range is None and x.size == 0:
        range = (0.0, 1.0)
    if range is None:
        low, high = _core.min(x, None, False), _core.max(x, None, False)
        # Of equal elements the interval is one wide, and they are in its middle.
        half = _core.where(_core.equal(low, high), 0.5, 0.0)
        low, high = _core.subtract(low, half), _core.add(high, half)
    else:
        low, high = (_core.convert(bound, x.dtype) for bound in range)
    index = _core.convert(np.arange(bins + 1), x.dtype)
    width = _core.divide(_core.subtract(high, low), bins)
    bounds = _core.add(_core.multiply(index, width), low)
    bounds = _core.where(_core.equal(index, bins), high, bounds)
    inside = _core.logical_and(_core.greater_equal(x, low), _core.less_equal(x, high))
    places = _core.subtract(searchsorted(bounds, x, "right"), 1)
    places = _core.maximum(_core.minimum(places, bins - 1), 0)
    counts = _core.scatter_add(_core.cast(inside, "float64"), places, bins)
    return _core.cast(counts, "int32"), bounds


def multi_hot(
    inputs: Any,
    num_classes: int,
    axis: int = -1,
    dtype: str = "float32",
    sparse: bool = False,
) -> Tensor:
    """For each class whether it is among some class numbers.

    Args:
        inputs: class numbers (n,) or (rows, n); one that names no class counts for none.
        num_classes: how many classes there are.
        axis: where the axis of classes goes, among those of `one_hot(inputs)`.
        dtype: of the result.
        sparse: sparse tensors are not supported.

    Returns:
        A tensor (num_classes,) or (rows, num_classes) of zeros and ones.

    Raises:
        TypeError: if a sparse tensor is asked for.

    Example:
        >>> import mark1
        >>> mark1.ops.multi_hot([[0, 2], [1, 1]], 3).numpy()
        array([[1., 0., 1.],
               [0., 1., 0.]], dtype=float32)
    """
    if sparse:
        raise TypeError("[multi_hot] sparse tensors are not supported")
    hits = one_hot(inputs, num_classes, axis, dtype)
    return _core.max(hits, 1 if len(hits.shape) > 2 else 0, False)
