"""Windows that slide: correlate, and unfold and fold, between images and their patches."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

from mark1._core import Tensor
from mark1.ops.broadcast import add
from mark1.ops.concatenate import stack
from mark1.ops.matmul import matmul
from mark1.ops.moments import _as_float
from mark1.ops.pad import pad
from mark1.ops.reshape import reshape
from mark1.ops.rounding import _as_tensor
from mark1.ops.scattering import extract_sequences
from mark1.ops.slice import _cut, _paste, flip, getitem
from mark1.ops.split import split

Pair = int | Sequence[int]


def correlate(x1: Any, x2: Any, mode: str = "valid") -> Tensor:
    """The sums of products of one line with another that slides along it.

    y[k] = sum over i of x1[k + i] x2[i].

    Args:
        x1: Tensor, Variable or array (n,); integers become float32.
        x2: likewise (m,).
        mode: "valid" for places where one lies within the other, "same" for as many as the longer
            one has, "full" for all where they overlap.

    Returns:
        A floating-point tensor of |n - m| + 1, max(n, m) or n + m - 1 elements.

    Raises:
        ValueError: if the two are not lines, one is empty, or the mode is unknown.

    Example:
        >>> import mark1
        >>> mark1.ops.correlate([1.0, 2.0, 3.0], [0.0, 1.0, 0.5]).numpy()
        array([3.5], dtype=float32)
    """
    x1, x2 = _as_float(x1), _as_float(x2)
    if len(x1.shape) != 1 or len(x2.shape) != 1 or 0 in (*x1.shape, *x2.shape):
        raise ValueError(f"[correlate] needs two lines (x1: {x1.shape}, x2: {x2.shape})")
    if mode not in ("valid", "same", "full"):
        raise ValueError(f"[correlate] mode must be 'valid', 'same' or 'full', got {mode!r}")
    n, m = x1.shape[0], x2.shape[0]
    # The shorter one slides; sliding the longer one gives the same in reverse order.
    turned = m > n
    if turned:
        x1, x2, n, m = x2, x1, m, n
    before, after = {"valid": (0, 0), "same": (m // 2, (m - 1) // 2), "full": (m - 1, m - 1)}[mode]
    y = matmul(extract_sequences(pad(x1, (before, after)), m, 1), x2)
    return flip(y) if turned else y


def unfold(
    x: Any, kernel_size: Pair, dilation: Pair = 1, padding: Pair = 0, stride: Pair = 1
) -> Tensor:
    """The patches of images, one in each column.

    Args:
        x: Tensor, Variable or array (N, C, H, W).
        kernel_size: height and width of a patch, or one number for both.
        dilation: from one pixel of a patch to the next.
        padding: zeros that are added above and below, left and right.
        stride: from one patch to the next.

    Returns:
        A tensor (N, C kernel_height kernel_width, patches), patches in row-major order.

    Raises:
        ValueError: if x has not four axes, or no patch lies within it.

    Example:
        >>> import mark1
        >>> x = mark1.ops.reshape(mark1.ops.arange(4), (1, 1, 2, 2))
        >>> mark1.ops.unfold(x, (1, 2)).numpy()
        array([[[0, 2],
                [1, 3]]], dtype=int32)
    """
    x = _as_tensor(x)
    if len(x.shape) != 4:
        raise ValueError(f"[unfold] needs four axes (x: {x.shape})")
    (above, left) = _pair(padding)
    x = pad(x, [(0, 0), (0, 0), (above, above), (left, left)])
    n, c = x.shape[:2]
    taps, (rows, columns) = _taps("unfold", x.shape[2:], kernel_size, dilation, stride)
    parts = [_cut(x, [(0, 1, n), (0, 1, c), *tap]) for tap in taps]
    return reshape(stack(parts, 2), (n, c * len(taps), rows * columns))


def fold(
    x: Any,
    output_size: Pair,
    kernel_size: Pair,
    dilation: Pair = 1,
    padding: Pair = 0,
    stride: Pair = 1,
) -> Tensor:
    """Images of patches, which are added up where they overlap: the gradient of `unfold`.

    Args:
        x: Tensor, Variable or array (N, C kernel_height kernel_width, patches).
        output_size: height and width of the images.
        kernel_size: height and width of a patch, or one number for both.
        dilation: from one pixel of a patch to the next.
        padding: what is left out above and below, left and right.
        stride: from one patch to the next.

    Returns:
        A tensor (N, C, H, W).

    Raises:
        ValueError: if x's shape is not that of such patches.

    Example:
        >>> import mark1
        >>> y = mark1.ops.fold(mark1.ops.ones((1, 2, 2)), (1, 3), (1, 2))
        >>> y.numpy()
        array([[[[1., 2., 1.]]]], dtype=float32)
    """
    x = _as_tensor(x)
    (height, width), (above, left) = _pair(output_size), _pair(padding)
    padded = (height + 2 * above, width + 2 * left)
    taps, (rows, columns) = _taps("fold", padded, kernel_size, dilation, stride)
    if len(x.shape) != 3 or x.shape[1] % len(taps) or x.shape[2] != rows * columns:
        raise ValueError(
            f"[fold] needs patches of {len(taps)} pixels, {rows} x {columns} of them (x: {x.shape})"
        )
    n, c = x.shape[0], x.shape[1] // len(taps)
    parts = split(reshape(x, (n, c, len(taps), rows, columns)), len(taps), 2)
    y: Any = None
    for part, tap in zip(parts, taps, strict=True):
        cuts = [(0, 1, n), (0, 1, c), *tap]
        placed = _paste(reshape(part, (n, c, rows, columns)), (n, c, *padded), cuts)
        y = placed if y is None else add(y, placed)
    inner = (slice(above, above + height), slice(left, left + width))
    return getitem(y, (slice(None), slice(None), *inner))


def _taps(
    op: str, size: Sequence[int], kernel_size: Pair, dilation: Pair, stride: Pair
) -> tuple[list[list[tuple[int, int, int]]], tuple[int, int]]:
    """Start, step and number of the pixels that each tap of a patch sees; and of the patches."""
    kernel, apart, steps = _pair(kernel_size), _pair(dilation), _pair(stride)
    counts = [
        (n - d * (k - 1) - 1) // s + 1
        for n, k, d, s in zip(size, kernel, apart, steps, strict=True)
    ]
    if min(*kernel, *apart, *steps, *counts) < 1:
        raise ValueError(
            f"[{op}] no patch of {kernel} lies within {tuple(size)} "
            f"(dilation: {apart}, stride: {steps})"
        )
    taps = [
        [(i * apart[0], steps[0], counts[0]), (j * apart[1], steps[1], counts[1])]
        for i in range(kernel[0])
        for j in range(kernel[1])
    ]
    return taps, (counts[0], counts[1])


def _pair(value: Pair) -> tuple[int, int]:
    if isinstance(value, int):
        return value, value
    first, second = value
    return operator.index(first), operator.index(second)
