"""Convolutions on a GPU, forward and both gradients: rows of `benchmarks.cuda`.

PyTorch's are cuDNN's in channels_last and full float32, the fastest that it finds by trying
(`cudnn.benchmark`). For windows of 3 x 3 and 5 x 5 with stride 1 that may be Winograd's or a
Fourier transform, which multiply less often than is counted here and are no peer of sums in one
order: `benchmarks/cuda_engines.py` keeps PyTorch from choosing them, and rows where the names of
kernels tell that they ran nevertheless have no target.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from benchmarks.cuda_row import Goal, Row
from mark1.ops.conv_products import convolve, filter_gradient, input_gradient

_RNG = np.random.default_rng(1)


def _normal(*shape: int) -> np.ndarray:
    return _RNG.normal(size=shape).astype("float32")


# x, w, stride: of ResNet, of VGG, first layers, depthwise
SHAPES: list[tuple[tuple[int, ...], tuple[int, ...], int]] = [
    ((32, 56, 56, 64), (3, 3, 64, 64), 1),
    ((32, 28, 28, 128), (3, 3, 128, 128), 1),
    ((32, 14, 14, 256), (3, 3, 256, 256), 1),
    ((32, 56, 56, 128), (3, 3, 128, 128), 2),
    ((32, 56, 56, 64), (1, 1, 64, 256), 1),
    ((32, 14, 14, 1024), (1, 1, 1024, 256), 1),
    ((32, 56, 56, 256), (1, 1, 256, 512), 2),
    ((16, 112, 112, 128), (3, 3, 128, 128), 1),
    ((32, 28, 28, 512), (3, 3, 512, 512), 1),
    ((32, 28, 28, 64), (5, 5, 64, 64), 1),
    ((32, 224, 224, 3), (7, 7, 3, 64), 2),
    ((32, 64, 64, 3), (3, 3, 3, 32), 1),
    ((64, 28, 28, 1), (3, 3, 1, 32), 1),
    ((32, 56, 56, 128), (3, 3, 1, 128), 1),
]


def transforms(x_shape: tuple[int, ...], w_shape: tuple[int, ...], stride: int) -> bool:
    """Whether there are algorithms that multiply less often."""
    return stride == 1 and w_shape[0] > 1 and w_shape[2] == x_shape[-1]


def convolution_rows(smoke: bool) -> list[Row]:
    """Forward and both gradients: middle layers, first layers, strides, depthwise."""
    shapes = SHAPES
    if smoke:
        shapes = [((2, 9, 9, 4), (3, 3, 4, 8), 1), ((2, 9, 9, 8), (3, 3, 1, 8), 2)]
        shapes += [((2, 5, 5, 6), (1, 1, 6, 9), 2)]
    return [row for shape in shapes for row in _convolution(*shape)]


def _convolution(x_shape: tuple[int, ...], w_shape: tuple[int, ...], stride: int) -> list[Row]:
    low = w_shape[0] // 2
    axes = ((stride, 1, low, low),) * 2
    groups = x_shape[-1] // w_shape[2]
    sizes = [(n + 2 * low - w_shape[0]) // stride + 1 for n in x_shape[1:3]]
    x, w = _normal(*x_shape), _normal(*w_shape)
    dy = _normal(x_shape[0], *sizes, w_shape[-1])
    flops = 2.0 * dy.size * math.prod(w_shape[:3])
    name = "x".join(map(str, x_shape)) + f" {w_shape[0]}x{w_shape[1]} to {w_shape[-1]}"
    name += f" s{stride}" if stride > 1 else ""

    def first(t: Any) -> Any:  # the same memory, as PyTorch counts axes
        return t.permute(0, 3, 1, 2)

    def last(t: Any) -> Any:
        return t.permute(0, 2, 3, 1)

    def filters(torch: Any, t: Any) -> Any:
        return t.permute(3, 2, 0, 1).contiguous(memory_format=torch.channels_last)

    def back(torch: Any, dy: Any, x: Any, w: Any, wanted: list[bool]) -> Any:
        steps, lows = [stride, stride], [low, low]
        return torch.ops.aten.convolution_backward(
            dy, x, w, None, steps, lows, [1, 1], False, [0, 0], groups, wanted
        )

    goals = (Goal("torch", 0.9),)
    # The shapes of what a gradient is for are those of arrays that only PyTorch reads.
    return [
        Row(
            f"conv {name}",
            (x, w),
            lambda x, w: convolve(x, w, axes),
            lambda torch, x, w: last(
                torch.nn.functional.conv2d(x, w, None, stride, low, 1, groups)
            ),
            flops=flops,
            goals=goals,
            transforms=transforms(x_shape, w_shape, stride),
            prepare=lambda torch, x, w: (first(x), filters(torch, w)),
        ),
        Row(
            f"  input gradient {name}",
            (dy, w, x),
            lambda dy, w, x: input_gradient(dy, w, x_shape, axes),
            lambda torch, dy, w, x: last(back(torch, dy, x, w, [True, False, False])[0]),
            flops=flops,
            goals=goals,
            transforms=transforms(x_shape, w_shape, stride),
            prepare=lambda torch, dy, w, x: (first(dy), filters(torch, w), first(x)),
        ),
        Row(
            f"  filter gradient {name}",
            (x, dy, w),
            lambda x, dy, w: filter_gradient(x, dy, w_shape, axes),
            lambda torch, x, dy, w: back(torch, dy, x, w, [False, True, False])[1].permute(
                2, 3, 1, 0
            ),
            flops=flops,
            goals=goals,
            transforms=transforms(x_shape, w_shape, stride),
            prepare=lambda torch, x, dy, w: (first(x), first(dy), filters(torch, w)),
        ),
    ]
