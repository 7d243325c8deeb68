"""Arrays stretched and moved along some axes: keras.ops.image.scale_and_translate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.binary import maximum
from mark1.ops.broadcast import divide, subtract
from mark1.ops.cast import cast
from mark1.ops.compare import greater_equal, less_equal, logical_and
from mark1.ops.copy import moveaxis
from mark1.ops.moments import _as_float
from mark1.ops.products import tensordot
from mark1.ops.resizing import shares_of_places
from mark1.ops.rounding import _as_tensor
from mark1.ops.slice import getitem
from mark1.ops.where import where

_METHODS = {
    **dict.fromkeys(("linear", "bilinear", "trilinear", "triangle"), "bilinear"),
    **dict.fromkeys(("cubic", "bicubic", "tricubic"), "bicubic"),
    "lanczos3": "lanczos3",
    "lanczos5": "lanczos5",
}


def scale_and_translate(
    images: Any,
    output_shape: Sequence[int],
    scale: Any,
    translation: Any,
    spatial_dims: Sequence[int],
    method: str,
    antialias: bool = True,
) -> Tensor:
    """An array stretched and then moved along some of its axes, elements having a width of one.

    Element i of the result lies at (i + 1/2 - translation) / scale - 1/2 of the input, and is the
    mean of the elements about that, weighted by the method; 0 outside.

    Args:
        images: Tensor, Variable or array of any shape. Integers become float32.
        output_shape: the sizes of all axes of the result.
        scale: what each of those axes is stretched by, a tensor or array (K,).
        translation: how far each of them is moved, (K,).
        spatial_dims: the axes, K of them.
        method: "linear", "cubic", "lanczos3" or "lanczos5"; "bilinear", "trilinear", "triangle",
            "bicubic" and "tricubic" are other names.
        antialias: whether an element of a smaller result is made of all that it covers.

    Returns:
        A floating-point tensor of `output_shape`.

    Raises:
        ValueError: if shapes do not fit, or the method is not known.

    Source:
        `jax.image.scale_and_translate`; R. Keys: Cubic convolution interpolation for digital
        image processing, 1981.

    Example:
        >>> import mark1
        >>> x = mark1.ops.arange(3.0)
        >>> mark1.ops.image.scale_and_translate(x, (4,), [1.0], [0.5], (0,), "linear").numpy()
        array([0. , 0.5, 1.5, 2. ], dtype=float32)
    """
    op = "scale_and_translate"
    if method not in _METHODS:
        known = ", ".join(map(repr, _METHODS))
        raise ValueError(f"[{op}] method must be one of {known}, got {method!r}")
    x: Tensor = _as_float(images)
    axes = [axis + len(x.shape) if axis < 0 else axis for axis in spatial_dims]
    sizes = list(output_shape)
    kept = [n for axis, n in enumerate(x.shape) if axis not in axes]
    if (
        len(sizes) != len(x.shape)
        or len(set(axes)) != len(axes)
        or not all(0 <= axis < len(sizes) for axis in axes)
        or kept != [n for axis, n in enumerate(sizes) if axis not in axes]
    ):
        raise ValueError(
            f"[{op}] output_shape has the sizes of all axes, and of others than spatial_dims the "
            f"images' (images: {x.shape}, output_shape: {tuple(sizes)}, "
            f"spatial_dims: {tuple(spatial_dims)})"
        )
    scale, translation = (cast(_as_tensor(v), "float64") for v in (scale, translation))
    if not scale.shape == translation.shape == (len(axes),):
        raise ValueError(
            f"[{op}] needs a number for each of {len(axes)} axes "
            f"(scale: {scale.shape}, translation: {translation.shape})"
        )
    for k, axis in enumerate(axes):
        shares = _shares(
            x.shape[axis],
            sizes[axis],
            getitem(scale, k),
            getitem(translation, k),
            _METHODS[method],
            antialias,
        )
        x = moveaxis(tensordot(x, cast(shares, x.dtype), ([axis], [0])), -1, axis)
    return x


def _shares(
    m: int, n: int, scale: Tensor, translation: Tensor, method: str, antialias: bool
) -> Tensor:
    """What each of m elements counts in each of n, float64 (m, n)."""
    centres = _core.convert(np.arange(n) + 0.5)
    place = subtract(divide(subtract(centres, translation), scale), 0.5)
    width = maximum(divide(1.0, scale), 1.0) if antialias else None
    shares = shares_of_places(place, m, width, method)
    inside = logical_and(greater_equal(place, -0.5), less_equal(place, m - 0.5))
    return where(inside, shares, 0.0)
