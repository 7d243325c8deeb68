"""What comes from outside is looked at once, before anything is computed with it."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from mark1 import _core
from mark1._core import Tensor
from mark1.device_array import DeviceArray, is_on_device
from mark1.typing import Values

_CHUNK = 1 << 20  # elements looked at together: 4 MB of float32, to stay in cache


def positive_integer(value: Any, name: str, op: str, least: int = 1) -> int:
    """Return value as an int.

    Raises:
        TypeError: it is not an integer.
        ValueError: it is below least.

    >>> positive_integer(32, "batch_size", "fit")
    32
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        got = type(value).__name__ if hasattr(value, "__len__") and len(value) > 9 else repr(value)
        if isinstance(value, np.ndarray):
            got = f"an array of shape {value.shape}"
        raise TypeError(f"[{op}] {name} must be an integer, got {got}")
    if value < least:
        raise ValueError(f"[{op}] {name} must be at least {least}, got {value}")
    return int(value)


def as_numbers(data: Any, name: str, op: str) -> Values:
    """Return array-like data as an array of numbers, without a copy where there is an array.

    Args:
        data: array, Tensor, nested list, or anything NumPy can read.
        name: ``"x"`` or ``"y"``, for messages.
        op: what messages begin with.

    Returns:
        Array (n, ...) of a boolean, integer or floating-point dtype, n > 0; a `DeviceArray` if it
        lies on the device in use.

    Raises:
        TypeError: strings, objects, or data that is not an array.
        ValueError: rows of different lengths, a scalar, or nothing at all.

    >>> as_numbers([[1, 2], [3, 4]], "x", "fit").shape
    (2, 2)
    """
    if isinstance(data, DeviceArray):
        return data
    if not isinstance(data, (Tensor, np.ndarray)) and is_on_device(data):
        data = _core.convert(data)
    array: Any
    if isinstance(data, Tensor):
        there = data.device == _core.current_device() != "cpu:0"
        array = DeviceArray(data) if there else data.numpy()
    elif data is None or callable(data) or isinstance(data, (dict, set, str, bytes)):
        raise TypeError(f"[{op}] {name} must be an array, got {type(data).__name__}")
    elif not isinstance(data, (list, tuple)) and not hasattr(data, "__array__"):
        hint = " (a stream of batches is given as x alone)" if _iterable(data) else ""
        raise TypeError(f"[{op}] {name} must be an array, got {type(data).__name__}{hint}")
    else:
        try:
            array = np.asarray(data)
        except ValueError as error:
            raise ValueError(f"[{op}] {name} is not a regular array: {error}") from error
    if array.dtype.kind in "USO":
        kind = "objects" if array.dtype.kind == "O" else "strings"
        first = f", the first is {array.ravel()[:1].tolist()[0]!r}" if array.size else ""
        hint = (
            "convert it with x.astype('float32'), or encode what is not a number"
            if kind == "objects"
            else "encode them as numbers first"
        )
        raise TypeError(
            f"[{op}] {name} must hold numbers, got {kind} (dtype {array.dtype}{first}): {hint}"
        )
    if array.dtype.kind not in "biuf":
        raise TypeError(f"[{op}] {name} must hold numbers, got dtype {array.dtype}")
    if array.ndim == 0:
        raise ValueError(f"[{op}] {name} must have an axis of samples, got a single number")
    if array.size == 0:
        raise ValueError(f"[{op}] {name} is empty (shape {array.shape})")
    found: Values = array
    if not array.dtype.isnative:
        found = array.astype(array.dtype.newbyteorder("="))
    return found


def _iterable(data: Any) -> bool:
    return hasattr(data, "__iter__") or hasattr(data, "__getitem__")


def same_length(arrays: dict[str, Values | None], op: str) -> int:
    """Return the number of samples.

    Raises:
        ValueError: the arrays do not have the same number.

    >>> same_length({"x": np.zeros((3, 2)), "y": np.zeros(3)}, "fit")
    3
    """
    lengths = {name: len(a) for name, a in arrays.items() if a is not None}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name}: {n}" for name, n in lengths.items())
        raise ValueError(f"[{op}] the arrays must have the same number of samples ({listed})")
    return next(iter(lengths.values()))


class NonFiniteWarning(RuntimeWarning):
    """Data holds NaN or infinities."""


def report_non_finite(array: Values, name: str, op: str) -> None:
    """Warn once if an array holds NaN or infinities, saying how many and where the first is.

    >>> report_non_finite(np.zeros(3), "x", "fit")
    """
    found = describe_non_finite(array)
    if found is not None:
        warnings.warn(
            f"[{op}] {name} holds {found}; training goes on, but will likely end in nan",
            NonFiniteWarning,
            stacklevel=5,
        )


def describe_non_finite(array: Values) -> str | None:
    """Return how many values are NaN or infinite and where the first is; None if there are none.

    >>> describe_non_finite(np.array([0.0, np.nan]))
    '1 values that are not finite, the first is nan at 1'
    """
    if array.dtype.kind != "f":
        return None
    if isinstance(array, DeviceArray):
        if array.is_finite():
            return None
        array = np.asarray(array)
    rows = max(1, _CHUNK // max(1, array[0].size))
    count = 0
    first = None
    for begin in range(0, len(array), rows):
        chunk = array[begin : begin + rows]
        # A finite sum needs one pass and no memory; only a bad one is looked at closely.
        with np.errstate(all="ignore"):
            if np.isfinite(chunk.sum(dtype=chunk.dtype)):
                continue
        wrong = ~np.isfinite(chunk)
        found = int(wrong.sum())
        if found and first is None:
            index = np.unravel_index(int(np.flatnonzero(wrong)[0]), chunk.shape)
            first = (begin + int(index[0]), *(int(i) for i in index[1:]))
        count += found
    if first is None:
        return None
    where = first[0] if len(first) == 1 else first
    return f"{count} values that are not finite, the first is {array[first]} at {where}"
