"""From arrays to batches."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from mark1 import _core, ops
from mark1._core import Tensor
from mark1.device_array import DeviceArray
from mark1.layers.arguments import is_nest
from mark1.models.checks import as_numbers, positive_integer, report_non_finite, same_length
from mark1.models.placement import on_current_device, room_for
from mark1.typing import Array, Values
from mark1.utils.nest import flatten, map_structure


class Batch(NamedTuple):
    """Some samples: inputs (n, ...), targets or None, weights (n,) or None.

    A model with several inputs or outputs has nests of tensors for each.
    """

    x: Any
    y: Any
    sample_weight: Any

    @property
    def samples(self) -> int:
        """How many they are."""
        return int(next(flatten(self.x)).shape[0])


class ArrayData:
    """A data set in memory, cut into batches.

    Contiguous arrays of the right dtype are used where they lie; a batch is gathered from them or,
    unshuffled, is a view of them. Others are converted once. What lies on the device stays there.

    Args:
        x: inputs (n, ...), or a nest of them.
        y: targets (n, ...), likewise, or None.
        sample_weight: (n,), likewise, or None.
        dtype: floating-point dtype of inputs and weights.
        batch_size: samples per batch; the last batch may have fewer.
        keeps_integers: whether inputs of integers stay what they are.
    """

    def __init__(
        self,
        x: Any,
        y: Any,
        sample_weight: Any,
        dtype: str,
        batch_size: int,
        keeps_integers: bool = False,
    ) -> None:
        with room_for(x, y, sample_weight):
            self.whole: Batch = to_batch(x, y, sample_weight, dtype, keeps_integers)
        self.x, self.y, self.sample_weight = self.whole
        self.batch_size = batch_size
        self.samples: int = self.whole.samples
        self.steps: int = math.ceil(self.samples / batch_size)
        #: Where the data lie.
        self.device: str = next(flatten(self.x)).device

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

        def cut(part: Tensor | None) -> Tensor | None:
            if part is None:
                return None
            if rows is None:
                return on_current_device(part.rows(begin, end))
            at = rows if rows.device == part.device else rows.to(part.device)
            return on_current_device(ops.take(part, at, axis=0))

        return Batch(*(map_structure(cut, part) for part in self.whole))


def to_batch(x: Any, y: Any, sample_weight: Any, dtype: str, keeps_integers: bool) -> Batch:
    """Return nests of arrays as nests of tensors, which share their memory if that is possible."""

    def inputs(array: Values) -> Tensor:
        return to_tensor(array, kept_dtype(array, dtype) if keeps_integers else dtype)

    def targets(array: Values | None) -> Tensor | None:
        return None if array is None else to_tensor(array, array.dtype.name)

    def weights(array: Values | None) -> Tensor | None:
        return None if array is None else to_tensor(array, dtype)

    return Batch(
        map_structure(inputs, x), map_structure(targets, y), map_structure(weights, sample_weight)
    )


def kept_dtype(array: Values, dtype: str) -> str:
    """Return the dtype in which inputs are kept that may be integers: the nearest there is.

    >>> kept_dtype(np.zeros(1, np.int16), "float32"), kept_dtype(np.zeros(1), "float32")
    ('int32', 'float32')
    """
    if array.dtype.kind not in "iub":
        return dtype
    if array.dtype.name in ("bool", "uint8", "int32", "int64"):
        return str(array.dtype.name)
    return "int64" if array.dtype.itemsize > 4 or array.dtype == np.uint32 else "int32"


def to_tensor(array: Values, dtype: str) -> Tensor:
    """Return an array as a tensor that shares its memory if dtype and layout allow it."""
    if isinstance(array, DeviceArray):
        return array.astype(dtype).tensor
    return _core.convert(np.ascontiguousarray(array, dtype=dtype), dtype, copy=False)


def split_validation(
    arrays: tuple[Any, Any, Any], split: float
) -> tuple[tuple[Any, Any, Any], tuple[Any, Any, Any]]:
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
    n = len(next(flatten(arrays[0])))
    at = math.floor(n * (1.0 - split))
    if at in (0, n):
        raise ValueError(
            f"[fit] validation_split={split} of {n} samples leaves nothing to "
            + ("train on" if at == 0 else "validate with")
        )
    head = map_structure(lambda a: None if a is None else a[:at], arrays)
    tail = map_structure(lambda a: None if a is None else a[at:], arrays)
    return head, tail


Arrays = tuple[Any, Any, Any]


def first_batches(arrays: Arrays, steps: Any, batch_size: int, name: str, op: str) -> Arrays:
    """Keep what so many batches are cut from; all if steps is None.

    Args:
        arrays: inputs, targets, weights.
        steps: how many batches.
        batch_size: samples per batch.
        name: what the argument is called.
        op: what messages begin with.

    Raises:
        TypeError: steps is not an integer.
        ValueError: it is below 1.

    >>> first_batches((np.arange(10), None, None), 2, 3, "steps", "evaluate")[0].tolist()
    [0, 1, 2, 3, 4, 5]
    """
    if steps is None:
        return arrays
    most = positive_integer(steps, name, op) * batch_size
    return map_structure(  # type: ignore[no-any-return]
        lambda a: None if a is None else a[:most], arrays
    )


def read_arrays(x: Any, y: Any, sample_weight: Any, op: str, prefix: str = "") -> Arrays:
    """Check inputs, targets and weights that belong together, and warn of values not finite.

    Raises:
        TypeError: something is not an array of numbers.
        ValueError: something is empty, irregular, or of another length.
    """
    arrays = check_arrays(x, y, sample_weight, op, prefix)
    for name, array in named_arrays(*arrays, prefix).items():
        if array is not None:
            report_non_finite(array, name, op)
    return arrays


def check_arrays(x: Any, y: Any, sample_weight: Any, op: str, prefix: str = "") -> Arrays:
    """Check inputs, targets and weights that belong together: arrays, or nests of them.

    Raises:
        TypeError: something is not an array of numbers.
        ValueError: something is empty, irregular, or of another length.
    """
    xs = _numbers(x, f"{prefix}x", op)
    ys = None if y is None else _numbers(y, f"{prefix}y", op)
    ws = None if sample_weight is None else _numbers(sample_weight, f"{prefix}sample_weight", op)
    same_length(named_arrays(xs, ys, ws, prefix), op)

    def flat_weights(weights: Values | None) -> Values | None:
        if weights is not None and weights.ndim == 2 and weights.shape[1] == 1:
            weights = weights.reshape(len(weights))
        if weights is not None and weights.ndim != 1:
            raise ValueError(
                f"[{op}] {prefix}sample_weight must have one weight per sample, got shape "
                f"{weights.shape}"
            )
        return weights

    return xs, ys, map_structure(flat_weights, ws)


def _numbers(data: Any, name: str, op: str) -> Any:
    if isinstance(data, dict):
        return {key: _numbers(part, f"{name}[{key!r}]", op) for key, part in data.items()}
    if is_nest(data) and isinstance(data, (list, tuple)):
        parts: list[Any] = [
            None if part is None else _numbers(part, f"{name}[{i}]", op)
            for i, part in enumerate(data)
        ]
        return type(data)(*parts) if hasattr(data, "_fields") else type(data)(parts)
    return as_numbers(data, name, op)


def named_arrays(x: Any, y: Any, sample_weight: Any, prefix: str = "") -> dict[str, Values | None]:
    """Return all arrays by the names that messages give them."""
    found: dict[str, Values | None] = {}
    for name, part in (("x", x), ("y", y), ("sample_weight", sample_weight)):
        arrays = [array for array in flatten(part) if array is not None]
        plain = not isinstance(part, (list, tuple, dict))
        found |= {f"{prefix}{name}{'' if plain else f'[{i}]'}": a for i, a in enumerate(arrays)}
    return found


def weights_of_classes(
    class_weight: dict[int, float], y: Values, sample_weight: Values | None
) -> Array:
    """Return sample weights from weights of classes; classes not named weigh 1.

    Args:
        class_weight: class number to weight.
        y: class numbers (n,) or (n, 1), or one-hot rows (n, O); of a device they are copied.
        sample_weight: (n,) to multiply with, or None.

    Raises:
        TypeError: class_weight is not a dictionary of numbers.
        ValueError: y has more than two axes, or there are several outputs.

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
    if isinstance(y, DeviceArray):
        y = np.asarray(y)
    if not isinstance(y, np.ndarray):
        raise ValueError(
            "[fit] class_weight is for models with one output: give each a sample_weight"
        )
    if y.ndim > 2:
        raise ValueError(f"[fit] class_weight needs one label per sample, y has shape {y.shape}")
    if y.ndim == 2:
        y = y[:, 0] if y.shape[1] == 1 else y.argmax(axis=1)
    weights = np.ones(len(y), np.float32)
    for label, weight in class_weight.items():
        weights[y == label] = weight
    return weights if sample_weight is None else weights * np.asarray(sample_weight, np.float32)


def validation_arrays(data: Any) -> Arrays:
    """Return what is to be validated with, or refuse it."""
    if not isinstance(data, (tuple, list)) or len(data) not in (2, 3):
        raise TypeError(
            "[fit] validation_data must be (x, y) or (x, y, sample_weight), "
            f"got {type(data).__name__}"
        )
    x, y, sample_weight = (*data, None)[:3]
    return read_arrays(x, y, sample_weight, "fit", "validation ")


def as_list(logs: dict[str, float]) -> float | list[float]:
    """Return a single value as it is, several in a list."""
    values = list(logs.values())
    return values[0] if len(values) == 1 else values
