"""Longer or shorter axes by linear interpolation."""

from __future__ import annotations

from typing import Any

import numpy as np

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.broadcast import add, multiply, subtract
from mark1.ops.gather import take
from mark1.ops.reshape import normalize_axes


def interpolate(x: Any, size: int, axis: int) -> Tensor:
    """Linear interpolation along an axis, elements being intervals of equal width.

    y[i] = x[j] + w (x[j + 1] - x[j]) with j + w = (i + 1/2) n / size - 1/2; places before the first
    and behind the last centre take its value. Several axes are interpolated one after the other.

    Args:
        x: floating-point Tensor or Variable; any shape.
        size: the new size of the axis.
        axis: the axis, of n elements.

    Returns:
        A tensor of x's dtype; x itself if the size stays.

    Raises:
        ValueError: if the size is not positive, the axis is empty or not there.

    Source:
        The convention of half pixels, as in `tf.image.resize` and `keras.ops.image.resize`.

    Example:
        >>> import mark1
        >>> from mark1.ops.resize import interpolate
        >>> interpolate(mark1.ops.convert_to_tensor([0.0, 4.0]), 4, 0).numpy()
        array([0., 1., 3., 4.], dtype=float32)
    """
    (along,) = normalize_axes("interpolate", axis, len(x.shape))
    n = x.shape[along]
    if size < 1 or n < 1:
        raise ValueError(f"[interpolate] needs elements, got size={size} (x: {x.shape})")
    if size == n:
        out: Tensor = x.value if isinstance(x, _core.Variable) else x
        return out
    place = (np.arange(size) + 0.5) * n / size - 0.5
    low = np.floor(place)
    inside = (low >= 0) & (low < n - 1)
    weight = np.where(inside, place - low, 0.0)
    left = np.clip(low, 0, n - 1).astype(np.int32)
    right = np.minimum(left + 1, n - 1).astype(np.int32)
    shape = [1] * len(x.shape)
    shape[along] = size
    first = take(x, left, along)
    step = subtract(take(x, right, along), first)
    return add(first, multiply(_core.convert(weight.reshape(shape).astype(x.dtype)), step))
