"""Attention beside torch's scaled_dot_product_attention: with its gradient, and for one query."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

import mark1
from benchmarks.harness import Call, measure
from benchmarks.kernels.cases import import_torch
from benchmarks.report import Report
from mark1 import _core
from tests.cases.attention import BENCHMARKS, DECODING

# Products of a block forward and backward; scores are computed again.
PRODUCTS = 2 + 5


def run(report: Report, selected: Callable[[str], bool], seconds: float, smoke: bool) -> None:
    cases = [c for c in BENCHMARKS if selected(f"attention/{c.id}")]
    if cases:
        report.heading("attention with gradient: (batch, time, heads, depth)")
    for case in cases[:2] if smoke else cases:
        shape, causal = case.inputs[0].shape, case.attributes["is_causal"]
        rng = np.random.default_rng(0)
        arrays = [rng.standard_normal(shape).astype(np.float32) for _ in range(4)]
        step = mark1_step(arrays, causal)
        check([np.array(x) for x in step()], arrays, causal)
        calls: dict[str, Call] = {"mark1": step}
        if import_torch() is not None:
            calls["torch"] = torch_step(arrays, causal)
        timings = measure(calls, seconds)
        batch, length, heads, depth = shape
        blocks = -(-length // 64)
        pairs = 64 * 64 * (blocks * (blocks + 1) / 2 if causal else blocks * blocks)
        flops = PRODUCTS * 2 * depth * batch * heads * pairs
        rate = flops / timings["mark1"].median
        part = rate / report.peak.flops["float32"]
        name = "x".join(map(str, shape)) + " causal" * causal
        report.add(name, timings, (rate / 1e9, "GFLOP/s"), part, op="attention", flops=flops)
    _decode(report, selected, seconds)


def _decode(report: Report, selected: Callable[[str], bool], seconds: float) -> None:
    """One query per head: keys and values are read once."""
    cases = [c for c in DECODING if selected(f"attention/decoding/{c.id}")]
    if cases:
        report.heading("attention for one query: (batch, keys, heads, depth)")
    for case in cases:
        rng = np.random.default_rng(0)
        arrays = [rng.standard_normal(i.shape).astype(np.float32) for i in case.inputs]
        q, k, v = map(_core.convert, arrays)
        call = partial(mark1.ops.dot_product_attention, q, k, v)
        y, expected = np.array(call()), case.define(*(a.astype(np.float64) for a in arrays))
        if not np.abs(y - expected).max() < 1e-5:
            raise AssertionError("attention for one query is wrong")
        calls: dict[str, Call] = {"mark1": call}
        torch = import_torch()
        if torch is not None:
            theirs = [torch.from_numpy(a).transpose(1, 2).contiguous() for a in arrays]
            calls["torch"] = partial(torch.nn.functional.scaled_dot_product_attention, *theirs)
        timings = measure(calls, seconds)
        rate = (arrays[1].nbytes + arrays[2].nbytes) / timings["mark1"].median
        name = "x".join(map(str, arrays[1].shape))
        report.add(name, timings, (rate / 1e9, "GB/s"), op="attention")


def mark1_step(arrays: list[np.ndarray], causal: bool) -> Callable[[], list[mark1.Tensor]]:
    q, k, v, dy = map(_core.convert, arrays)

    def step() -> list[mark1.Tensor]:
        with mark1.GradientTape() as tape:
            tape.watch([q, k, v])
            y = mark1.ops.dot_product_attention(q, k, v, is_causal=causal)
        return [y, *tape.gradient(y, [q, k, v], output_gradients=dy)]

    return step


def torch_step(arrays: list[np.ndarray], causal: bool) -> Call:
    """On heads that lie one after the other, which torch computes fastest."""
    import torch
    from torch.nn.functional import scaled_dot_product_attention

    q, k, v, dy = (torch.from_numpy(a).transpose(1, 2).contiguous() for a in arrays)
    for x in (q, k, v):
        x.requires_grad_()

    def step() -> object:
        y = scaled_dot_product_attention(q, k, v, is_causal=causal)
        return torch.autograd.grad(y, (q, k, v), dy)

    return step


def check(results: list[np.ndarray], arrays: list[np.ndarray], causal: bool) -> None:
    """Raises unless output and gradients of one head are those of float64 NumPy."""
    length, depth = arrays[0].shape[1], arrays[0].shape[3]
    q, k, v, dy = (a[-1, :, -1].astype(np.float64) for a in arrays)
    s = q @ k.T / np.sqrt(depth)
    if causal:
        s[~np.tri(length, dtype=bool)] = -np.inf
    p = np.exp(s - s.max(-1, keepdims=True))
    p /= p.sum(-1, keepdims=True)
    dp = dy @ v.T
    ds = p * (dp - (dp * p).sum(-1, keepdims=True)) / np.sqrt(depth)
    expected = [p @ v, ds @ k, ds.T @ q, p.T @ dy]
    for what, x, e in zip(("y", "dq", "dk", "dv"), results, expected, strict=True):
        off = np.abs(x[-1, :, -1] - e).max() / np.abs(e).max()
        if not off < 1e-5:
            raise AssertionError(f"attention: {what} is wrong by {off}")
