"""Matrix products and pools on a GPU: rows of `benchmarks.cuda`."""

from __future__ import annotations

from typing import Any

import numpy as np

import mark1
from benchmarks.cuda_row import OF_A_COPY, Goal, Row
from mark1 import ops

_RNG = np.random.default_rng(1)


def _normal(*shape: int, dtype: str = "float32") -> np.ndarray:
    return _RNG.normal(size=shape).astype(dtype)


def product_rows(smoke: bool) -> list[Row]:
    """Squares, few rows or columns, long sums, float64."""
    sizes = [(n, n, n, "float32", 0.95) for n in (2048, 4096, 8192)]
    sizes += [(n, n, n, "float64", 0.9) for n in (2048, 4096, 8192)]
    skinny = [(1, 4096, 4096), (16, 4096, 4096), (32, 4096, 4096), (4096, 4096, 32)]
    long = [(128, 1 << 20, 128), (512, 1 << 16, 512)]
    if smoke:
        sizes = [(64, 64, 64, "float32", 0.95), (8, 256, 64, "float64", 0.9)]
        skinny, long = [(1, 40, 64)], [(16, 2048, 16)]
    sizes += [(*size, "float32", 1.0) for size in skinny + long]
    sizes += [(*size, "float64", 1.0) for size in skinny]
    found = [
        Row(
            f"matmul {m}x{k}x{n} {dtype}",
            (_normal(m, k, dtype=dtype), _normal(k, n, dtype=dtype)),
            ops.matmul,
            lambda torch, a, b: torch.matmul(a, b),
            flops=2.0 * m * k * n,
            goals=(Goal("torch", part),),
            cupy=lambda cupy, a, b: cupy.matmul(a, b),
        )
        for m, k, n, dtype, part in sizes
    ]
    for precision in ("bfloat16", "float16", "tensorfloat32"):
        squares = [(n, n, n) for n in ((64,) if smoke else (2048, 4096, 8192))]
        long_sums = [(16, 2048, 16)] if smoke else [(256, 1 << 18, 256)]
        found += [_rough_product(*shape, precision, 0.9) for shape in squares]
        found += [_rough_product(*shape, precision, 1.0) for shape in long_sums]
    return found


def _rough_product(m: int, k: int, n: int, precision: str, part: float) -> Row:
    def prepare(torch: Any, *arrays: Any) -> tuple[Any, ...]:
        dtype = torch.float32 if precision == "tensorfloat32" else getattr(torch, precision)
        return tuple(a.to(dtype) for a in arrays)

    return Row(
        f"matmul {m}x{k}x{n} {precision}",
        (_normal(m, k), _normal(k, n)),
        ops.matmul,
        lambda torch, a, b: torch.matmul(a, b),
        flops=2.0 * m * k * n,
        prepare=prepare,
        alike=False,
        precision=precision,
        goals=(Goal("torch", part),),
    )


def pool_rows(smoke: bool) -> list[Row]:
    """Pools, and pools with their gradient."""
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
                    goals=(OF_A_COPY,),
                ),
                Row(
                    f"  and its gradient {name}",
                    (x,),
                    our_gradient,
                    their_gradient,
                    bytes=2 * (x.nbytes + y_bytes + index_bytes),
                    prepare=lambda torch, a: (a.permute(0, 3, 1, 2),),
                    goals=(OF_A_COPY,),
                ),
            ]
    return found
