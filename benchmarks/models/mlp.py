"""A training step of small perceptrons through `fit`: shuffling, Adam, accuracy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import mark1
from benchmarks.harness import Call, measure
from benchmarks.kernels.cases import import_torch
from benchmarks.report import Report

STEPS = 50


@dataclass(frozen=True)
class Model:
    widths: tuple[int, ...]
    activation: str
    batch: int

    @property
    def name(self) -> str:
        inner = "-".join(f"{w}({self.activation})" for w in self.widths[1:-1])
        return f"{self.widths[0]}-{inner}-{self.widths[-1]} batch {self.batch}"

    def data(self) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(0)
        rows = self.batch * STEPS
        x = rng.standard_normal((rows, self.widths[0])).astype(np.float32)
        return x, rng.integers(0, max(2, self.widths[-1]), rows).astype(np.int32)


MODELS = [
    Model((2, 8, 1), "tanh", 4),
    Model((20, 100, 2), "relu", 200),
    Model((784, 128, 10), "relu", 32),
    Model((784, 128, 10), "relu", 128),
]


def run(report: Report, selected: Callable[[str], bool], seconds: float, smoke: bool) -> None:
    models = [m for m in MODELS if selected(f"mlp/{m.name}")]
    if models:
        report.heading(f"mlp: {STEPS} training steps")
    for model in models[:1] if smoke else models:
        calls = {"mark1": mark1_epoch(model)}
        torch = import_torch()
        if torch is not None:
            calls["torch"] = torch_epoch(model, torch)
        timings = measure(calls, seconds)
        step = timings["mark1"].median / STEPS
        report.add(model.name, timings, (step * 1e6, "us/step"), op="mlp", steps=STEPS)


def mark1_epoch(model: Model) -> Call:
    x, y = model.data()
    outputs = model.widths[-1]
    mark1.utils.set_random_seed(0)
    net = mark1.Sequential(
        [
            mark1.layers.Input((model.widths[0],)),
            *(mark1.layers.Dense(w, activation=model.activation) for w in model.widths[1:-1]),
            mark1.layers.Dense(outputs, activation="sigmoid" if outputs == 1 else "softmax"),
        ]
    )
    loss = "binary_crossentropy" if outputs == 1 else "sparse_categorical_crossentropy"
    net.compile("adam", loss, metrics=["accuracy"])
    return lambda: net.fit(x, y, batch_size=model.batch, epochs=1, verbose=0)


def torch_epoch(model: Model, torch: Any) -> Call:
    x, y = model.data()
    outputs = model.widths[-1]
    layers: list[Any] = []
    for i, o in zip(model.widths, model.widths[1:], strict=False):
        layers += [
            torch.nn.Linear(i, o),
            torch.nn.Tanh() if model.activation == "tanh" else torch.nn.ReLU(),
        ]
    net = torch.nn.Sequential(*layers[:-1])
    optimizer = torch.optim.Adam(net.parameters(), fused=True)
    data = torch.from_numpy(x)
    labels = torch.from_numpy(y)
    if outputs == 1:
        labels, loss = labels.float()[:, None], torch.nn.BCEWithLogitsLoss()
    else:
        labels, loss = labels.long(), torch.nn.CrossEntropyLoss()

    def epoch() -> None:
        correct = torch.zeros(())
        for rows in torch.randperm(len(data)).split(model.batch):
            target = labels[rows]
            y = net(data[rows])
            optimizer.zero_grad(set_to_none=True)
            loss(y, target).backward()
            optimizer.step()
            guess = y > 0 if outputs == 1 else y.argmax(1)
            correct += (guess == target).sum()

    return epoch
