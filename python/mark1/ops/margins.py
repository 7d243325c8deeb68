"""Pictures with margins, and without."""

from __future__ import annotations

from typing import Any

from mark1._core import Tensor
from mark1.ops.affine_transform import as_batch
from mark1.ops.pad import pad
from mark1.ops.slice import slice as block


def pad_images(
    images: Any,
    top_padding: int | None = None,
    left_padding: int | None = None,
    bottom_padding: int | None = None,
    right_padding: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Tensor:
    """Pictures with zeros around them.

    Of top, bottom and height two are given, and of left, right and width.

    Args:
        images: Tensor, Variable or array (N, H, W, C), or (H, W, C); (N, C, H, W) or (C, H, W) for
            "channels_first". Integers become float32.
        top_padding: rows above.
        left_padding: columns to the left.
        bottom_padding: rows below.
        right_padding: columns to the right.
        target_height: the height of the result.
        target_width: the width of the result.
        data_format: "channels_last" (if None) or "channels_first".

    Returns:
        A floating-point tensor.

    Raises:
        ValueError: if not two of three are given, or one is negative.

    Example:
        >>> import mark1
        >>> x = mark1.ops.ones((1, 2, 2, 3))
        >>> mark1.ops.image.pad_images(x, 1, 1, 0, target_width=5).shape
        (1, 3, 5, 3)
    """
    x, put_back = as_batch("pad_images", images, data_format)
    _, height, width, _ = x.shape
    rows = _ends("pad_images", 1, height, top_padding, bottom_padding, target_height)
    columns = _ends("pad_images", 1, width, left_padding, right_padding, target_width)
    out: Tensor = put_back(pad(x, ((0, 0), rows, columns, (0, 0))))
    return out


def crop_images(
    images: Any,
    top_cropping: int | None = None,
    left_cropping: int | None = None,
    bottom_cropping: int | None = None,
    right_cropping: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Tensor:
    """Pictures without their margins.

    Of top, bottom and height two are given, and of left, right and width.

    Args:
        images: Tensor, Variable or array (N, H, W, C), or (H, W, C); (N, C, H, W) or (C, H, W) for
            "channels_first". Integers become float32.
        top_cropping: rows that are cut off above.
        left_cropping: columns to the left.
        bottom_cropping: rows below.
        right_cropping: columns to the right.
        target_height: the height of the result.
        target_width: the width of the result.
        data_format: "channels_last" (if None) or "channels_first".

    Returns:
        A floating-point tensor.

    Raises:
        ValueError: if not two of three are given, one is negative, or nothing is left.

    Example:
        >>> import mark1
        >>> x = mark1.ops.ones((1, 4, 5, 3))
        >>> mark1.ops.image.crop_images(x, 1, 1, 0, target_width=2).shape
        (1, 3, 2, 3)
    """
    x, put_back = as_batch("crop_images", images, data_format)
    n, height, width, channels = x.shape
    top, bottom = _ends("crop_images", -1, height, top_cropping, bottom_cropping, target_height)
    left, right = _ends("crop_images", -1, width, left_cropping, right_cropping, target_width)
    size = (height - top - bottom, width - left - right)
    if min(size) < 1:
        raise ValueError(f"[crop_images] nothing is left of pictures of {height} x {width}")
    out: Tensor = put_back(block(x, (0, top, left, 0), (n, *size, channels)))
    return out


def _ends(
    op: str, sign: int, n: int, before: int | None, after: int | None, target: int | None
) -> tuple[int, int]:
    """How many at either end, whichever of the three is to be found."""
    if (before, after, target).count(None) != 1:
        raise ValueError(
            f"[{op}] takes two of what is before, what is behind and the size of the result for "
            f"each axis, got {before}, {after} and {target}"
        )
    if target is not None:
        rest = sign * (target - n)
        before = rest - (after or 0) if before is None else before
        after = rest - before if after is None else after
    if before is None or after is None or min(before, after) < 0:
        raise ValueError(
            f"[{op}] margins must not be negative, got {before} and {after} for {n} pixels"
        )
    return before, after
