"""What the machine can do: fused multiply-adds that stay in registers, and a large copy.

Kernels are judged against these, measured in the same run on the same threads. The copy is the
better of one with plain and one with non-temporal stores; bytes read and bytes written count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.harness import measure
from mark1 import _core

COPY_BYTES = 256 << 20
FMA_ROUNDS = 200_000


@dataclass(frozen=True)
class Peak:
    flops: dict[str, float]  # per second, by dtype
    bandwidth: float  # bytes per second


def measure_peak(seconds: float = 1.0, copy_bytes: int = COPY_BYTES) -> Peak:
    # The best sample, not the median: a peak is what is possible.
    flops = {}
    for dtype in ("float32", "float64"):
        done = _core.bench_fma(dtype, FMA_ROUNDS)
        timing = measure({"fma": lambda d=dtype: _core.bench_fma(d, FMA_ROUNDS)}, seconds)["fma"]
        flops[dtype] = done / timing.minimum
    x = _core.convert(np.ones(copy_bytes // 4, np.float32))
    out = _core.convert(np.zeros(copy_bytes // 4, np.float32))
    timings = measure(
        {
            "plain": lambda: _core.bench_copy(x, out, False),
            "non-temporal": lambda: _core.bench_copy(x, out, True),
        },
        seconds,
    )
    return Peak(flops, 2 * copy_bytes / min(t.minimum for t in timings.values()))
