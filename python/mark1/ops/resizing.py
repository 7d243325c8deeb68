"""Pictures of another size: keras.ops.image.resize."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.affine_transform import as_batch
from mark1.ops.binary import maximum
from mark1.ops.broadcast import add, divide, multiply, subtract
from mark1.ops.einsum import einsum
from mark1.ops.gather import take
from mark1.ops.pad import pad
from mark1.ops.reduce import sum as total
from mark1.ops.resize import interpolate
from mark1.ops.rounding import abs as magnitude
from mark1.ops.slice import slice as block
from mark1.ops.unary import sin
from mark1.ops.where import where

_METHODS = ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5")


def resize(
    images: Any,
    size: Sequence[int],
    interpolation: str = "bilinear",
    antialias: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    fill_mode: str = "constant",
    fill_value: float = 0.0,
    data_format: str | None = None,
) -> Tensor:
    """Pictures of another size, pixels being squares with values at their centres.

    Args:
        images: Tensor, Variable or array (N, H, W, C), or (H, W, C); (N, C, H, W) or (C, H, W) for
            "channels_first". Integers become float32.
        size: the new height and width.
        interpolation: "bilinear", "nearest", "bicubic", "lanczos3" or "lanczos5".
        antialias: whether a pixel of a smaller picture is made of all that it covers.
        crop_to_aspect_ratio: whether what is too high or too wide for the new size is cut off, as
            much above as below, rather than pressed in.
        pad_to_aspect_ratio: whether the picture is made higher or wider to fit the new size.
        fill_mode: "constant": `fill_value` is what it is padded with.
        fill_value: a number.
        data_format: "channels_last" (if None) or "channels_first".

    Returns:
        A floating-point tensor (N, height, width, C), or what corresponds to the inputs.

    Raises:
        ValueError: if sizes are not positive, an option is not known, or both aspect ratios are
            asked for.

    Source:
        The convention of half pixels, as in `keras.ops.image.resize`; R. Keys: Cubic convolution
        interpolation for digital image processing, 1981.

    Example:
        >>> import mark1
        >>> x = mark1.ops.reshape(mark1.ops.arange(4.0), (1, 4, 1))
        >>> mark1.ops.image.resize(x, (1, 2)).numpy().ravel()
        array([0.5, 2.5], dtype=float32)
    """
    if interpolation not in _METHODS:
        known = ", ".join(map(repr, _METHODS))
        raise ValueError(f"[resize] interpolation must be one of {known}, got {interpolation!r}")
    if fill_mode != "constant":
        raise ValueError(f"[resize] fill_mode must be 'constant', got {fill_mode!r}")
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ValueError("[resize] either crops or pads to the aspect ratio, not both")
    x, put_back = as_batch("resize", images, data_format)
    height, width = size
    if min(height, width, *x.shape[1:3]) < 1:
        raise ValueError(
            f"[resize] needs pictures of at least one pixel (images: {x.shape}, size: {size})"
        )
    if crop_to_aspect_ratio:
        x = _cropped(x, height, width)
    if pad_to_aspect_ratio:
        x = _padded(x, height, width, fill_value)
    for axis, n in ((1, height), (2, width)):
        x = _resized(x, axis, n, interpolation, antialias)
    out: Tensor = put_back(x)
    return out


def _cropped(x: Tensor, height: int, width: int) -> Tensor:
    _, h, w, _ = x.shape
    high = max(min(h, w * height // width), 1)
    wide = max(min(w, h * width // height), 1)
    shape = (x.shape[0], high, wide, x.shape[3])
    return block(x, (0, (h - high) // 2, (w - wide) // 2, 0), shape)


def _padded(x: Tensor, height: int, width: int, value: float) -> Tensor:
    _, h, w, _ = x.shape
    above = (max(h, w * height // width) - h) // 2
    beside = (max(w, h * width // height) - w) // 2
    return pad(x, ((0, 0), (above, above), (beside, beside), (0, 0)), "constant", value)


def _resized(x: Tensor, axis: int, n: int, method: str, antialias: bool) -> Tensor:
    m = x.shape[axis]
    if n == m:
        return x
    if method == "nearest":
        return take(x, ((2 * np.arange(n) + 1) * m // (2 * n)).astype(np.int32), axis)
    if method == "bilinear" and not (antialias and n < m):
        return interpolate(x, n, axis)
    weights = _core.cast(_weights(m, n, method, antialias), x.dtype)
    return einsum("nhwc,hi->niwc" if axis == 1 else "nhwc,wi->nhic", x, weights)


def _weights(m: int, n: int, method: str, antialias: bool) -> Tensor:
    """What each of m pixels counts in each of n, float64 (m, n)."""
    place = _core.convert((np.arange(n) + 0.5) * m / n - 0.5)
    return shares_of_places(place, m, max(m / n, 1.0) if antialias else None, method)


def shares_of_places(place: Tensor, m: int, width: Any, method: str) -> Tensor:
    """What each of m elements counts at places along an axis.

    Args:
        place: float64 (n,).
        m: how many elements there are.
        width: how many of them a place covers; one if None.
        method: "bilinear", "bicubic", "lanczos3" or "lanczos5".

    Returns:
        Columns that sum to 1, or are 0 where there is nothing near; float64 (m, n).

    >>> place = _core.convert(np.array([0.0, 0.25]))
    >>> shares_of_places(place, 2, None, "bilinear").numpy()
    array([[1.  , 0.75],
           [0.  , 0.25]])
    """
    distance = magnitude(subtract(place, _core.convert(np.arange(m, dtype=np.float64)[:, None])))
    values = _kernel(distance if width is None else divide(distance, width), method)
    sums = total(values, 0, True)
    small = _core.less(magnitude(sums), 1000 * 2.0**-23)
    return where(small, 0.0, divide(values, where(small, 1.0, sums)))


def _kernel(x: Tensor, method: str) -> Tensor:
    if method == "bilinear":
        return maximum(subtract(1.0, x), 0.0)
    if method == "bicubic":
        near = _polynomial(x, 1.5, -2.5, 0.0, 1.0)
        far = _polynomial(x, -0.5, 2.5, -4.0, 2.0)
        return where(_core.less(x, 2.0), where(_core.less(x, 1.0), near, far), 0.0)
    radius = 3.0 if method == "lanczos3" else 5.0
    apart = _core.less(1e-3, x)
    angle = multiply(math.pi, where(apart, x, 1.0))
    waves = multiply(sin(angle), sin(divide(angle, radius)))
    values = divide(multiply(waves, radius), multiply(angle, angle))
    return where(apart, where(_core.less(radius, x), 0.0, values), 1.0)


def _polynomial(x: Tensor, *coefficients: float) -> Tensor:
    y: Any = coefficients[0]
    for coefficient in coefficients[1:]:
        y = add(multiply(y, x), coefficient)
    out: Tensor = y
    return out
