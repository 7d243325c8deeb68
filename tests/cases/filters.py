"""Blurred pictures, edges, and how alike pictures are."""

from __future__ import annotations

from typing import Any

import numpy as np

import mark1
from tests.cases.base import Array, Case, Input, composed


def _bell(size: int, sigma: float) -> Array:
    weights = np.exp(-((np.arange(size) - (size - 1) / 2) ** 2) / (2 * sigma**2))
    return weights / weights.sum()


def _filtered(x: Array, down: Any, across: Any) -> Array:
    """Sums of (N, H, W, C) with weights, of places where all of them lie within."""
    down, across = np.asarray(down), np.asarray(across)
    seen = np.lib.stride_tricks.sliding_window_view(x, (len(down), len(across)), (1, 2))
    return np.einsum("nhwcij,i,j->nhwc", seen, down, across)


def _blur(x: Array, kernel_size: Any, sigma: Any, data_format: str = "channels_last") -> Array:
    if data_format == "channels_first":
        return np.moveaxis(_blur(np.moveaxis(x, 1, -1), kernel_size, sigma), -1, 1)
    margins = [((k - 1) // 2, k // 2) for k in kernel_size]
    bells = [_bell(k, s) for k, s in zip(kernel_size, sigma, strict=True)]
    return _filtered(np.pad(x, [(0, 0), *margins, (0, 0)]), *bells)


def _edges(x: Array, data_format: str = "channels_last") -> Array:
    if data_format == "channels_first":
        return np.moveaxis(_edges(np.moveaxis(x, 1, -1)), 3, 1)
    x = np.pad(x, [(0, 0), (1, 1), (1, 1), (0, 0)], "reflect")
    smooth, change = [1.0, 2.0, 1.0], [-1.0, 0.0, 1.0]
    return np.stack([_filtered(x, change, smooth), _filtered(x, smooth, change)], -1)


def _alike(x: Array, y: Array, filter_size: int) -> Array:
    bell = _bell(filter_size, 1.5)
    m1, m2 = _filtered(x, bell, bell), _filtered(y, bell, bell)
    v1 = _filtered(x * x, bell, bell) - m1**2
    v2 = _filtered(y * y, bell, bell) - m2**2
    v12 = _filtered(x * y, bell, bell) - m1 * m2
    a, b = 0.01**2, 0.03**2
    values = (2 * m1 * m2 + a) * (2 * v12 + b) / ((m1**2 + m2**2 + a) * (v1 + v2 + b))
    return np.asarray(values.mean((1, 2, 3)))


def _case(function: str, define: Any, *shapes: tuple[int, ...], **attributes: Any) -> Case:
    return composed(
        "filters",
        function,
        define,
        *(Input(shape) for shape in shapes),
        ranges=("normal",),
        attributes=attributes,
        call=lambda *xs, **a: getattr(mark1.ops.image, function)(*xs, **a),
        length=16,
        ulps=64 if function == "ssim" else 16,
        scale=lambda *xs, **_: np.full((), 1 + np.abs(xs[0]).max(initial=0)),
    )


CASES = [
    _case("gaussian_blur", _blur, (2, 5, 6, 3), kernel_size=(3, 5), sigma=(1.0, 0.7)),
    _case("gaussian_blur", _blur, (1, 4, 4, 1), kernel_size=(1, 4), sigma=(0.5, 2.0)),
    _case(
        "gaussian_blur",
        _blur,
        (2, 3, 5, 6),
        kernel_size=(3, 3),
        sigma=(1.0, 1.0),
        data_format="channels_first",
    ),
    _case("sobel_edges", _edges, (2, 5, 4, 3)),
    _case("sobel_edges", _edges, (2, 3, 5, 4), data_format="channels_first"),
    _case("ssim", _alike, (2, 6, 7, 3), (2, 6, 7, 3), filter_size=5),
]
