"""Matrix products, convolutions and pools on a GPU: rows of `benchmarks.cuda`.

Convolutions are compared with cuDNN's in channels_last and full float32, which for windows of 3 x 3
and stride 1 may be Winograd's, with fewer multiplications than it is credited with here.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import mark1
from benchmarks.cuda_row import Row
from mark1 import ops
from mark1.ops.conv_products import convolve, filter_gradient, input_gradient

_RNG = np.random.default_rng(1)


def _normal(*shape: int, dtype: str = "float32") -> np.ndarray:
    return _RNG.normal(size=shape).astype(dtype)


def product_rows(smoke: bool) -> list[Row]:
    """Squares, few rows or columns, long sums, float64."""
    sizes = [(n, n, n, "float32") for n in (2048, 4096, 8192)]
    sizes += [(n, n, n, "float64") for n in (2048, 4096)]
    sizes += [(1, 4096, 4096, "float32"), (32, 4096, 4096, "float32"), (4096, 4096, 32, "float32")]
    sizes += [(128, 1 << 20, 128, "float32"), (512, 1 << 16, 512, "float32")]
    if smoke:
        sizes = [(64, 64, 64, "float32"), (8, 256, 64, "float64"), (16, 2048, 16, "float32")]
    found = [
        Row(
            f"matmul {m}x{k}x{n} {dtype}",
            (_normal(m, k, dtype=dtype), _normal(k, n, dtype=dtype)),
            ops.matmul,
            lambda torch, a, b: torch.matmul(a, b),
            flops=2.0 * m * k * n,
        )
        for m, k, n, dtype in sizes
    ]
    for precision in ("bfloat16", "float16", "tensorfloat32"):
        found += [_rough_product(n, precision) for n in ((64,) if smoke else (2048, 4096, 8192))]
    return found


def _rough_product(n: int, precision: str) -> Row:
    def prepare(torch: Any, *arrays: Any) -> tuple[Any, ...]:
        dtype = torch.float32 if precision == "tensorfloat32" else getattr(torch, precision)
        return tuple(a.to(dtype) for a in arrays)

    return Row(
        f"matmul {n}x{n}x{n} {precision}",
        (_normal(n, n), _normal(n, n)),
        ops.matmul,
        lambda torch, a, b: torch.matmul(a, b),
        flops=2.0 * n**3,
        prepare=prepare,
        alike=False,
        precision=precision,
    )


def convolution_rows(smoke: bool) -> list[Row]:
    """Forward and both gradients: middle layers, first layers, strides, depthwise."""
    # x, w, stride
    shapes: list[tuple[tuple[int, ...], tuple[int, ...], int]] = [
        ((32, 56, 56, 64), (3, 3, 64, 64), 1),
        ((32, 28, 28, 128), (3, 3, 128, 128), 1),
        ((32, 14, 14, 256), (3, 3, 256, 256), 1),
        ((32, 56, 56, 128), (3, 3, 128, 128), 2),
        ((32, 224, 224, 3), (7, 7, 3, 64), 2),
        ((64, 28, 28, 1), (3, 3, 1, 32), 1),
        ((32, 56, 56, 128), (3, 3, 1, 128), 1),
    ]
    if smoke:
        shapes = [((2, 9, 9, 4), (3, 3, 4, 8), 1), ((2, 9, 9, 8), (3, 3, 1, 8), 2)]
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
            prepare=lambda torch, x, w: (first(x), filters(torch, w)),
        ),
        Row(
            f"  input gradient {name}",
            (dy, w, x),
            lambda dy, w, x: input_gradient(dy, w, x_shape, axes),
            lambda torch, dy, w, x: last(back(torch, dy, x, w, [True, False, False])[0]),
            flops=flops,
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
            prepare=lambda torch, x, dy, w: (first(x), first(dy), filters(torch, w)),
        ),
    ]


def pool_rows(smoke: bool) -> list[Row]:
    """Pools, and pools with their gradient, to be held against the bandwidth of the other rows."""
    x = _normal(2, 9, 9, 4) if smoke else _normal(64, 112, 112, 64)
    found = []
    for pool in ("max_pool", "average_pool"):
        for size, strides in ((2, 2), (3, 2)):
            windows = ((x.shape[1] - size) // strides + 1) * ((x.shape[2] - size) // strides + 1)
            y_bytes = 4 * x.shape[0] * windows * x.shape[3]
            index_bytes = y_bytes / 4 if pool == "max_pool" else 0

            def ours(a: Any, pool: str = pool, size: int = size, strides: int = strides) -> Any:
                return getattr(ops, pool)(a, size, strides)

            def theirs(
                torch: Any, a: Any, pool: str = pool, size: int = size, s: int = strides
            ) -> Any:
                name = "max_pool2d" if pool == "max_pool" else "avg_pool2d"
                return getattr(torch.nn.functional, name)(a, size, s)

            def our_gradient(a: Any, ours: Any = ours) -> Any:
                x = ops.convert_to_tensor(a)
                with mark1.GradientTape() as tape:
                    tape.watch(x)
                    y = ours(x)
                return tape.gradient(y, x, output_gradients=y)

            def their_gradient(torch: Any, a: Any, theirs: Any = theirs) -> Any:
                a = a.detach().requires_grad_()
                y = theirs(torch, a)
                y.backward(y.detach())
                return a.grad.permute(0, 2, 3, 1)

            name = f"{pool.replace('_', ' ')} {size}x{size} s{strides}"
            found += [
                Row(
                    name,
                    (x,),
                    ours,
                    lambda torch, a, theirs=theirs: theirs(torch, a).permute(0, 2, 3, 1),
                    bytes=x.nbytes + y_bytes + index_bytes,
                    prepare=lambda torch, a: (a.permute(0, 3, 1, 2),),
                ),
                Row(
                    f"  and its gradient {name}",
                    (x,),
                    our_gradient,
                    their_gradient,
                    bytes=2 * (x.nbytes + y_bytes + index_bytes),
                    prepare=lambda torch, a: (a.permute(0, 3, 1, 2),),
                ),
            ]
    return found
