"""Numbers in even steps: arange, linspace, logspace, geomspace, and grids of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.binary import power
from mark1.ops.broadcast import add, divide, multiply, subtract
from mark1.ops.cast import cast
from mark1.ops.copy import broadcast_to, moveaxis
from mark1.ops.moments import _as_float
from mark1.ops.reshape import reshape
from mark1.ops.rounding import floor
from mark1.ops.where import where


def arange(start: Any, stop: Any = None, step: Any = None, dtype: str | None = None) -> Tensor:
    """Numbers from start up to stop, which is left out: `start + i step`.

    Args:
        start: the first number; with it alone, where to stop, and the first is 0.
        stop: where to stop.
        step: from one number to the next; 1 if None.
        dtype: of the result; int32 if all three are whole numbers of Python, else float32.

    Returns:
        A tensor of one axis, which is empty if stop is not ahead.

    Raises:
        TypeError: if one of them is a tensor, as the shape depends on them.
        ValueError: if step is 0.

    Example:
        >>> import mark1
        >>> mark1.ops.arange(3).numpy(), mark1.ops.arange(1.0, 2.0, 0.25).numpy()
        (array([0, 1, 2], dtype=int32), array([1.  , 1.25, 1.5 , 1.75], dtype=float32))
    """
    if stop is None:
        start, stop = 0, start
    step = 1 if step is None else step
    for value in (start, stop, step):
        if isinstance(value, (Tensor, _core.Variable)):
            raise TypeError("[arange] start, stop and step must be numbers: the shape follows")
    if step == 0:
        raise ValueError(f"[arange] step must not be 0 (start: {start}, stop: {stop})")
    n = max(0, math.ceil((stop - start) / step))
    whole = all(isinstance(value, (int, np.integer)) for value in (start, stop, step))
    # Two roundings per number, wherever NumPy was compiled; np.arange itself may fuse them.
    values = np.arange(n) * step + start
    return _core.convert(values.astype(dtype or ("int32" if whole else "float32")))


def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: str | None = None,
    axis: int = 0,
) -> Any:
    """Numbers in even steps from start to stop.

    `start + i (stop - start) / (num - 1)`, by num without the end point. The last is stop itself.

    Args:
        start: the first number; a tensor gives as many lines as it has elements.
        stop: the last one, or that behind the last one; the shapes broadcast together.
        num: how many.
        endpoint: whether stop is among them.
        retstep: whether the step is returned as well.
        dtype: of the result; float32 for Python's numbers if None.
        axis: where the new axis goes, counted in the result.

    Returns:
        A tensor with an axis of size num; with `retstep` it and the step.

    Raises:
        ValueError: if num is negative.

    Example:
        >>> import mark1
        >>> mark1.ops.linspace(0, 1, 5).numpy()
        array([0.  , 0.25, 0.5 , 0.75, 1.  ], dtype=float32)
    """
    if num < 0:
        raise ValueError(f"[linspace] num must not be negative, got {num}")
    numbers = _are_numbers(start, stop)
    # Python's numbers are rounded once, at the end.
    a, b = (_core.convert(v, "float64") if numbers else _as_float(v) for v in (start, stop))
    step = divide(subtract(b, a), max(1, num - 1 if endpoint else num))
    index = _core.convert(np.arange(num), step.dtype)
    index = reshape(index, (num, *[1] * len(step.shape)))
    y = add(multiply(index, step), a)
    if endpoint and num > 1:
        y = where(_core.equal(index, num - 1), b, y)
    if dtype is not None and not dtype.startswith("float"):
        y = floor(y)
    y = cast(y, dtype or ("float32" if numbers else y.dtype))
    y = y if axis == 0 else moveaxis(y, 0, axis)
    return (y, cast(step, y.dtype)) if retstep else y


def logspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    base: Any = 10,
    dtype: str | None = None,
    axis: int = 0,
) -> Tensor:
    """Powers of a base whose exponents are those of `linspace`: each is the last times a constant.

    Args:
        start: the first exponent.
        stop: the last one, or that behind the last one.
        num: how many.
        endpoint: whether stop is among them.
        base: what is raised to them.
        dtype: of the result; float32 for Python's numbers if None.
        axis: where the new axis goes, counted in the result.

    Returns:
        A tensor with an axis of size num.

    Raises:
        ValueError: if num is negative.

    Example:
        >>> import mark1
        >>> mark1.ops.logspace(0, 3, 4).numpy()
        array([   1.,   10.,  100., 1000.], dtype=float32)
    """
    numbers = _are_numbers(start, stop)
    exponents = linspace(start, stop, num, endpoint, False, "float64" if numbers else None, axis)
    y = power(_core.convert(base, "float64") if numbers else base, exponents)
    return cast(y, dtype or ("float32" if numbers else y.dtype))


def geomspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    dtype: str | None = None,
    axis: int = 0,
) -> Tensor:
    """Numbers from start to stop, each of which is the last times a constant.

    `start (stop / start)^(i / (num - 1))`, by num without the end point.

    Args:
        start: the first number, not 0.
        stop: the last one, or that behind the last one; of start's sign.
        num: how many.
        endpoint: whether stop is among them; it is then the last one, exactly.
        dtype: of the result; float32 for Python's numbers if None.
        axis: where the new axis goes, counted in the result.

    Returns:
        A tensor with an axis of size num.

    Raises:
        ValueError: if num is negative.

    Example:
        >>> import mark1
        >>> mark1.ops.geomspace(1, 8, 4).numpy()
        array([1., 2., 4., 8.], dtype=float32)
    """
    numbers = _are_numbers(start, stop)
    a, b = (_core.convert(v, "float64") if numbers else _as_float(v) for v in (start, stop))
    ratio = divide(b, a)
    share = linspace(0.0, 1.0, num, endpoint, dtype=ratio.dtype)
    share = reshape(share, (num, *[1] * len(ratio.shape)))
    y = multiply(a, power(ratio, share))
    if endpoint and num > 1:
        y = where(_core.equal(share, 1), b, y)
    y = cast(y, dtype or ("float32" if numbers else y.dtype))
    return y if axis == 0 else moveaxis(y, 0, axis)


def meshgrid(*x: Any, indexing: str = "xy") -> list[Tensor]:
    """Tensors of a grid's coordinates, of which each x lists those along one axis.

    Args:
        *x: Tensors, Variables or arrays of one axis, or numbers.
        indexing: "ij" for one axis after the other, "xy" for the first two exchanged.

    Returns:
        A list of tensors, one for each x, all of the grid's shape.

    Raises:
        ValueError: if `indexing` is neither.

    Example:
        >>> import mark1
        >>> xs, ys = mark1.ops.meshgrid([1, 2, 3], [10, 20])
        >>> xs.numpy()
        array([[1, 2, 3],
               [1, 2, 3]], dtype=int32)
    """
    if indexing not in ("xy", "ij"):
        raise ValueError(f"[meshgrid] indexing must be 'xy' or 'ij', got {indexing!r}")
    lines = [reshape(line, -1) for line in x]
    order = list(range(len(lines)))
    if indexing == "xy" and len(lines) > 1:
        order[:2] = [1, 0]
    shape = [lines[i].shape[0] for i in order]
    return [
        broadcast_to(reshape(line, [-1 if j == i else 1 for j in order]), shape)
        for i, line in enumerate(lines)
    ]


def _are_numbers(*values: Any) -> bool:
    return all(isinstance(value, (int, float, np.number)) for value in values)
