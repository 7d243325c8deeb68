"""Pictures seen through a map of their plane."""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.copy import transpose
from mark1.ops.moments import _as_float
from mark1.ops.reshape import reshape
from mark1.tape import _state, record

_MODES = ("constant", "nearest", "wrap", "mirror", "reflect")  # in the order of the kernel's


def affine_transform(
    images: Any,
    transform: Any,
    interpolation: str = "bilinear",
    fill_mode: str = "constant",
    fill_value: float = 0.0,
    data_format: str | None = None,
) -> Tensor:
    """Pictures whose pixel at row i and column j is the value at another place of the input.

    For the numbers a0, a1, a2, b0, b1, b2, c0, c1 the place is column (a0 j + a1 i + a2) / k, row
    (b0 j + b1 i + b2) / k with k = c0 j + c1 i + 1. The gradient is that of the pictures.

    Args:
        images: Tensor, Variable or array (N, H, W, C), or (H, W, C); (N, C, H, W) or (C, H, W) for
            "channels_first". Integers become float32.
        transform: the eight numbers of each picture (N, 8), or of all (8,).
        interpolation: "bilinear" or "nearest".
        fill_mode: what is around a picture: "constant", `fill_value`; "nearest", its last pixels;
            "wrap", itself again; "reflect", its mirror image; "mirror", likewise, but the pixels at
            the edge only once.
        fill_value: a number.
        data_format: "channels_last" (if None) or "channels_first".

    Returns:
        A floating-point tensor of the shape of the pictures.

    Raises:
        ValueError: if shapes do not fit, or a mode is not known.

    Example:
        >>> import mark1
        >>> x = mark1.ops.reshape(mark1.ops.arange(4.0), (1, 1, 4, 1))
        >>> shift = [1.0, 0, 0.5, 0, 1, 0, 0, 0]
        >>> mark1.ops.image.affine_transform(x, shift).numpy().ravel()
        array([0.5, 1.5, 2.5, 1.5], dtype=float32)
    """
    if interpolation not in ("bilinear", "nearest"):
        raise ValueError(
            f"[affine_transform] interpolation must be 'bilinear' or 'nearest', "
            f"got {interpolation!r}"
        )
    if fill_mode not in _MODES:
        known = ", ".join(map(repr, _MODES))
        raise ValueError(f"[affine_transform] fill_mode must be one of {known}, got {fill_mode!r}")
    x, put_back = as_batch("affine_transform", images, data_format)
    numbers = _core.cast(_core.convert(transform), x.dtype)
    if len(numbers.shape) == 1:
        numbers = _core.reshape(numbers, (1, *numbers.shape))
    nearest, mode = interpolation == "nearest", _MODES.index(fill_mode)
    out: Tensor = put_back(sampled(x, numbers, x.shape[1:3], mode, nearest, float(fill_value)))
    return out


def as_batch(op: str, images: Any, data_format: str | None) -> tuple[Tensor, Any]:
    """Return pictures as (N, H, W, C), and a function that undoes it.

    >>> x, put_back = as_batch("resize", _core.full((3, 4, 5), 0.0, "float32"), "channels_first")
    >>> x.shape, put_back(x).shape
    ((1, 4, 5, 3), (3, 4, 5))
    """
    x = _as_float(images)
    if data_format not in (None, "channels_first", "channels_last"):
        raise ValueError(
            f"[{op}] data_format must be 'channels_last' or 'channels_first', got {data_format!r}"
        )
    if len(x.shape) not in (3, 4):
        raise ValueError(
            f"[{op}] needs pictures (N, H, W, C) or one (H, W, C), got {x.shape}. "
            "x[..., None] adds an axis of channels"
        )
    single, first = len(x.shape) == 3, data_format == "channels_first"
    if single:
        x = reshape(x, (1, *x.shape))
    if first:
        x = transpose(x, (0, 2, 3, 1))

    def put_back(y: Tensor) -> Tensor:
        if first:
            y = transpose(y, (0, 3, 1, 2))
        return reshape(y, y.shape[1:]) if single else y

    return x, put_back


def sampled(x: Any, transform: Tensor, size: Any, mode: int, nearest: bool, fill: float) -> Tensor:
    """`affine_transform` of a batch (N, H, W, C), to any size.

    >>> x = _core.full((1, 5, 5, 1), 1.0, "float32")
    >>> sampled(x, _core.full((1, 8), 0.0, "float32"), (2, 3), 0, False, 0.0).shape
    (1, 2, 3, 1)
    """
    out = _core.affine_transform(x, transform, size[0], size[1], mode, nearest, fill)
    if _state.stack:
        record(_transform_rule, (x,), out, (transform, tuple(x.shape[1:3]), mode, nearest))
    return out


def _transform_rule(
    dy: Tensor, transform: Tensor, size: tuple[int, int], mode: int, nearest: bool
) -> tuple[Tensor]:
    return (_gradient(dy, transform, size, mode, nearest),)


def _gradient(dy: Any, transform: Tensor, size: Any, mode: int, nearest: bool) -> Tensor:
    out = _core.affine_transform_gradient(dy, transform, size[0], size[1], mode, nearest)
    if _state.stack:
        record(_gradient_rule, (dy,), out, (transform, tuple(dy.shape[1:3]), mode, nearest))
    return out


def _gradient_rule(
    d: Tensor, transform: Tensor, size: tuple[int, int], mode: int, nearest: bool
) -> tuple[Tensor]:
    # What was filled in does not depend on the pictures.
    return (sampled(d, transform, size, mode, nearest, 0.0),)
