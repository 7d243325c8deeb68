"""What lies at any places of an array: keras.ops.image.map_coordinates."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.affine_transform import _MODES
from mark1.ops.binary import mod
from mark1.ops.broadcast import add, multiply, subtract
from mark1.ops.cast import cast
from mark1.ops.compare import greater_equal, less, logical_and
from mark1.ops.gather import take
from mark1.ops.moments import _as_float
from mark1.ops.reshape import reshape
from mark1.ops.rounding import _as_tensor, clip, floor
from mark1.ops.rounding import abs as magnitude
from mark1.ops.rounding import round as rounded
from mark1.ops.slice import getitem
from mark1.ops.where import where


def map_coordinates(
    inputs: Any,
    coordinates: Any,
    order: int,
    fill_mode: str = "constant",
    fill_value: float = 0.0,
) -> Tensor:
    """The values of an array at places between its elements.

    y[...] = sum over the corners of the cell around the place of the product of the distances to
    the opposite one, per axis, times the corner's value; or the value of the nearest element, of
    two the even one.

    Args:
        inputs: Tensor, Variable or array of any rank of at least 1. Integers become float32.
        coordinates: the places, a tensor (rank of inputs, ...); or one of each axis.
        order: 1, or 0 for the nearest element.
        fill_mode: what lies around the array: "constant" (`fill_value`), "nearest" (the last
            elements), "wrap" (the array again), "mirror" or "reflect" (it turned round, the last
            element not repeated or repeated).
        fill_value: a number.

    Returns:
        A floating-point tensor of the shape of the places of one axis.

    Raises:
        ValueError: if there are not as many coordinates as axes, or an option is not known.

    Source:
        `scipy.ndimage.map_coordinates`, whose "grid-constant" and "grid-wrap" the first and third
        mode are.

    Example:
        >>> import mark1
        >>> x = mark1.ops.reshape(mark1.ops.arange(4.0), (2, 2))
        >>> mark1.ops.image.map_coordinates(x, [[0.5, 1.0], [0.5, 0.25]], 1).numpy()
        array([1.5 , 2.25], dtype=float32)
    """
    op = "map_coordinates"
    x = _as_float(inputs)
    if isinstance(coordinates, (list, tuple)):
        places = [cast(_as_tensor(axis), x.dtype) for axis in coordinates]
    else:
        stacked = cast(_as_tensor(coordinates), x.dtype)
        places = [getitem(stacked, i) for i in range(stacked.shape[0])] if stacked.shape else []
    if not x.shape or len(places) != len(x.shape):
        raise ValueError(
            f"[{op}] needs coordinates of each axis, got {len(places)} (inputs: {x.shape})"
        )
    if order not in (0, 1):
        raise ValueError(f"[{op}] order must be 0 or 1, got {order!r}")
    if fill_mode not in _MODES:
        known = ", ".join(map(repr, _MODES))
        raise ValueError(f"[{op}] fill_mode must be one of {known}, got {fill_mode!r}")
    if 0 in x.shape:
        raise ValueError(f"[{op}] needs an array of at least one element (inputs: {x.shape})")
    flat = reshape(x, (-1,))
    strides = np.cumprod((1, *x.shape[:0:-1]))[::-1].tolist()
    sides = [
        _elements(place, n, order, fill_mode) for place, n in zip(places, x.shape, strict=True)
    ]
    y: Any = None
    for corner in itertools.product(*sides):
        place: Any = 0
        weight = inside = None
        for (element, share, known), stride in zip(corner, strides, strict=True):
            place = add(place, multiply(element, stride))
            if share is not None:
                weight = share if weight is None else multiply(weight, share)
            if known is not None:
                inside = known if inside is None else logical_and(inside, known)
        value = take(flat, place)
        if inside is not None:
            value = where(inside, value, fill_value)
        value = value if weight is None else multiply(weight, value)
        y = value if y is None else add(y, value)
    out: Tensor = y
    return out


def _elements(place: Tensor, n: int, order: int, mode: str) -> list[tuple[Any, Any, Any]]:
    """The elements about a place along an axis: which, what each counts, whether it is there."""
    low = floor(place) if order else rounded(place)
    # Conversions of what does not fit are to be avoided; so far out nothing is told apart.
    first = _core.cast(clip(low, -(2.0**60), 2.0**60), "int64")
    if not order:
        return [_side(first, n, mode, None)]
    share = subtract(place, low)
    return [
        _side(first, n, mode, subtract(1.0, share)),
        _side(add(first, 1), n, mode, share),
    ]


def _side(i: Tensor, n: int, mode: str, share: Any) -> tuple[Any, Any, Any]:
    inside = logical_and(greater_equal(i, 0), less(i, n)) if mode == "constant" else None
    return _within(i, n, mode), share, inside


def _within(i: Tensor, n: int, mode: str) -> Tensor:
    """The element that stands for element i of an axis of n."""
    if mode in ("constant", "nearest"):
        return clip(i, 0, n - 1)
    if mode == "wrap":
        return mod(i, n)
    if mode == "mirror":
        if n == 1:
            return multiply(i, 0)
        return magnitude(subtract(mod(add(i, n - 1), 2 * (n - 1)), n - 1))
    turned = mod(i, 2 * n)
    return where(less(turned, n), turned, subtract(2 * n - 1, turned))
