"""One update of many parameters by each optimizer, beside PyTorch's.

PyTorch's are fused where it has such kernels for the CPU (SGD, Adagrad, AdamW) and otherwise run
over lists of tensors (foreach). Its formulas differ in where epsilon goes and the like; the work is
the same. Lion and Ftrl it does not have. Beside many parameters runs a large copy, so that the part
of the bandwidth is that of the same minute; more than all of it is possible, because what is
written is in the caches already.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

import mark1
from benchmarks import machine
from benchmarks.harness import Call, measure
from benchmarks.kernels.cases import OPTIMIZERS, check, import_torch
from benchmarks.peak import Copy
from benchmarks.report import Report
from mark1 import _core, optimizers
from tests.cases import all_benchmarks

# Name, optimizer, number of states, PyTorch's class and how it is asked for its fastest.
_ROWS: list[tuple[str, Callable[[], Any], int, str | None, dict[str, Any]]] = [
    ("sgd", optimizers.SGD, 0, "SGD", {"fused": True}),
    ("sgd momentum", partial(optimizers.SGD, momentum=0.9), 1, "SGD", {"fused": True}),
    ("rmsprop", optimizers.RMSprop, 1, "RMSprop", {"foreach": True}),
    (
        "rmsprop centered momentum",
        partial(optimizers.RMSprop, momentum=0.9, centered=True),
        3,
        "RMSprop",
        {"foreach": True, "centered": True},
    ),
    ("adagrad", optimizers.Adagrad, 1, "Adagrad", {"fused": True}),
    ("adadelta", optimizers.Adadelta, 2, "Adadelta", {"foreach": True}),
    ("adam amsgrad", partial(optimizers.Adam, amsgrad=True), 3, "Adam", {"fused": True}),
    ("adamw", optimizers.AdamW, 2, "AdamW", {"fused": True}),
    ("adam clipnorm", partial(optimizers.Adam, clipnorm=1.0), 2, None, {}),
    ("adamax", optimizers.Adamax, 2, "Adamax", {"foreach": True}),
    ("nadam", optimizers.Nadam, 2, "NAdam", {"foreach": True}),
    ("schedule_free", optimizers.ScheduleFreeAdamW, 2, None, {}),
    ("lion", optimizers.Lion, 1, None, {}),
    ("ftrl", optimizers.Ftrl, 2, None, {}),
]


def run(report: Report, selected: Callable[[str], bool], seconds: float, smoke: bool) -> None:
    sizes = (100_000,) if smoke else (100_000, 10_000_000)
    rows = [(n, row) for n in sizes for row in _ROWS if selected(f"optimizers/{row[0]}/{n}")]
    if not rows:
        return
    report.heading("optimizers: one update")
    for case in all_benchmarks():
        if case.op in OPTIMIZERS:
            arrays = case.arrays("float32")
            check(case, arrays, [np.array(y) for y in case.run(*map(_core.convert, arrays))])
    torch = import_torch()
    for n, (name, make, states, theirs, arguments) in rows:
        rng = np.random.default_rng(0)
        w, g = (rng.standard_normal(n).astype(np.float32) for _ in range(2))
        calls = {"mark1": _ours(make(), w, g)}
        if torch is not None and theirs is not None:
            if "momentum" in name:
                arguments = {**arguments, "momentum": 0.9}
            if "amsgrad" in name:
                arguments = {**arguments, "amsgrad": True}
            parameter = torch.nn.Parameter(torch.from_numpy(w.copy()))
            parameter.grad = torch.from_numpy(g)
            calls["torch"] = getattr(torch.optim, theirs)([parameter], lr=1e-3, **arguments).step
        # Gradient, weight and states are read, the last two written; a norm reads gradients, too.
        moved = 4 * (3 + ("clipnorm" in name) + 2 * states) * n
        copy = Copy() if moved > 2 * machine.last_level_cache() else None
        if copy:
            calls["copy"] = copy
        timings = measure(calls, seconds)
        rate = moved / timings["mark1"].median
        part = copy.part(rate, timings) if copy else None
        nanoseconds = timings["mark1"].median / n * 1e9
        label = f"{name} {n:,}, {nanoseconds:.3f} ns each"
        report.add(label, timings, (rate / 1e9, "GB/s"), part, op="optimizers")


def _ours(optimizer: Any, w: np.ndarray, g: np.ndarray) -> Call:
    variable, gradient = mark1.Variable(w), _core.convert(g)
    return lambda: optimizer.apply([gradient], [variable])
