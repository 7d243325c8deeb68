"""Convolutions: the three products of a training step, and their sum, beside PyTorch's.

PyTorch's time depends on how its tensors are laid out, so it is measured with channels last, which
is mark1's layout too, and with channels first; operands are brought there before the clock runs.
The peak is that of multiply-adds in registers measured in turn with these: the clock of a processor
depends on how long its vector units have been busy.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from benchmarks.harness import Call, Timing, measure
from benchmarks.kernels.cases import check, import_torch
from benchmarks.peak import FMA_ROUNDS
from benchmarks.report import Report
from mark1 import _core
from tests.cases.base import Case
from tests.cases.conv import BENCHMARKS

PRODUCTS = ("forward", "input gradient", "filter gradient")
PEAK = "registers"
PEAK_FLOPS = _core.bench_fma("float32", FMA_ROUNDS)


def run(report: Report, selected: Callable[[str], bool], seconds: float, smoke: bool) -> None:
    triples = [BENCHMARKS[i : i + 3] for i in range(0, len(BENCHMARKS), 3)]
    triples = [t for t in triples if selected(f"conv/{t[0].id}") and not (smoke and too_big(t[0]))]
    if triples:
        report.heading("conv")
    for triple in triples:
        timings = [time(case, seconds) for case in triple]
        for case, product, timing in zip(triple, PRODUCTS, timings, strict=True):
            peak = PEAK_FLOPS / timing.pop(PEAK).median
            rate = case.flops / timing["mark1"].median
            shown = (rate / 1e9, "GFLOP/s")
            name = f"{triple[0].id} {product}"
            report.add(
                name, timing, shown, rate / peak, op="conv", dtype="float32", flops=case.flops
            )
        together = {name: total([t[name] for t in timings]) for name in timings[0]}
        report.add(f"{triple[0].id} sum", together, op="conv", dtype="float32")


def too_big(case: Case) -> bool:
    return max(case.flops, case.bytes) > 3e7


def time(case: Case, seconds: float) -> dict[str, Timing]:
    """Check one product, then time it."""
    arrays = case.arrays("float32")
    tensors = [_core.convert(a) for a in arrays]
    check(case, arrays, [np.array(y) for y in case.run(*tensors)])
    calls: dict[str, Call] = {"mark1": partial(case.run, *tensors)}
    torch = import_torch()
    if torch is not None and case.torch_call is not None:
        theirs = [torch.from_numpy(a) for a in arrays]
        if arrays[0].ndim > 3:
            calls["torch last"] = partial(case.torch_call, *theirs, True)
        calls["torch first"] = partial(case.torch_call, *theirs, False)
    calls[PEAK] = lambda: _core.bench_fma("float32", FMA_ROUNDS)
    return measure(calls, seconds)


def total(timings: list[Timing]) -> Timing:
    """One after the other: sums of medians and minima, the widest spread."""
    return Timing(
        sum(t.median for t in timings),
        max(t.spread for t in timings),
        sum(t.minimum for t in timings),
        min(t.samples for t in timings),
    )
