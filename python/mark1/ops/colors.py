"""Colours of pictures: grey, and hue, saturation and value."""

from __future__ import annotations

from typing import Any

import numpy as np

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.binary import maximum, minimum, mod
from mark1.ops.broadcast import add, divide, multiply, subtract
from mark1.ops.concatenate import stack
from mark1.ops.moments import _as_float
from mark1.ops.reduce import max as greatest
from mark1.ops.reduce import min as least
from mark1.ops.reduce import sum as total
from mark1.ops.rounding import abs as magnitude
from mark1.ops.slice import getitem
from mark1.ops.where import where

_GREY = (0.2989, 0.587, 0.114)


def _channel_axis(op: str, x: Tensor, data_format: str | None) -> int:
    if data_format not in (None, "channels_first", "channels_last"):
        raise ValueError(
            f"[{op}] data_format must be 'channels_last' or 'channels_first', got {data_format!r}"
        )
    axis = len(x.shape) - (3 if data_format == "channels_first" else 1)
    if len(x.shape) not in (3, 4) or x.shape[axis] != 3:
        raise ValueError(
            f"[{op}] needs pictures of three channels, (N, H, W, 3) or (H, W, 3), got {x.shape}"
        )
    return axis


def rgb_to_grayscale(images: Any, data_format: str | None = None) -> Tensor:
    """How bright pixels are: 0.2989 red + 0.587 green + 0.114 blue.

    Args:
        images: Tensor, Variable or array (N, H, W, 3), or (H, W, 3); with the channels before
            height and width for "channels_first". Integers become float32.
        data_format: "channels_last" (if None) or "channels_first".

    Returns:
        A floating-point tensor with one channel.

    Raises:
        ValueError: if there are not three channels.

    Source:
        ITU-R Recommendation BT.601.

    Example:
        >>> import mark1
        >>> mark1.ops.image.rgb_to_grayscale([[[1.0, 0.0, 0.0]]]).numpy()
        array([[[0.2989]]], dtype=float32)
    """
    x = _as_float(images)
    axis = _channel_axis("rgb_to_grayscale", x, data_format)
    shape = [1] * len(x.shape)
    shape[axis] = 3
    return total(multiply(x, np.asarray(_GREY, x.dtype).reshape(shape)), axis, True)


def rgb_to_hsv(images: Any, data_format: str | None = None) -> Tensor:
    """Hue, saturation and value of pixels from 0 to 1.

    v = max(r, g, b), s = (v - min(r, g, b)) / v and h the place on the circle of colours, red at 0,
    green at 1/3, blue at 2/3; h and s are 0 where they are not defined.

    Args:
        images: Tensor, Variable or array (N, H, W, 3), or (H, W, 3); with the channels before
            height and width for "channels_first".
        data_format: "channels_last" (if None) or "channels_first".

    Returns:
        A floating-point tensor of the shape of the pictures.

    Raises:
        ValueError: if there are not three channels.

    Source:
        A. R. Smith: Color gamut transform pairs, 1978.

    Example:
        >>> import mark1
        >>> mark1.ops.image.rgb_to_hsv([[[0.0, 0.5, 0.0]]]).numpy().round(3)
        array([[[0.333, 1.   , 0.5  ]]], dtype=float32)
    """
    x = _as_float(images)
    axis = _channel_axis("rgb_to_hsv", x, data_format)
    r, g, b = _channels(x, axis)
    value = greatest(x, axis)
    spread = subtract(value, least(x, axis))
    grey, black = _core.equal(spread, 0), _core.equal(value, 0)
    over = where(grey, 1.0, spread)
    red = divide(subtract(g, b), over)
    green = add(divide(subtract(b, r), over), 2.0)
    blue = add(divide(subtract(r, g), over), 4.0)
    sextant = where(_core.equal(r, value), red, where(_core.equal(g, value), green, blue))
    hue = divide(sextant, 6.0)
    hue = where(grey, 0.0, where(_core.less(hue, 0), add(hue, 1.0), hue))
    saturation = where(black, 0.0, divide(spread, where(black, 1.0, value)))
    return stack([hue, saturation, value], axis)


def hsv_to_rgb(images: Any, data_format: str | None = None) -> Tensor:
    """Red, green and blue of pixels given by hue, saturation and value, all from 0 to 1.

    Args:
        images: Tensor, Variable or array (N, H, W, 3), or (H, W, 3); with the channels before
            height and width for "channels_first".
        data_format: "channels_last" (if None) or "channels_first".

    Returns:
        A floating-point tensor of the shape of the pictures.

    Raises:
        ValueError: if there are not three channels.

    Source:
        A. R. Smith: Color gamut transform pairs, 1978.

    Example:
        >>> import mark1
        >>> mark1.ops.image.hsv_to_rgb([[[0.5, 1.0, 1.0]]]).numpy()
        array([[[0., 1., 1.]]], dtype=float32)
    """
    x = _as_float(images)
    axis = _channel_axis("hsv_to_rgb", x, data_format)
    hue, saturation, value = _channels(x, axis)
    sextant = multiply(mod(hue, 1.0), 6.0)
    reds = subtract(magnitude(subtract(sextant, 3.0)), 1.0)
    greens = subtract(2.0, magnitude(subtract(sextant, 2.0)))
    blues = subtract(2.0, magnitude(subtract(sextant, 4.0)))
    pure = [minimum(maximum(color, 0.0), 1.0) for color in (reds, greens, blues)]
    mixed = [
        multiply(add(multiply(subtract(color, 1.0), saturation), 1.0), value) for color in pure
    ]
    return stack(mixed, axis)


def _channels(x: Tensor, axis: int) -> list[Tensor]:
    before = (slice(None),) * axis
    return [getitem(x, (*before, i)) for i in range(3)]
