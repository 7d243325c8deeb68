"""Places of values: searchsorted, digitize, isin, argpartition, unravel_index, in_top_k."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.compare import equal, logical_and, logical_not
from mark1.ops.rounding import _as_tensor
from mark1.ops.sort import argsort


def searchsorted(sorted_sequence: Any, values: Any, side: str = "left") -> Tensor:
    """Where values would have to be inserted into a sorted sequence, by halving.

    Args:
        sorted_sequence: Tensor, Variable or array (n,), ascending, NaN last.
        values: Tensor, Variable or array; any shape.
        side: "left" for before elements that are equal, "right" for behind them.

    Returns:
        An int32 tensor of the shape of values, in `[0, n]`.

    Raises:
        ValueError: if the sequence has not one axis, or the side is neither.

    Example:
        >>> import mark1
        >>> mark1.ops.searchsorted([1.0, 2.0, 3.0], [2.0, 9.0]).numpy()
        array([1, 3], dtype=int32)
    """
    line, values = _core.convert(sorted_sequence), _core.convert(values)
    if len(line.shape) != 1:
        raise ValueError(f"[searchsorted] needs one sorted axis (sorted_sequence: {line.shape})")
    if side not in ("left", "right"):
        raise ValueError(f"[searchsorted] side must be 'left' or 'right', got {side!r}")
    n = line.shape[0]
    below = _core.less if side == "left" else _core.less_equal
    places = _core.full(values.shape, 0, "int32")
    if n == 0:
        return places
    missing = _core.isnan(values)
    step = 1 << (n.bit_length() - 1)
    while step:
        # The last of `step` more elements: if it is below the value, all of them are.
        there = _core.add(places, step)
        element = _core.gather(line, _core.subtract(_core.minimum(there, n), 1))
        nan = _core.isnan(element)
        # NaN is above every number, and equal to itself.
        level = _core.logical_not(nan) if side == "left" else _core.full((), 1, "bool")
        ahead = _core.logical_or(below(element, values), _core.logical_and(missing, level))
        ahead = _core.logical_and(ahead, _core.less_equal(there, n))
        places = _core.where(ahead, there, places)
        step //= 2
    return places


def digitize(x: Any, bins: Any) -> Tensor:
    """The number of the interval in which each element lies.

    Args:
        x: Tensor, Variable or array; any shape.
        bins: ascending bounds (n,).

    Returns:
        An int32 tensor of x's shape: i for `bins[i - 1] <= x < bins[i]`, 0 below all of
        them, n from the last one on.

    Raises:
        ValueError: if the bins have not one axis.

    Example:
        >>> import mark1
        >>> mark1.ops.digitize([0.5, 1.0, 7.0], [1.0, 3.0]).numpy()
        array([0, 1, 2], dtype=int32)
    """
    return searchsorted(bins, x, "right")


def isin(x1: Any, x2: Any, assume_unique: bool = False, invert: bool = False) -> Tensor:
    """Whether elements of x1 are among those of x2.

    Args:
        x1: Tensor, Variable or array; any shape.
        x2: likewise; a NaN is never among them.
        assume_unique: accepted for Keras' sake.
        invert: whether the opposite is asked for.

    Returns:
        A bool tensor of the shape of x1.

    Example:
        >>> import mark1
        >>> mark1.ops.isin([1, 2, 3], [3, 1, 7]).numpy()
        array([ True, False,  True])
    """
    x, line = _core.convert(x1), _core.convert(x2)
    n = line.size
    if n == 0:
        return _core.full(x.shape, int(invert), "bool")
    line = _core.gather(_core.reshape(line, (n,)), argsort(line, None))
    nearest = _core.gather(line, _core.minimum(searchsorted(line, x), n - 1))
    found = equal(nearest, x)
    return logical_not(found) if invert else found


def argpartition(x: Any, kth: int, axis: int | None = -1) -> Tensor:
    """Places of elements such that those of the kth smallest come first; they are all in order.

    Args:
        x: Tensor, Variable or array; any shape.
        kth: which element is where it would be if x were sorted: here every one is.
        axis: the axis; x is flattened if None.

    Returns:
        An int32 tensor of x's shape.

    Raises:
        ValueError: if the axis is out of range.

    Example:
        >>> import mark1
        >>> mark1.ops.argpartition([3.0, 1.0, 2.0], 1).numpy()
        array([1, 2, 0], dtype=int32)
    """
    return argsort(x, axis)


def unravel_index(indices: Any, shape: Sequence[int]) -> tuple[Tensor, ...]:
    """Places in a flattened tensor as places along each axis.

    Args:
        indices: integers, Tensor or array of any shape.
        shape: of the tensor that was flattened.

    Returns:
        A tensor of the shape of indices for each axis.

    Example:
        >>> import mark1
        >>> rows, columns = mark1.ops.unravel_index([1, 5], (2, 3))
        >>> rows.numpy(), columns.numpy()
        (array([0, 1], dtype=int32), array([1, 2], dtype=int32))
    """
    rest, places = _core.convert(indices), []
    for n in reversed(shape):
        places.append(_core.mod(rest, n))
        rest = _core.floor_divide(rest, n)
    return tuple(reversed(places))


def in_top_k(targets: Any, predictions: Any, k: int) -> Tensor:
    """Whether a row's right class is among those with the k greatest predictions.

    Classes with the same prediction are all among them, or none of them.

    Args:
        targets: class numbers (rows,).
        predictions: Tensor, Variable or array (rows, classes).
        k: how many.

    Returns:
        A bool tensor (rows,); false where the prediction for the class is not finite.

    Raises:
        ValueError: if the shapes do not fit, or a target names no class.

    Example:
        >>> import mark1
        >>> mark1.ops.in_top_k([0, 2], [[0.1, 0.7, 0.2], [0.2, 0.1, 0.7]], 1).numpy()
        array([False,  True])
    """
    x, targets = _as_tensor(predictions), _core.convert(targets)
    if len(x.shape) != 2 or targets.shape != x.shape[:1]:
        raise ValueError(
            f"[in_top_k] needs one target for each row (targets: {targets.shape}, "
            f"predictions: {x.shape})"
        )
    chosen = _core.take_along(x, _core.reshape(targets, (x.shape[0], 1)), 1)
    better = _core.sum(_core.greater(x, chosen), 1, False)
    finite = _core.reshape(_core.isfinite(chosen), targets.shape)
    return logical_and(_core.less(better, k), finite)
