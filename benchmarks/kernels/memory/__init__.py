"""What memory decides: every such operation with its arrays in a second-level cache, and in none.

Beside each runs a large copy, so that the part of the bandwidth is that of the same minute; reading
alone can be faster than copying. Results are compared with NumPy's in float64 before anything is
timed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from benchmarks.harness import Call, measure
from benchmarks.kernels.cases import import_torch
from benchmarks.kernels.memory import elementwise, moves, normalise, reductions
from benchmarks.kernels.memory.row import Row, normal
from benchmarks.peak import Copy
from benchmarks.report import Report
from mark1 import _core


def rows(large: bool) -> Iterator[Row]:
    """Rows over 65,536 numbers, or over 16 Mi."""
    side = 4096 if large else 256
    square = normal(side, side)
    flat = square.reshape(-1)
    for part in (elementwise.unary, elementwise.slopes, elementwise.truths):
        yield from part(flat)
    yield from elementwise.binary(flat, square)
    yield from reductions.reductions(square)
    for shape in ((131072, 128), (16384, 1024)) if large else ((512, 128), (128, 768)):
        yield from normalise.softmax(*shape)
        yield from normalise.layer_norm(*shape)
    for shape in ((262144, 64), (16384, 1024)) if large else ((1024, 64),):
        yield from normalise.batch_norm(*shape, large)
    yield from normalise.pools(*((32, 112, 64) if large else (4, 16, 64)))
    yield from moves.moves(square)
    yield from moves.gathers(square)
    # Sorting 16 Mi numbers takes seconds.
    yield from moves.sorts(normal(1024, 1024) if large else square)


def run(report: Report, selected: Callable[[str], bool], seconds: float, smoke: bool) -> None:
    for where in ("L2",) if smoke else ("L2", "memory"):
        if not selected(f"memory/{where}") and not any(
            selected(f"memory/{where}/{row.name}") for row in rows(False)
        ):
            continue
        heading = False
        for row in rows(where == "memory"):
            if not selected(f"memory/{where}/{row.name}"):
                continue
            if not heading:
                report.heading(f"memory: arrays in {where}")
            heading = True
            _time(report, row, where, seconds)


def _time(report: Report, row: Row, where: str, seconds: float) -> None:
    calls = alternatives(row)
    copy = Copy() if where == "memory" else None
    if copy:
        calls["copy"] = copy
    timings = measure(calls, seconds)
    rate = row.moved / timings["mark1"].median
    part = copy.part(rate, timings) if copy else None
    report.add(row.name, timings, (rate / 1e9, "GB/s"), part, op="memory", where=where)


def alternatives(row: Row) -> dict[str, Call]:
    tensors = [_core.convert(a) for a in row.arrays]
    out = np.asarray(row.own(*tensors))
    check(row, out)
    calls: dict[str, Call] = {"mark1": partial(row.own, *tensors)}
    if row.timed:
        calls["NumPy"] = partial(row.timed, *row.arrays, out=np.empty_like(out))
    elif row.timed is None:
        calls["NumPy"] = partial(row.numpy, *row.arrays)
    torch = import_torch()
    if torch is not None and row.torch is not None:
        calls["torch"] = partial(row.torch, *(torch.from_numpy(a) for a in row.arrays))
    return calls


def check(row: Row, out: np.ndarray) -> None:
    """Raises unless the result is right; what NumPy has as NaN alone is not compared."""
    wide: list[Any] = [a.astype(np.float64) if a.dtype.kind == "f" else a for a in row.arrays]
    expected = np.asarray(row.numpy(*wide))
    if out.shape != expected.shape:
        raise AssertionError(f"{row.name}: shape {out.shape}, not {expected.shape}")
    known = ~np.isnan(expected)
    # A sum's error goes with its terms, some of which may have cancelled.
    bound = row.tolerance * (1 + np.abs(expected[known]))
    wrong = np.abs(out[known].astype(np.float64) - expected[known]) > bound
    if wrong.any() or not known.any():
        raise AssertionError(f"{row.name} is wrong at {wrong.mean():.1%} of its places")
