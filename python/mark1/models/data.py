"""From arrays to batches."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from mark1 import _core, ops
from mark1._core import Tensor
from mark1.models.checks import as_numbers, report_non_finite, same_length
from mark1.typing import Array


class Batch(NamedTuple):
    """Some samples: inputs (n, ...), targets or None, weights (n,) or None."""

    x: Tensor
    y: Tensor | None
    sample_weight: Tensor | None


class ArrayData:
    """A data set in memory, cut into batches.

    Contiguous arrays of the right dtype are used where they lie; a batch is gathered from them or,
    unshuffled, is a view of them. Others are converted once.

    Args:
        x: inputs (n, ...).
        y: targets (n, ...), or None.
        sample_weight: (n,), or None.
        dtype: floating-point dtype of inputs and weights.
        batch_size: samples per batch; the last batch may have fewer.
    """

    def __init__(
        self, x: Array, y: Array | None, sample_weight: Array | None, dtype: str, batch_size: int
    ) -> None:
        self.x = to_tensor(x, dtype)
        self.y = None if y is None else to_tensor(y, y.dtype.name)
        self.sample_weight = None if sample_weight is None else to_tensor(sample_weight, dtype)
        self.whole = Batch(self.x, self.y, self.sample_weight)
        self.batch_size = batch_size
        self.samples = len(x)
        self.steps = math.ceil(self.samples / batch_size)

    def more(self) -> bool:
        """Whether another epoch can begin: always."""
        return True

    def reset(self) -> None:
        """Let the next epoch begin at the start, as all do."""

    def close(self) -> None:
        """Do nothing: no thread is at work here."""

    def span(self, number: int) -> tuple[int, int]:
        """Return the samples of a batch: the first, and the first that is no more in it."""
        begin = number * self.batch_size
        return begin, min(begin + self.batch_size, self.samples)

    def batches(self, order: Tensor | None = None) -> Iterator[Batch]:
        """Return the batches, in that order of samples (int64, (n,)) or as they lie."""
        for begin in range(0, self.samples, self.batch_size):
            yield self.batch(begin, min(begin + self.batch_size, self.samples), order)

    def batch(self, begin: int, end: int, order: Tensor | None = None) -> Batch:
        """Return the samples from begin up to but not end."""
        rows = None if order is None else order.rows(begin, end)
        parts = (self.x, self.y, self.sample_weight)
        if rows is None:
            return Batch(*(None if p is None else p.rows(begin, end) for p in parts))  # type: ignore[arg-type]
        return Batch(*(None if p is None else ops.take(p, rows, axis=0) for p in parts))  # type: ignore[arg-type]


def to_tensor(array: Array, dtype: str) -> Tensor:
    """Return an array as a tensor that shares its memory if dtype and layout allow it."""
    array = np.ascontiguousarray(array, dtype=dtype)
    return _core.convert(array, dtype, copy=False)


def split_validation(
    arrays: tuple[Array, Array | None, Array | None], split: float
) -> tuple[tuple[Array, Array | None, Array | None], tuple[Array, Array | None, Array | None]]:
    """Cut the tail off for validation, as Keras does, before any shuffling.

    Raises:
        TypeError: split is not a number.
        ValueError: split is not within 0 and 1, or one of the parts would be empty.

    >>> train, val = split_validation((np.arange(10), None, None), 0.2)
    >>> val[0]
    array([8, 9])
    """
    if isinstance(split, bool) or not isinstance(split, (int, float)):
        raise TypeError(f"[fit] validation_split must be a number, got {split!r}")
    if not 0.0 < split < 1.0:
        raise ValueError(f"[fit] validation_split must be at least 0 and below 1, got {split}")
    n = len(arrays[0])
    at = math.floor(n * (1.0 - split))
    if at in (0, n):
        raise ValueError(
            f"[fit] validation_split={split} of {n} samples leaves nothing to "
            + ("train on" if at == 0 else "validate with")
        )
    head = tuple(None if a is None else a[:at] for a in arrays)
    tail = tuple(None if a is None else a[at:] for a in arrays)
    return head, tail  # type: ignore[return-value]


def read_arrays(
    x: Any, y: Any, sample_weight: Any, op: str, prefix: str = ""
) -> tuple[Array, Array | None, Array | None]:
    """Check inputs, targets and weights that belong together, and warn of values not finite.

    Raises:
        TypeError: something is not an array of numbers.
        ValueError: something is empty, irregular, or of another length.
    """
    arrays = check_arrays(x, y, sample_weight, op, prefix)
    for array, name in zip(arrays, ("x", "y", "sample_weight"), strict=True):
        if array is not None:
            report_non_finite(array, f"{prefix}{name}", op)
    return arrays


def check_arrays(
    x: Any, y: Any, sample_weight: Any, op: str, prefix: str = ""
) -> tuple[Array, Array | None, Array | None]:
    """Check inputs, targets and weights that belong together.

    Raises:
        TypeError: something is not an array of numbers.
        ValueError: something is empty, irregular, or of another length.
    """
    xs = as_numbers(x, f"{prefix}x", op)
    ys = None if y is None else as_numbers(y, f"{prefix}y", op)
    ws = None if sample_weight is None else as_numbers(sample_weight, f"{prefix}sample_weight", op)
    same_length({f"{prefix}x": xs, f"{prefix}y": ys, f"{prefix}sample_weight": ws}, op)
    if ws is not None and ws.ndim == 2 and ws.shape[1] == 1:
        ws = ws[:, 0]
    if ws is not None and ws.ndim != 1:
        raise ValueError(
            f"[{op}] {prefix}sample_weight must have one weight per sample, got shape {ws.shape}"
        )
    return xs, ys, ws


def weights_of_classes(
    class_weight: dict[int, float], y: Array, sample_weight: Array | None
) -> Array:
    """Return sample weights from weights of classes; classes not named weigh 1.

    Args:
        class_weight: class number to weight.
        y: class numbers (n,) or (n, 1), or one-hot rows (n, O).
        sample_weight: (n,) to multiply with, or None.

    Raises:
        TypeError: class_weight is not a dictionary of numbers.
        ValueError: y has more than two axes.

    >>> weights_of_classes({1: 2.0}, np.array([0, 1, 1]), None)
    array([1., 2., 2.], dtype=float32)
    """
    if not isinstance(class_weight, dict):
        raise TypeError(
            f"[fit] class_weight must be a dictionary, got {type(class_weight).__name__}"
        )
    for label, weight in class_weight.items():
        numbers = isinstance(label, (int, np.integer)) and isinstance(
            weight, (int, float, np.number)
        )
        if not numbers:
            raise TypeError(
                f"[fit] class_weight must map class numbers to numbers, got {label!r}: {weight!r}"
            )
    if y.ndim > 2:
        raise ValueError(f"[fit] class_weight needs one label per sample, y has shape {y.shape}")
    if y.ndim == 2:
        y = y[:, 0] if y.shape[1] == 1 else y.argmax(axis=1)
    weights = np.ones(len(y), np.float32)
    for label, weight in class_weight.items():
        weights[y == label] = weight
    return weights if sample_weight is None else weights * sample_weight.astype(np.float32)
