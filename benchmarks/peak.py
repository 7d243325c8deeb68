"""What the machine can do: fused multiply-adds that stay in registers, and a large copy.

Kernels are judged against these, measured in the same run on the same threads. The copy is the
better of one with plain and one with non-temporal stores; bytes read and bytes written count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.harness import Timing, measure
from mark1 import _core

COPY_BYTES = 256 << 20
FMA_ROUNDS = 200_000


@dataclass(frozen=True)
class Peak:
    flops: dict[str, float]  # per second, by dtype
    bandwidth: float  # bytes per second


class Copy:
    """A copy that no cache holds, to be timed in turn with what is judged by it."""

    BYTES = 64 << 20

    def __init__(self) -> None:
        self._from = _core.convert(np.ones(self.BYTES // 4, np.float32))
        self._to = _core.convert(np.zeros(self.BYTES // 4, np.float32))

    def __call__(self) -> None:
        _core.bench_copy(self._from, self._to, True)

    def part(self, rate: float, timings: dict[str, Timing]) -> float:
        """Takes the copy out of `timings`; returns the part of its rate that `rate` is."""
        return rate / (2 * self.BYTES / timings.pop("copy").median)


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
