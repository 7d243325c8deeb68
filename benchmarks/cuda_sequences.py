"""Rows of benchmarks.cuda: recurrent layers against cuDNN, attention and embeddings against torch.

Rows named "gradients" time a call and the gradients of all its operands, and compare the first's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import mark1
from benchmarks.cuda_row import Goal, Row
from mark1 import ops

# The layer that has a target: forward, and with gradients.
_TARGET = ("LSTM", 64, 100, 512)


def _normal(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).normal(size=shape).astype("float32")


def _with_gradients(forward: Callable[..., Any], count: int) -> Callable[..., Any]:
    def call(*operands: Any) -> Any:
        tensors = [ops.convert_to_tensor(x) for x in operands]
        with mark1.GradientTape() as tape:
            for x in tensors[:count]:
                tape.watch(x)
            y = forward(*tensors)
        return tape.gradient(y, tensors[:count])[0]

    return call


class _TorchLayer:
    """A layer of cuDNN's with the weights of the first call, which all later ones share."""

    def __init__(self, kind: str, gradients: bool) -> None:
        self.kind, self.gradients = kind, gradients
        self.layer: Any = None

    def _make(self, torch: Any, w: Any, u: Any, b: Any) -> None:
        units = u.shape[0]
        self.layer = getattr(torch.nn, self.kind)(w.shape[0], units, batch_first=True).to(w.device)

        def placed(weights: Any) -> Any:  # PyTorch's GRU has the reset gate first
            if self.kind != "GRU":
                return weights
            update, reset, fresh = weights.split(units, -1)
            return torch.cat([reset, update, fresh], -1)

        with torch.no_grad():
            self.layer.weight_ih_l0.copy_(placed(w).t())
            self.layer.weight_hh_l0.copy_(placed(u).t())
            biases = b if b.ndim == 2 else torch.stack([b, torch.zeros_like(b)])
            self.layer.bias_ih_l0.copy_(placed(biases[0]))
            self.layer.bias_hh_l0.copy_(placed(biases[1]))

    def __call__(self, torch: Any, x: Any, w: Any, u: Any, b: Any) -> Any:
        if self.layer is None:
            self._make(torch, w, u, b)
        if not self.gradients:
            with torch.no_grad():
                return self.layer(x)[0]
        x = x.detach().requires_grad_()
        y = self.layer(x)[0]
        return torch.autograd.grad(y, [x, *self.layer.parameters()], torch.ones_like(y))[0]


def _recurrent(kind: str, n: int, steps: int, units: int) -> list[Row]:
    gates = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
    function = {"RNN": ops.simple_rnn, "GRU": ops.gru, "LSTM": ops.lstm}[kind]
    scale = np.float32(units**-0.5)
    operands = (
        _normal(n, steps, units),
        _normal(units, gates * units) * scale,
        _normal(units, gates * units) * scale,
        _normal(2, gates * units) if kind == "GRU" else _normal(gates * units),
    )

    def forward(x: Any, w: Any, u: Any, b: Any) -> Any:
        return function(x, w, u, b, return_sequences=True)[0]

    name = f"{kind.lower()} {n}x{steps}x{units}"
    flops = 4.0 * n * steps * units * gates * units
    goals = (Goal("torch", 1.0),) if (kind, n, steps, units) == _TARGET else ()
    return [
        Row(name, operands, forward, _TorchLayer(kind, False), flops, goals=goals),
        Row(
            f"{name} gradients",
            operands,
            _with_gradients(forward, 4),
            _TorchLayer(kind, True),
            3 * flops,
            goals=goals,
        ),
    ]


def _attention(n: int, queries: int, keys: int, heads: int, causal: bool) -> list[Row]:
    operands = (
        _normal(n, queries, heads, 64),
        _normal(n, keys, heads, 64),
        _normal(n, keys, heads, 64),
    )

    def forward(q: Any, k: Any, v: Any) -> Any:
        return ops.dot_product_attention(q, k, v, is_causal=causal)

    def torch_forward(torch: Any, q: Any, k: Any, v: Any) -> Any:
        q, k, v = (x.transpose(1, 2) for x in (q, k, v))
        y = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=causal)
        return y.transpose(1, 2)

    def torch_gradients(torch: Any, *operands: Any) -> Any:
        operands = tuple(x.detach().requires_grad_() for x in operands)
        y = torch_forward(torch, *operands)
        return torch.autograd.grad(y, operands, torch.ones_like(y))[0]

    name = f"attention {n}x{queries}x{keys}x{heads}" + (" causal" if causal else "")
    flops = 4.0 * 64 * n * heads * queries * keys * (0.5 if causal else 1)
    rows: list[Row] = [Row(name, operands, forward, torch_forward, flops)]
    if queries > 1:
        slopes = _with_gradients(forward, 3)
        rows.append(Row(f"{name} gradients", operands, slopes, torch_gradients, 3.5 * flops))
    return rows


def _embedding(words: int, width: int, count: int) -> list[Row]:
    table = _normal(words, width)
    indices = np.random.default_rng(0).integers(0, words, count)

    def forward(table: Any, indices: Any) -> Any:
        return ops.take(table, indices, axis=0)

    def torch_gradients(torch: Any, table: Any, indices: Any) -> Any:
        table = table.detach().requires_grad_()
        y = torch.nn.functional.embedding(indices, table)
        return torch.autograd.grad(y, table, torch.ones_like(y))[0]

    name = f"embedding {words}x{width}, {count}"
    return [
        Row(name, (table, indices), forward, lambda _, table, indices: table[indices]),
        Row(f"{name} gradients", (table, indices), _with_gradients(forward, 1), torch_gradients),
    ]


def sequence_rows(smoke: bool) -> list[Row]:
    """What is measured."""
    layers = [_TARGET, ("LSTM", 32, 100, 128), ("LSTM", 32, 100, 50)]
    layers += [("GRU", 64, 100, 512), ("RNN", 64, 100, 512)]
    layers += [("GRU", 32, 100, 128), ("RNN", 32, 100, 50)]
    attentions = [(4, 512, 512, 8, False), (4, 2048, 2048, 8, True), (2, 4096, 4096, 8, False)]
    # One query: a sequence that is generated.
    attentions += [(4, 1, 4096, 8, False), (1, 1, 8192, 32, False), (4, 1, 8192, 32, False)]
    tables = [(20000, 128, 32 * 200)]
    if smoke:
        layers = [("LSTM", 3, 2, 70), ("GRU", 3, 2, 5), ("RNN", 2, 2, 4)]
        attentions = [(1, 70, 66, 2, True), (1, 1, 130, 2, False)]
        tables = [(50, 4, 60)]
    found: list[Row] = []
    for kind, n, steps, units in layers:
        found += _recurrent(kind, n, steps, units)
    for n, queries, keys, heads, causal in attentions:
        found += _attention(n, queries, keys, heads, causal)
    for words, width, count in tables:
        found += _embedding(words, width, count)
    return found
