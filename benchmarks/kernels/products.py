"""Matrix products apart from those of `cases`: single rows times far weights, and what order costs.

A model that answers one request at a time reads each of its weights once per request; when it is
large, from memory. So several weight matrices, together four times the last cache, take turns.

The canonical order of sums cuts k into chunks. The same kernel with one chunk for all of k shows
what that costs: minima of interleaved runs on one thread, since the difference is far smaller than
the noise of any single one. Below 0 the chunks are the faster way.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import mark1
from benchmarks import machine
from benchmarks.harness import Call, measure
from benchmarks.kernels.cases import import_torch
from benchmarks.report import Report, format_seconds
from mark1 import _core
from mark1.ops.matmul import product

WEIGHTS = [(784, 128), (1024, 1024), (4096, 1024)]
# x is not a multiple of 1 KB wide, so that both ways read it where it lies.
ORDERED = [(512, 1000, 512), (1000, 1000, 1000)]
RUNS = 100


def run(report: Report, selected: Callable[[str], bool], seconds: float, smoke: bool) -> None:
    far = [
        (f"products/far-{'nt'[t]}-1x{w[t]}_{w[0]}x{w[1]}", w, bool(t))
        for w in WEIGHTS
        for t in (0, 1)
    ]
    chosen = [task for task in far if selected(task[0])]
    if chosen:
        report.heading("products: one row, weights in no cache")
    for name, (k, n), transposed in chosen[:1] if smoke else chosen:
        timings = measure(alternatives(k, n, transposed, smoke), seconds)
        rate = 4 * k * n / timings["mark1"].median
        report.add(name, timings, (rate / 1e9, "GB/s"), rate / report.peak.bandwidth, op="products")
    ordered = [s for s in ORDERED if selected(f"products/order-{s[0]}x{s[1]}x{s[2]}")]
    for m, k, n in ordered[:1] if smoke else ordered:
        cost = order_cost(m, k, n, 2 if smoke else RUNS)
        report.results.append(cost)
        print(
            f"{cost['name']:46} {format_seconds(cost['chunks_s']):>10}, in one chunk "
            f"{format_seconds(cost['one_chunk_s'])}: the order costs {cost['cost']:.1%}",
            flush=True,
        )


def alternatives(k: int, n: int, transposed: bool, smoke: bool = False) -> dict[str, Call]:
    rng = np.random.default_rng(0)
    count = 2 if smoke else 2 + 4 * machine.last_level_cache() // (4 * k * n)
    ws = [rng.random((k, n), dtype=np.float32) for _ in range(count)]
    x = rng.standard_normal((1, n if transposed else k)).astype(np.float32)
    out = np.empty((1, k if transposed else n), np.float32)
    a, bs = mark1.ops.convert_to_tensor(x), [mark1.ops.convert_to_tensor(w) for w in ws]
    views = [w.T if transposed else w for w in ws]
    y = np.asarray(product(a, bs[1], False, transposed))
    if not np.allclose(y, x.astype(np.float64) @ views[1], atol=1e-2):
        raise AssertionError("a product is wrong")
    own, theirs = itertools.cycle(bs), itertools.cycle(views)
    calls: dict[str, Call] = {
        "mark1": lambda: product(a, next(own), False, transposed),
        "NumPy": lambda: np.matmul(x, next(theirs), out=out),
    }
    torch = import_torch()
    if torch is not None:
        c, ds = torch.from_numpy(x), itertools.cycle([torch.from_numpy(v) for v in views])
        calls["torch"] = lambda: c @ next(ds)
    return calls


def order_cost(m: int, k: int, n: int, runs: int) -> dict[str, Any]:
    """Minimal times of a product in the order's chunks and in one, and by how much they differ."""
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((m, k), np.float32), rng.standard_normal((k, n), np.float32)
    a, b = _core.convert(x), _core.convert(w)
    workspace = _core.bench_product_workspace(a, b)
    out = _core.convert(np.zeros((m, n), np.float32))
    calls: dict[str, Call] = {}
    for name, one_chunk in (("chunks_s", False), ("one_chunk_s", True)):
        calls[name] = lambda one=one_chunk: _core.bench_product(a, b, out, workspace, one)
        calls[name]()
        if _core.isa() != "reference" and not np.allclose(out.numpy(), x @ w, atol=1e-2):
            raise AssertionError("a product is wrong")
    best = dict.fromkeys(calls, float("inf"))
    for _ in range(runs):
        for name, seconds in one_run(calls).items():
            best[name] = min(best[name], seconds)
    cost = best["chunks_s"] / best["one_chunk_s"] - 1
    return {"name": f"products/order-{m}x{k}x{n}", "op": "products", **best, "cost": cost}


def one_run(calls: dict[str, Call]) -> dict[str, float]:
    """Seconds of each call, one after the other."""
    seconds = {}
    for name, call in calls.items():
        start = time.perf_counter()
        call()
        seconds[name] = time.perf_counter() - start
    return seconds
