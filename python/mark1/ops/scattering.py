"""Elements put where indices say: scatter, scatter_update, slice_update, extract_sequences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.binary import maximum, minimum
from mark1.ops.broadcast import add, multiply
from mark1.ops.cast import cast
from mark1.ops.gather import take
from mark1.ops.reshape import normalize_axes, reshape
from mark1.ops.rounding import _as_tensor
from mark1.ops.segments import last_places, segment_max, segment_min, segment_prod, segment_sum
from mark1.ops.slice import _paste, whole
from mark1.ops.where import where


def scatter(indices: Any, values: Any, shape: Sequence[int]) -> Tensor:
    """Values among zeros; those of equal indices are added up, by ascending position.

    Args:
        indices: int32 or int64 (..., k): places along the first k axes of the result, within it.
        values: Tensor, Variable or array of shape `indices.shape[:-1] + shape[k:]`.
        shape: of the result.

    Returns:
        A tensor of `shape` and of the values' dtype.

    Raises:
        ValueError: if the shapes do not belong together, or an index is out of range.

    Example:
        >>> import mark1
        >>> mark1.ops.scatter([[0, 1], [1, 0], [0, 1]], [1.0, 2.0, 4.0], (2, 2)).numpy()
        array([[0., 5.],
               [2., 0.]], dtype=float32)
    """
    values, rows, n = _rows("scatter", indices, values, shape)
    return reshape(segment_sum(values, rows, n), shape)


def scatter_update(inputs: Any, indices: Any, updates: Any, reduction: str | None = None) -> Tensor:
    """A tensor with other values at some places.

    Args:
        inputs: Tensor, Variable or array.
        indices: int32 or int64 (..., k): places along the first k axes of inputs, within it.
        updates: of shape `indices.shape[:-1] + inputs.shape[k:]`.
        reduction: None to replace what was there, of equal indices the last one counting; "add",
            "mul", "max" or "min" to combine all of them with it.

    Returns:
        A tensor of the shape and dtype of inputs.

    Raises:
        ValueError: if the shapes do not belong together, an index is out of range, or the reduction
            is unknown.

    Example:
        >>> import mark1
        >>> mark1.ops.scatter_update([1.0, 2.0, 3.0], [[2], [0]], [30.0, 10.0]).numpy()
        array([10.,  2., 30.], dtype=float32)
    """
    x = _as_tensor(inputs)
    updates, rows, n = _rows("scatter_update", indices, updates, x.shape)
    updates = cast(updates, x.dtype)
    flat = reshape(x, (n, *updates.shape[1:]))
    if reduction not in (None, "add", "mul", "max", "min"):
        raise ValueError(
            f"[scatter_update] reduction must be None, 'add', 'mul', 'max' or 'min', "
            f"got {reduction!r}"
        )
    if rows.size == 0:
        return reshape(flat, x.shape)
    if reduction == "add":
        return reshape(add(flat, segment_sum(updates, rows, n)), x.shape)
    if reduction == "mul":
        return reshape(multiply(flat, segment_prod(updates, rows, n)), x.shape)
    if reduction == "max":
        return reshape(maximum(flat, segment_max(updates, rows, n)), x.shape)
    if reduction == "min":
        return reshape(minimum(flat, segment_min(updates, rows, n)), x.shape)
    order, last, filled = last_places(rows, n)
    latest = take(updates, _core.gather(order, last), 0)
    filled = reshape(filled, (n, *[1] * (len(updates.shape) - 1)))
    return reshape(where(filled, latest, flat), x.shape)


def slice_update(inputs: Any, start_indices: Sequence[int], updates: Any) -> Tensor:
    """A tensor with a block of other values.

    Args:
        inputs: Tensor, Variable or array.
        start_indices: where the block begins, per axis; numbers of Python.
        updates: the block, within inputs.

    Returns:
        A tensor of the shape and dtype of inputs.

    Raises:
        ValueError: if the block is not within inputs.

    Example:
        >>> import mark1
        >>> mark1.ops.slice_update([[1, 2], [3, 4]], (0, 1), [[20], [40]]).numpy()
        array([[ 1, 20],
               [ 3, 40]], dtype=int32)
    """
    x, block = _as_tensor(inputs), _as_tensor(updates)
    starts = [whole(i) for i in start_indices]
    fits = len(starts) == len(x.shape) == len(block.shape) and all(
        0 <= i <= i + n <= m for i, n, m in zip(starts, block.shape, x.shape, strict=True)
    )
    if not fits:
        raise ValueError(
            f"[slice_update] the block must lie within inputs (inputs: {x.shape}, "
            f"start_indices: {starts}, updates: {block.shape})"
        )
    cuts = [(i, 1, n) for i, n in zip(starts, block.shape, strict=True)]
    inside = _core.paste(_core.full(block.shape, 1, "bool"), x.shape, cuts)
    return where(inside, _paste(cast(block, x.dtype), x.shape, cuts), x)


def extract_sequences(x: Any, sequence_length: int, sequence_stride: int) -> Tensor:
    """Stretches of the last axis, one beginning `sequence_stride` behind the other.

    Args:
        x: Tensor, Variable or array (..., n).
        sequence_length: of each.
        sequence_stride: from the beginning of one to that of the next.

    Returns:
        A tensor (..., count, sequence_length) with all stretches that lie within x.

    Raises:
        ValueError: if length or stride is not positive.

    Example:
        >>> import mark1
        >>> mark1.ops.extract_sequences([1, 2, 3, 4, 5], 3, 2).numpy()
        array([[1, 2, 3],
               [3, 4, 5]], dtype=int32)
    """
    x = _as_tensor(x)
    normalize_axes("extract_sequences", -1, len(x.shape))
    if sequence_length < 1 or sequence_stride < 1:
        raise ValueError(
            f"[extract_sequences] length and stride must be positive, "
            f"got {sequence_length} and {sequence_stride}"
        )
    count = max(0, 1 + (x.shape[-1] - sequence_length) // sequence_stride)
    starts = np.arange(count, dtype=np.int32)[:, None] * sequence_stride
    return take(x, starts + np.arange(sequence_length, dtype=np.int32), -1)


def _rows(op: str, indices: Any, values: Any, shape: Sequence[int]) -> tuple[Any, Tensor, int]:
    """Values as rows, the place of each in a tensor of `shape`, and how many places there are."""
    indices, values = _core.convert(indices), _as_tensor(values)
    k = indices.shape[-1] if indices.shape else 0
    if not indices.shape or values.shape != (*indices.shape[:-1], *shape[k:]) or k > len(shape):
        raise ValueError(
            f"[{op}] values must have the shape of indices without the last axis, and of what "
            f"indices leave (indices: {indices.shape}, values: {values.shape}, shape: {shape})"
        )
    strides = [math.prod(shape[i + 1 : k]) for i in range(k)]
    scale = _core.convert(np.array(strides, dtype=indices.dtype))
    rows = _core.sum(_core.multiply(indices, scale), -1, False)
    return (
        reshape(values, (rows.size, *shape[k:])),
        _core.reshape(rows, (rows.size,)),
        math.prod(shape[:k]),
    )
