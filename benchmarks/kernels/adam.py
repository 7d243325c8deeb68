"""Adam: one update of many parameters.

In the cache it is limited by its square root and its division, so it is put beside a loop of just
these two; out of it by seven floats read or written per parameter, so beside a copy.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

import mark1
from benchmarks import machine
from benchmarks.harness import Call, measure
from benchmarks.kernels.cases import import_torch
from benchmarks.peak import Copy
from benchmarks.report import Report
from mark1 import _core

# Gradient, two means and weight are read, the last three written.
BYTES_PER_PARAMETER = 28
FORMULA = {"learning_rate": 1e-3, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}


def run(report: Report, selected: Callable[[str], bool], seconds: float, smoke: bool) -> None:
    sizes = [n for n in (100_000, 10_000_000) if selected(f"adam/{n}")]
    if sizes:
        report.heading("adam: one update")
    for n in sizes[:1] if smoke else sizes:
        rng = np.random.default_rng(0)
        w, g = (rng.standard_normal(n).astype(np.float32) for _ in range(2))
        check(w, g)
        calls = alternatives(w, g)
        copy = Copy() if BYTES_PER_PARAMETER * n > 2 * machine.last_level_cache() else None
        if copy:
            calls["copy"] = copy
        timings = measure(calls, seconds)
        rate = BYTES_PER_PARAMETER * n / timings["mark1"].median
        part = copy.part(rate, timings) if copy else None
        report.add(f"adam {n:,} parameters", timings, (rate / 1e9, "GB/s"), part, op="adam")


def alternatives(w: np.ndarray, g: np.ndarray) -> dict[str, Call]:
    variable, gradient = mark1.Variable(w), _core.convert(g)
    optimizer = mark1.optimizers.Adam(**FORMULA)
    calls: dict[str, Call] = {"mark1": lambda: optimizer.apply([gradient], [variable])}
    x, out = _core.convert(np.abs(w)), _core.convert(w)
    calls["root and division"] = lambda: _core.bench_root(x, out)
    calls["NumPy"] = numpy_adam(w.copy(), g)
    torch = import_torch()
    if torch is not None:
        parameter = torch.nn.Parameter(torch.from_numpy(w.copy()))
        parameter.grad = torch.from_numpy(g)
        calls["torch"] = torch.optim.Adam([parameter], eps=FORMULA["epsilon"], fused=True).step
    return calls


def numpy_adam(w: np.ndarray, g: np.ndarray) -> Call:
    """The update with every temporary allocated beforehand."""
    m, v, t1, t2 = (np.zeros_like(w) for _ in range(4))
    rate, b1, b2, epsilon = (np.float32(FORMULA[k]) for k in FORMULA)
    one = np.float32(1)

    def step() -> None:
        np.multiply(np.subtract(g, m, out=t1), one - b1, out=t1)
        np.add(m, t1, out=m)
        np.subtract(np.multiply(g, g, out=t1), v, out=t1)
        np.add(v, np.multiply(t1, one - b2, out=t1), out=v)
        np.add(np.sqrt(v, out=t1), epsilon, out=t1)
        np.divide(np.multiply(m, rate, out=t2), t1, out=t2)
        np.subtract(w, t2, out=w)

    return step


def check(w: np.ndarray, g: np.ndarray) -> None:
    """The first step moves every weight by the learning rate, against the gradient."""
    variable = mark1.Variable(w)
    mark1.optimizers.Adam(**FORMULA).apply([_core.convert(g)], [variable])
    expected = w - FORMULA["learning_rate"] * g / (np.abs(g) + FORMULA["epsilon"] * 31.7)
    off = np.abs(variable.numpy() - expected).max()
    if not off < 1e-4:
        raise AssertionError(f"adam is wrong by {off}")
