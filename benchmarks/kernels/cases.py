"""Every case of `tests/cases` at benchmark size: checked first, then timed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import mark1
from benchmarks import machine
from benchmarks.harness import Call, measure
from benchmarks.report import Report
from mark1 import _core
from tests.cases import all_benchmarks
from tests.cases.base import Array, Case
from tests.tolerance import assert_close

# Timed by benchmarks/kernels/optimizers.py: what a case does besides the update would count here.
OPTIMIZERS = {
    "adadelta",
    "adagrad",
    "adamax",
    "ftrl",
    "lion",
    "nadam",
    "rmsprop",
    "schedule_free",
    "sgd",
    "update",
}


def run(report: Report, selected: Callable[[str], bool], seconds: float, smoke: bool) -> None:
    # What has a file of its own here is timed there.
    own = {path.stem for path in Path(__file__).parent.glob("*.py")} | OPTIMIZERS
    cases = [c for c in all_benchmarks() if c.op not in own and selected(f"{c.op}/{c.id}")]
    op = ""
    for case in cases:
        # The smoke run shows that all of it works; big sizes would only take time.
        if smoke and max(case.flops, case.bytes) > 3e7:
            continue
        if case.op != op:
            op = case.op
            report.heading(op)
        dtype = case.dtypes[0]
        arrays = case.arrays(dtype)
        tensors = [_core.convert(a) for a in arrays]
        outputs = [np.array(y) for y in case.run(*tensors)]
        check(case, arrays, outputs)
        timings = measure(alternatives(case, arrays, tensors, outputs), seconds)
        rate, part = judge(case, dtype, timings["mark1"].median, report)
        report.add(
            case.id,
            timings,
            rate,
            part,
            op=case.op,
            dtype=dtype,
            flops=case.flops,
            bytes=case.bytes,
        )


def check(case: Case, arrays: Sequence[Array], outputs: Sequence[Array]) -> None:
    """Raises unless the outputs are right: a wrong kernel's time means nothing."""
    magnitudes = case.magnitude(*arrays)
    for y, e, scale in zip(outputs, case.expect(*arrays), magnitudes, strict=True):
        assert_close(y, e, scale=scale, length=case.length, ulps=case.ulps, what=case.id)


def alternatives(
    case: Case, arrays: Sequence[Array], tensors: Sequence[Any], outputs: Sequence[Array]
) -> dict[str, Call]:
    # Bound beforehand: looking the function up would cost as much as a small kernel.
    function = case.call or getattr(mark1.ops, case.function)
    calls: dict[str, Call] = {"mark1": partial(function, *tensors, **case.attributes)}
    if case.numpy_call is not None:
        # NumPy writes into memory that is there already, as it would in a well-written loop.
        numpy_call, out = case.numpy_call, np.empty_like(outputs[0])
        calls["NumPy"] = partial(numpy_call, *arrays, **case.attributes, out=out)
    else:
        calls["NumPy"] = partial(case.define, *arrays, **case.attributes)
    torch = import_torch()
    if torch is not None and case.torch_call is not None:
        torch_call, inputs = case.torch_call, [torch.from_numpy(a) for a in arrays]
        calls["torch"] = partial(torch_call, *inputs)
    return calls


def judge(
    case: Case, dtype: str, seconds: float, report: Report
) -> tuple[tuple[float, str] | None, float | None]:
    """The rate in the unit that limits this case, and its part of the measured peak."""
    # Below the bandwidth's line of the roofline, bytes count; in cache there is no peak to compare.
    flops, moved = report.peak.flops[dtype], case.bytes * np.dtype(dtype).itemsize / 4
    if case.flops and case.flops / flops > moved / report.peak.bandwidth:
        rate = case.flops / seconds
        return (rate / 1e9, "GFLOP/s"), rate / flops
    if not moved:
        return None, None
    rate = moved / seconds
    in_cache = moved < 2 * machine.last_level_cache()
    return (rate / 1e9, "GB/s"), None if in_cache else rate / report.peak.bandwidth


def import_torch() -> Any:
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(_core.get_num_threads())
    return torch
