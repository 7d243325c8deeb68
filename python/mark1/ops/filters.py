"""Filters of pictures: blurred ones, edges, and how alike two are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.affine_transform import as_batch
from mark1.ops.broadcast import add, divide, multiply, subtract
from mark1.ops.concatenate import stack
from mark1.ops.conv import depthwise_conv
from mark1.ops.copy import broadcast_to
from mark1.ops.pad import pad
from mark1.ops.reduce import mean
from mark1.ops.reduce import sum as total
from mark1.ops.reshape import reshape
from mark1.ops.rounding import _as_tensor, square
from mark1.ops.slice import getitem
from mark1.ops.unary import exp
from mark1.ops.windows import per_axis


def gaussian_blur(
    images: Any,
    kernel_size: int | Sequence[int] = (3, 3),
    sigma: Any = (1.0, 1.0),
    data_format: str | None = None,
) -> Tensor:
    """Pictures whose pixels are averages of those around, weighted by a bell curve.

    The weight of a pixel that is d rows away is exp(-d^2 / (2 sigma^2)), divided by the sum of all;
    likewise for columns. What is around a picture counts as zeros.

    Args:
        images: Tensor, Variable or array (N, H, W, C), or (H, W, C); (N, C, H, W) or (C, H, W) for
            "channels_first". Integers become float32.
        kernel_size: how many rows and columns count, or one number for both.
        sigma: the width of the curve for rows and for columns: two positive numbers, or a tensor.
        data_format: "channels_last" (if None) or "channels_first".

    Returns:
        A floating-point tensor of the shape of the pictures.

    Raises:
        ValueError: if shapes do not fit, or an argument is out of range.

    Example:
        >>> import mark1
        >>> x = mark1.ops.reshape([0.0, 1.0, 0.0, 0.0], (1, 4, 1))
        >>> mark1.ops.image.gaussian_blur(x, (1, 3)).numpy().ravel().round(3)
        array([0.274, 0.452, 0.274, 0.   ], dtype=float32)
    """
    x, put_back = as_batch("gaussian_blur", images, data_format)
    high, wide = per_axis("gaussian_blur", "kernel_size", kernel_size, 2)
    if isinstance(sigma, (list, tuple)):
        sigma = np.asarray(sigma, x.dtype)
    widths = _core.cast(_as_tensor(sigma), x.dtype)
    if widths.shape != (2,):
        raise ValueError(f"[gaussian_blur] sigma must be two numbers, got {widths.shape}")
    down = _bell(high, getitem(widths, 0), x.dtype)
    out: Tensor = put_back(_weighted(x, down, _bell(wide, getitem(widths, 1), x.dtype), "same"))
    return out


def _bell(size: int, sigma: Any, dtype: str) -> Tensor:
    """Weights (size,) that sum to 1."""
    places = (np.arange(size) - (size - 1) / 2).astype(dtype)
    values = exp(multiply(square(divide(places, sigma)), -0.5))
    return divide(values, total(values))


def _weighted(x: Tensor, down: Tensor, across: Tensor, padding: str) -> Tensor:
    """Sums of a batch (N, H, W, C) with weights of rows and of columns."""
    c = x.shape[-1]
    rows = broadcast_to(reshape(down, (-1, 1, 1, 1)), (down.shape[0], 1, c, 1))
    columns = broadcast_to(reshape(across, (1, -1, 1, 1)), (1, across.shape[0], c, 1))
    return depthwise_conv(depthwise_conv(x, rows, padding=padding), columns, padding=padding)


def sobel_edges(images: Any, data_format: str | None = None) -> Tensor:
    """How fast pixels change downwards and to the right, smoothed along the edge.

    Downwards: the row below less the one above, with weights 1, 2, 1 of three columns; to the right
    likewise. Pictures go on as their mirror images, the pixels at the edge only once.

    Args:
        images: Tensor, Variable or array (N, H, W, C), or (H, W, C); (N, C, H, W) or (C, H, W) for
            "channels_first". Integers become float32.
        data_format: "channels_last" (if None) or "channels_first".

    Returns:
        A floating-point tensor of the shape of the pictures and a last axis of two: downwards, to
        the right.

    Raises:
        ValueError: if shapes do not fit, or a picture has less than two rows or columns.

    Source:
        I. Sobel, G. Feldman: A 3x3 isotropic gradient operator for image processing, 1968.

    Example:
        >>> import mark1
        >>> x = mark1.ops.tile(mark1.ops.reshape(mark1.ops.arange(4.0), (1, 4, 1)), (2, 1, 1))
        >>> mark1.ops.image.sobel_edges(x).numpy()[0, :, 0]
        array([[0., 0.],
               [0., 8.],
               [0., 8.],
               [0., 0.]], dtype=float32)
    """
    x, put_back = as_batch("sobel_edges", images, data_format)
    if min(x.shape[1:3]) < 2:
        raise ValueError(
            f"[sobel_edges] needs pictures of two rows and columns or more, got {x.shape}"
        )
    x = pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), "reflect")
    smooth = _core.convert(np.array([1, 2, 1], x.dtype))
    change = _core.convert(np.array([-1, 0, 1], x.dtype))
    downwards = _weighted(x, change, smooth, "valid")
    return stack([put_back(downwards), put_back(_weighted(x, smooth, change, "valid"))], -1)


def ssim(
    image1: Any,
    image2: Any,
    max_val: float = 1.0,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
    data_format: str | None = None,
) -> Tensor:
    """How alike pictures are in structure: 1 if they are the same.

    The mean over places and channels of (2 m1 m2 + a) (2 v12 + b) / ((m1^2 + m2^2 + a)
    (v1 + v2 + b)): means, variances and covariance of the pixels around, weighted by a bell curve
    that lies within the picture; a = (k1 max_val)^2, b = (k2 max_val)^2.

    Args:
        image1: Tensor, Variable or array (N, H, W, C), or (H, W, C); (N, C, H, W) or (C, H, W) for
            "channels_first". Integers become float32.
        image2: likewise, of the same shape.
        max_val: the greatest value a pixel can have.
        filter_size: how many rows and columns count.
        filter_sigma: the width of the curve.
        k1: keeps means of nearly nothing from counting.
        k2: likewise variances.
        data_format: "channels_last" (if None) or "channels_first".

    Returns:
        A floating-point tensor (N,), or () for single pictures.

    Raises:
        ValueError: if shapes do not fit, or pictures are smaller than the filter.

    Source:
        Z. Wang, A. C. Bovik, H. R. Sheikh, E. P. Simoncelli: Image quality assessment: from error
        visibility to structural similarity, 2004.

    Example:
        >>> import mark1
        >>> x = mark1.ops.reshape(mark1.ops.linspace(0.0, 1.0, 144), (12, 12, 1))
        >>> mark1.ops.image.ssim(x, x).numpy()
        array(1., dtype=float32)
    """
    x, _ = as_batch("ssim", image1, data_format)
    y, _ = as_batch("ssim", image2, data_format)
    single = len(_as_tensor(image1).shape) == 3
    if x.shape != y.shape:
        raise ValueError(f"[ssim] needs pictures of one shape, got {x.shape} and {y.shape}")
    size = per_axis("ssim", "filter_size", filter_size, 1)[0]
    if min(x.shape[1:3]) < size:
        raise ValueError(
            f"[ssim] needs pictures of {size} rows and columns or more, got {x.shape}. "
            "A smaller filter_size looks at less"
        )
    bell = _bell(size, _core.convert(np.asarray(filter_sigma, x.dtype)), x.dtype)

    def around(pixels: Tensor) -> Tensor:
        return _weighted(pixels, bell, bell, "valid")

    a, b = (k1 * max_val) ** 2, (k2 * max_val) ** 2
    m1, m2 = around(x), around(y)
    both, squares = multiply(m1, m2), add(square(m1), square(m2))
    covariance = subtract(around(multiply(x, y)), both)
    variances = subtract(around(add(square(x), square(y))), squares)
    means = divide(add(multiply(both, 2.0), a), add(squares, a))
    spreads = divide(add(multiply(covariance, 2.0), b), add(variances, b))
    out = mean(multiply(means, spreads), (1, 2, 3))
    return reshape(out, ()) if single else out
