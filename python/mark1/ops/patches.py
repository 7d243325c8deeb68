"""Patches of pictures and of volumes, each made the channels of one place."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from mark1._core import Tensor
from mark1.ops.concatenate import concatenate
from mark1.ops.copy import transpose
from mark1.ops.moments import _as_float
from mark1.ops.pad import pad
from mark1.ops.reshape import reshape
from mark1.ops.slice import _cut
from mark1.ops.windows import check_padding, conv_axes, per_axis, reach


def extract_patches(
    images: Any,
    size: int | Sequence[int],
    strides: int | Sequence[int] | None = None,
    dilation_rate: int | Sequence[int] = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """The patches of pictures: the pixels of each, in row-major order, are channels.

    y[n, p, q, (i w + j) C + c] = x[n, p stride + i dilation, q stride + j dilation, c]; a size of
    three numbers takes patches of volumes, as `extract_patches_3d` does.

    Args:
        images: Tensor, Variable or array (N, H, W, C), or (H, W, C); with the channels before
            height and width for "channels_first". Integers become float32.
        size: height h and width w of a patch, or one number for both.
        strides: from one patch to the next; if None, the size: patches do not overlap.
        dilation_rate: from one pixel of a patch to the next.
        padding: "valid": patches lie within the picture; "same": there is one for every step, with
            zeros around the picture.
        data_format: "channels_last" (if None) or "channels_first".

    Returns:
        A floating-point tensor (N, rows, columns, h w C), or what corresponds to the inputs.

    Raises:
        ValueError: if no patch lies within a picture, or an argument is out of range.

    Example:
        >>> import mark1
        >>> x = mark1.ops.reshape(mark1.ops.arange(8.0), (2, 4, 1))
        >>> mark1.ops.image.extract_patches(x, 2).numpy()
        array([[[0., 1., 4., 5.],
                [2., 3., 6., 7.]]], dtype=float32)
    """
    rank = 3 if not isinstance(size, int) and len(size) == 3 else 2
    return _patches(
        "extract_patches", rank, images, size, strides, dilation_rate, padding, data_format
    )


def extract_patches_3d(
    volumes: Any,
    size: int | Sequence[int],
    strides: int | Sequence[int] | None = None,
    dilation_rate: int | Sequence[int] = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """The patches of volumes: what lies in each, in row-major order, is channels.

    Args:
        volumes: Tensor, Variable or array (N, D, H, W, C), or (D, H, W, C); with the channels
            before depth, height and width for "channels_first". Integers become float32.
        size: depth d, height h and width w of a patch, or one number for all.
        strides: from one patch to the next; if None, the size: patches do not overlap.
        dilation_rate: from one place of a patch to the next.
        padding: "valid" or "same", as in `extract_patches`.
        data_format: "channels_last" (if None) or "channels_first".

    Returns:
        A floating-point tensor (N, slices, rows, columns, d h w C), or what corresponds to the
        inputs.

    Raises:
        ValueError: if no patch lies within a volume, or an argument is out of range.

    Example:
        >>> import mark1
        >>> mark1.ops.image.extract_patches_3d(mark1.ops.zeros((1, 4, 4, 6, 3)), 2).shape
        (1, 2, 2, 3, 24)
    """
    return _patches(
        "extract_patches_3d", 3, volumes, size, strides, dilation_rate, padding, data_format
    )


def _patches(
    op: str,
    rank: int,
    images: Any,
    size: int | Sequence[int],
    strides: int | Sequence[int] | None,
    dilation_rate: int | Sequence[int],
    padding: str,
    data_format: str | None,
) -> Tensor:
    x = _as_float(images)
    first = data_format == "channels_first"
    if data_format not in (None, "channels_first", "channels_last"):
        raise ValueError(
            f"[{op}] data_format must be 'channels_last' or 'channels_first', got {data_format!r}"
        )
    single = len(x.shape) == rank + 1
    if not single and len(x.shape) != rank + 2:
        raise ValueError(
            f"[{op}] needs a batch of {rank} axes and channels, or one without batch, got {x.shape}"
        )
    if single:
        x = reshape(x, (1, *x.shape))
    if first:
        x = transpose(x, (0, *range(2, rank + 2), 1))
    taps = per_axis(op, "size", size, rank)
    steps = taps if strides is None else per_axis(op, "strides", strides, rank)
    apart = per_axis(op, "dilation_rate", dilation_rate, rank)
    axes = conv_axes(tuple(x.shape[1:-1]), taps, steps, check_padding(op, padding, rank), apart)
    x = pad(x, ((0, 0), *((low, high) for _, _, low, high in axes), (0, 0)))
    spans = [
        (n - reach(k, d)) // step + 1
        for n, k, d, step in zip(x.shape[1:-1], taps, apart, steps, strict=True)
    ]
    if min(spans) < 1:
        raise ValueError(
            f"[{op}] no patch of {taps} lies within {tuple(x.shape[1:-1])} (dilation: {apart}). "
            "padding='same' has some that begin or end outside"
        )
    n, c = x.shape[0], x.shape[-1]
    parts = []
    for place in itertools.product(*map(range, taps)):
        seen = [
            (i * d, step, many) for i, d, step, many in zip(place, apart, steps, spans, strict=True)
        ]
        parts.append(_cut(x, [(0, 1, n), *seen, (0, 1, c)]))
    y = concatenate(parts, -1)
    if first:
        y = transpose(y, (0, rank + 1, *range(1, rank + 1)))
    return reshape(y, y.shape[1:]) if single else y
