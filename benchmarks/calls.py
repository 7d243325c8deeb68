"""What a call costs when there is next to nothing to compute: 16 numbers, with and without tape."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

import mark1
from benchmarks.harness import Call, measure
from benchmarks.kernels.cases import import_torch
from benchmarks.report import Report

ELEMENTS = 16


def run(report: Report, selected: Callable[[str], bool], seconds: float, smoke: bool) -> None:
    tasks = {"add": adding, "add, recorded": recording}
    chosen = {name: task for name, task in tasks.items() if selected(f"calls/{name}")}
    if chosen:
        report.heading(f"calls: {ELEMENTS} elements")
    rng = np.random.default_rng(0)
    x, y = (rng.standard_normal(ELEMENTS).astype(np.float32) for _ in range(2))
    for name, task in chosen.items():
        report.add(name, measure(task(x, y), seconds), op="calls")


def adding(x: np.ndarray, y: np.ndarray) -> dict[str, Call]:
    a, b = mark1.ops.convert_to_tensor(x), mark1.ops.convert_to_tensor(y)
    add = mark1.ops.add
    if not np.array_equal(add(a, b), x + y):
        raise AssertionError("add is wrong")
    calls: dict[str, Call] = {"mark1": lambda: add(a, b), "NumPy": lambda: np.add(x, y)}
    torch = import_torch()
    if torch is not None:
        c, d = torch.from_numpy(x), torch.from_numpy(y)
        calls["torch"] = lambda: torch.add(c, d)
    return calls


def recording(x: np.ndarray, y: np.ndarray) -> dict[str, Call]:
    a, b = mark1.ops.convert_to_tensor(x), mark1.ops.convert_to_tensor(y)
    add = mark1.ops.add

    def record() -> tuple[mark1.GradientTape, mark1.Tensor]:
        with mark1.GradientTape() as tape:
            tape.watch(a)
            return tape, add(a, b)

    tape, total = record()
    if not np.array_equal(tape.gradient(total, a), np.ones_like(x)):
        raise AssertionError("the gradient of add is wrong")
    calls: dict[str, Call] = {"mark1": record}
    torch = import_torch()
    if torch is not None:
        c, d = torch.from_numpy(x).requires_grad_(), torch.from_numpy(y)
        calls["torch"] = lambda: torch.add(c, d)
    return calls
