"""max_pool and average_pool over one, two and three axes."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from tests.cases.base import Array, Case, Input


def _windows(size: int, pool: int, stride: int, padding: str) -> list[range]:
    """The elements of each window along one axis."""
    if padding == "valid":
        return [range(s, s + pool) for s in range(0, size - pool + 1, stride)]
    count = -(-size // stride)
    before = max(0, (count - 1) * stride + pool - size) // 2
    starts = [i * stride - before for i in range(count)]
    return [range(max(0, s), min(size, s + pool)) for s in starts]


def _pooled(x: Array, pool_size: Any, strides: Any, padding: str, reduce: Any) -> Array:
    """reduce(elements (k, C)) -> (C,) of each window."""
    axes = x.ndim - 2
    pool = (pool_size,) * axes if isinstance(pool_size, int) else pool_size
    steps = strides or pool
    steps = (steps,) * axes if isinstance(steps, int) else steps
    along = [_windows(*a, padding) for a in zip(x.shape[1:-1], pool, steps, strict=True)]
    out = np.zeros((x.shape[0], *map(len, along), x.shape[-1]))
    for n in range(x.shape[0]):
        for place in itertools.product(*(range(len(a)) for a in along)):
            held = x[(n, *np.ix_(*(a[i] for a, i in zip(along, place, strict=True))))]
            out[(n, *place)] = reduce(held.reshape(math.prod(held.shape[:-1]), x.shape[-1]))
    return out


def max_pool(x: Array, pool_size: Any, strides: Any = None, padding: str = "valid") -> Array:
    return _pooled(x, pool_size, strides, padding, lambda held: held.max(0))


def average_pool(x: Array, pool_size: Any, strides: Any = None, padding: str = "valid") -> Array:
    return _pooled(x, pool_size, strides, padding, lambda held: held.mean(0))


def _magnitude(x: Array, **attributes: Any) -> Array:
    return average_pool(np.abs(x), **attributes)


def _lead(x: Array, **attributes: Any) -> Array:
    """By how much each winner leads: zero where it changes."""

    def lead(held: Array) -> Array:
        ordered = np.sort(held, axis=0)
        return ordered[-1] - ordered[-2] if len(held) > 1 else np.ones(held.shape[1])

    return _pooled(x, attributes["pool_size"], attributes.get("strides"),
                   attributes.get("padding", "valid"), lead)  # fmt: skip


def _case(function: str, shape: tuple[int, ...], pool: Any, stride: Any, padding: str) -> Case:
    best = function == "max_pool"
    size = pool if isinstance(pool, int) else max(pool)
    length = size ** (len(shape) - 2)
    elements = float(np.prod(shape))
    parts = (pool, stride, padding)
    # Among many windows of normal numbers some winner always leads by next to nothing.
    outputs = elements / (1 if stride is None else size**2)
    return Case(
        op="pool",
        function=function,
        name="-".join("x".join(map(str, np.atleast_1d(p))) for p in parts if p is not None),
        define=max_pool if best else average_pool,
        inputs=(Input(shape),),
        attributes={"pool_size": pool, "strides": stride, "padding": padding},
        differentiable=() if best and outputs > 200 else None,
        kinks=_lead if best else (),
        length=1 if best else length,
        ulps=0.5 if best else 1.0,
        scale=None if best else _magnitude,
        # Whether a sum of the format's extremes overflows depends on the order of its terms.
        ranges=Case.ranges if best else ("normal", "zeros", "ties", "large", "denormal"),
        bytes=4.0 * elements,
    )


# shape, pool_size, strides, padding
_SHAPES: list[tuple[tuple[int, ...], Any, Any, str]] = [
    ((1, 4, 1), 2, None, "valid"),
    ((2, 7, 3), 3, 2, "same"),
    ((2, 5, 33), 2, 3, "valid"),
    ((1, 6, 5, 3), 2, None, "valid"),
    ((2, 4, 6, 17), 2, None, "same"),
    ((1, 5, 7, 3), 2, None, "same"),
    ((1, 5, 4, 5), 3, 1, "same"),
    ((1, 7, 6, 2), 3, 2, "same"),
    ((1, 5, 5, 19), 3, 2, "valid"),
    ((1, 6, 5, 2), (3, 2), (2, 1), "valid"),
    ((1, 4, 5, 2), (1, 4), (3, 2), "same"),
    ((1, 3, 2, 4), 5, 2, "same"),
    ((1, 4, 4, 3), 1, 2, "same"),
    ((1, 3, 4, 3, 2), 2, None, "same"),
    ((1, 4, 3, 3, 2), (2, 3, 2), (1, 1, 1), "valid"),
    ((0, 4, 4, 3), 2, None, "valid"),
    ((2, 4, 4, 0), 2, None, "valid"),
]
# Places in the window beyond a byte; lines shared out unevenly.
_LARGE: list[tuple[tuple[int, ...], Any, Any, str]] = [
    ((1, 17, 16, 3), (17, 16), None, "valid"),
    ((2, 300, 2), 300, 1, "same"),
    ((3, 23, 11, 37), 2, None, "same"),
    ((2, 13, 13, 64), 3, 2, "same"),
]

CASES = [_case(f, *case) for f in ("max_pool", "average_pool") for case in _SHAPES + _LARGE]


def _torch(function: str) -> Any:
    """On the same memory: (N, C, H, W) with channels last."""

    def call(x: Any) -> Any:
        from torch.nn import functional

        pool = functional.max_pool2d if function == "max_pool" else functional.avg_pool2d
        return pool(x.permute(0, 3, 1, 2), 2)

    return call


def _benchmark(function: str, shape: tuple[int, ...]) -> Case:
    from dataclasses import replace

    case = _case(function, shape, 2, None, "valid")
    rows = (shape[0], shape[1] // 2, 2, shape[2] // 2, 2, shape[3])
    best = function == "max_pool"

    def define(x: Array, **attributes: Any) -> Array:
        blocks = x.reshape(rows)
        return blocks.max((2, 4)) if best else blocks.mean((2, 4))

    elements = float(np.prod(shape))
    return replace(
        case,
        define=define,
        scale=None if best else lambda x, **attributes: define(np.abs(x)),
        # Each element is read, and a quarter as many results, max_pool's places too, are written.
        bytes=(4 + (1.25 if best else 1)) * elements,
        torch_call=_torch(function),
    )


BENCHMARKS = [
    _benchmark(f, shape)
    for f in ("max_pool", "average_pool")
    for shape in ((32, 28, 28, 16), (64, 112, 112, 64))
]
