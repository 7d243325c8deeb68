"""Sequences: of different lengths in one array, and windows of a long one, batch by batch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from mark1 import random
from mark1.typing import Array
from mark1.utils.py_dataset import PyDataset


def pad_sequences(
    sequences: Sequence[Any],
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: Any = 0.0,
) -> Array:
    """Put sequences of different lengths into one array.

    Args:
        sequences: lists of numbers, or of rows of one shape.
        maxlen: the length of all; the greatest there is if None.
        dtype: of the array.
        padding: ``"pre"``, shorter ones begin with the value, or ``"post"``, they end with it.
        truncating: ``"pre"``, longer ones lose their beginning, or ``"post"``, their end.
        value: what they are filled up with.

    Returns:
        An array (sequences, maxlen, ...).

    Raises:
        TypeError: something is no sequence.
        ValueError: rows have different shapes, or an option is not known.

    >>> pad_sequences([[1], [2, 3, 4]], maxlen=2)
    array([[0, 1],
           [3, 4]], dtype=int32)
    """
    for name, option in (("padding", padding), ("truncating", truncating)):
        if option not in ("pre", "post"):
            raise ValueError(f"[pad_sequences] {name} must be 'pre' or 'post', got {option!r}")
    if not hasattr(sequences, "__len__"):
        raise TypeError(f"[pad_sequences] takes a list of lists, got {type(sequences).__name__}")
    for sequence in sequences:
        if not hasattr(sequence, "__len__"):
            raise TypeError(
                f"[pad_sequences] takes a list of lists, got {type(sequence).__name__} in it"
            )
    rows = [np.asarray(sequence) for sequence in sequences if len(sequence)]
    shapes = {row.shape[1:] for row in rows}
    if len(shapes) > 1:
        raise ValueError(f"[pad_sequences] rows have different shapes: {sorted(shapes)}")
    length = max(map(len, sequences), default=0) if maxlen is None else maxlen
    shape = shapes.pop() if shapes else ()
    out = np.full((len(sequences), length, *shape), value, dtype)
    for i, sequence in enumerate(sequences):
        kept = min(len(sequence), length)
        if not kept:
            continue
        first = len(sequence) - kept if truncating == "pre" else 0
        place = slice(length - kept, length) if padding == "pre" else slice(kept)
        out[i, place] = np.asarray(sequence[first : first + kept], dtype)
    return out


class _Windows(PyDataset):
    """Batches of windows; see `timeseries_dataset_from_array`."""

    def __init__(
        self, data: Array, targets: Array | None, starts: Array, steps: Array, batch_size: int
    ) -> None:
        super().__init__()
        self._data = data
        self._targets = targets
        self._starts = starts
        self._steps = steps
        self._batch_size = batch_size

    def __len__(self) -> int:
        return math.ceil(len(self._starts) / self._batch_size)

    def __getitem__(self, index: int) -> Any:
        if not -len(self) <= index < len(self):
            raise IndexError(f"there are {len(self)} batches, got index {index}")
        begin = index % len(self) * self._batch_size
        starts = self._starts[begin : begin + self._batch_size]
        x = self._data[starts[:, None] + self._steps]
        return x if self._targets is None else (x, self._targets[starts])


def timeseries_dataset_from_array(
    data: Any,
    targets: Any,
    sequence_length: int,
    sequence_stride: int = 1,
    sampling_rate: int = 1,
    batch_size: int = 128,
    shuffle: bool = False,
    seed: int | None = None,
    start_index: int | None = None,
    end_index: int | None = None,
) -> PyDataset:
    """Windows of a long sequence and their targets, batch by batch.

    Window i holds ``data[s], data[s + sampling_rate], ...`` with
    ``s = start_index + i * sequence_stride``, and its target is ``targets[s]``.

    Args:
        data: an array whose first axis is time.
        targets: an array, or None for windows alone.
        sequence_length: how many elements a window has.
        sequence_stride: how far the next window begins from this one.
        sampling_rate: how far elements of a window are from one another.
        batch_size: windows per batch; the last may have fewer.
        shuffle: whether windows come in random order.
        seed: of this order; taken from the global generator if None.
        start_index: where the part of the data begins that is used; at its start if None.
        end_index: and where it ends; at its end if None.

    Returns:
        A `mark1.utils.PyDataset` of ``(x, y)``, or of ``x``.

    Raises:
        ValueError: a number is out of range, or no window fits.

    >>> data = timeseries_dataset_from_array(np.arange(10), np.arange(10) * 10, 3, batch_size=2)
    >>> x, y = data[1]
    >>> x.tolist(), y.tolist(), len(data)
    ([[2, 3, 4], [3, 4, 5]], [20, 30], 4)
    """
    op = "timeseries_dataset_from_array"
    series = np.asarray(data)
    wanted = None if targets is None else np.asarray(targets)
    begin = 0 if start_index is None else start_index
    end = len(series) if end_index is None else end_index
    if not 0 <= begin < end <= len(series):
        raise ValueError(
            f"[{op}] start_index and end_index must be a part of {len(series)} elements, "
            f"got {start_index} and {end_index}"
        )
    numbers = {
        "sequence_length": sequence_length,
        "sequence_stride": sequence_stride,
        "sampling_rate": sampling_rate,
        "batch_size": batch_size,
    }
    for name, n in numbers.items():
        if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 1:
            raise ValueError(f"[{op}] {name} must be a positive integer, got {n!r}")
    count = end - begin - (sequence_length - 1) * sampling_rate
    if wanted is not None:
        wanted = wanted[begin:end]
        count = min(count, len(wanted))
    if count < 1:
        raise ValueError(
            f"[{op}] no window of {sequence_length} elements, {sampling_rate} apart, fits into "
            f"{end - begin}"
        )
    starts = np.arange(0, count, sequence_stride)
    if shuffle:
        seed = random.make_seed() if seed is None else seed
        starts = starts[np.asarray(random.permutation(len(starts), seed))]
    steps = np.arange(sequence_length) * sampling_rate
    return _Windows(series[begin:end], wanted, starts, steps, int(batch_size))


def normalize(x: Any, axis: int = -1, order: int = 2) -> Array:
    """Divide slices of an array by their norms; those of zeros stay.

    Args:
        x: the array.
        axis: the axis along which norms are taken.
        order: of the norm: ``sum(|x|**order) ** (1 / order)``.

    >>> normalize([[3.0, 4.0], [0.0, 0.0]])
    array([[0.6, 0.8],
           [0. , 0. ]])
    """
    array = np.asarray(x)
    norms = np.linalg.norm(array, order, axis, keepdims=True)
    scaled: Array = array / np.where(norms == 0, 1, norms)
    return scaled
