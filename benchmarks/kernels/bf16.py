"""Products of bfloat16 matrices beside PyTorch's and mark1's own in float32.

The operands are square and of normal numbers. Each unit that this processor has (vectors of
float32, VDPBF16PS, AMX) is timed by itself; all have the same bits, which is checked first, as is
the distance from float64.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

import mark1
from benchmarks.harness import Call, measure
from benchmarks.kernels.cases import import_torch
from benchmarks.report import Report
from mark1 import _core

SIZES = (256, 512, 1024, 2048)


def run(report: Report, selected: Callable[[str], bool], seconds: float, smoke: bool) -> None:
    chosen = [n for n in SIZES if selected(f"bf16/{n}x{n}x{n}")]
    if chosen:
        report.heading("bf16: products of bfloat16 matrices")
    for n in chosen[:1] if smoke else chosen:
        timings = measure(alternatives(n), seconds)
        rate = 2.0 * n**3 / timings["mark1"].median
        report.add(
            f"bf16/{n}x{n}x{n}",
            timings,
            (rate / 1e9, "GFLOP/s"),
            rate / report.peak.flops["float32"],
            op="bf16",
        )


def alternatives(n: int) -> dict[str, Call]:
    """The product by every unit, checked, and by others."""
    rng = np.random.default_rng(0)
    x, w = (rng.standard_normal((n, n)).astype(np.float32) for _ in range(2))
    a, b = mark1.ops.cast(x, "bfloat16"), mark1.ops.cast(w, "bfloat16")
    wide = mark1.ops.cast(a, "float32"), mark1.ops.cast(b, "float32")
    exact = wide[0].numpy()[:8].astype(np.float64) @ wide[1].numpy()
    first = mark1.ops.matmul(a, b).numpy()
    if np.abs(first[:8] - exact).max() > 2.0**-8 * np.abs(exact).max():
        raise AssertionError("a product is wrong")

    def by(unit: str) -> Call:
        def call() -> object:
            _core.set_bf16_unit(unit)
            try:
                return mark1.ops.matmul(a, b)
            finally:
                _core.set_bf16_unit("")

        return call

    calls: dict[str, Call] = {"mark1": lambda: mark1.ops.matmul(a, b)}
    for unit in _core.bf16_units()[:-1]:
        calls[f"mark1 {unit}"] = by(unit)
        if not np.array_equal(np.asarray(calls[f"mark1 {unit}"]()), first):
            raise AssertionError(f"the bits of {unit} differ")
    calls["mark1 float32"] = lambda: mark1.ops.matmul(*wide)
    torch = import_torch()
    if torch is not None:
        c, d = (torch.from_numpy(v).to(torch.bfloat16) for v in (x, w))
        calls["torch"] = lambda: c @ d
    return calls
