"""PyTorch: a loop by hand around nn.Sequential and fused Adam; compiled with BENCHMARK_COMPILE.

Images are kept with channels last, which is the faster layout here.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable

import torch

from benchmarks.models.problems import LEARNING_RATE, Array, Problem, Weights

torch.set_num_threads(len(os.sched_getaffinity(0)))
COMPILE = "BENCHMARK_COMPILE" in os.environ


class LastStep(torch.nn.Module):
    """The output of the last step of a recurrent layer."""

    def forward(self, x: tuple[torch.Tensor, object]) -> torch.Tensor:
        return x[0][:, -1]


class Trainer:
    def __init__(self, problem: Problem, device: str = "cpu") -> None:
        inputs, hidden, outputs = problem.widths
        torch.manual_seed(0)
        activation = torch.nn.Tanh() if problem.activation == "tanh" else torch.nn.ReLU()
        first: list[torch.nn.Module] = [torch.nn.Linear(inputs, hidden), activation]
        convolutions: list[torch.nn.Module] = []
        self._size = problem.image
        for filters in problem.filters:
            height, width, channels = self._size
            convolutions += [
                torch.nn.Conv2d(channels, filters, 3),
                torch.nn.ReLU(),
                torch.nn.MaxPool2d(2),
            ]
            self._size = ((height - 2) // 2, (width - 2) // 2, filters)
            first[0] = torch.nn.Linear(math.prod(self._size), hidden)
        if convolutions:
            convolutions.append(torch.nn.Flatten())
        if problem.length:
            kind = {"SimpleRNN": torch.nn.RNN, "LSTM": torch.nn.LSTM}[problem.layer]
            first = [kind(inputs, hidden, batch_first=True), LastStep()]
        self._net = torch.nn.Sequential(
            *convolutions,
            *first,
            torch.nn.Linear(hidden, outputs),
        ).to(device, memory_format=torch.channels_last)
        # The variant with the least work per step; without `fused` it takes longer.
        self._optimizer = torch.optim.Adam(self._net.parameters(), LEARNING_RATE, fused=True)
        x, y = problem.data()
        self._x, self._y = torch.from_numpy(x).to(device), torch.from_numpy(y).to(device)
        self._device = device
        self._binary, self._batch = problem.binary, problem.batch
        if problem.binary:
            self._y, self._loss = self._y.float()[:, None], torch.nn.BCEWithLogitsLoss()
        else:
            self._y, self._loss = self._y.long(), torch.nn.CrossEntropyLoss()
        self._forward = torch.compile(self._measure) if COMPILE else self._measure

    def _measure(self, x: torch.Tensor, target: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return loss and number of right guesses."""
        y = self._net(x)
        guess = y > 0 if self._binary else y.argmax(1)
        return self._loss(y, target), (guess == target).sum()

    def train(self, epochs: int) -> object:
        history = []
        for _ in range(epochs):
            total = torch.zeros((), device=self._device)
            correct = torch.zeros((), dtype=torch.int64, device=self._device)
            order = torch.randperm(len(self._x), device=self._device)
            for rows in order.split(self._batch):
                self._step(rows, total, correct)
            history.append((float(total), int(correct)))
        return history

    def _step(self, rows: torch.Tensor, total: torch.Tensor, correct: torch.Tensor) -> None:
        x = self._x[rows]
        if x.ndim == 4:
            x = x.permute(0, 3, 1, 2)  # in the order that is called channels_last
        loss, right = self._forward(x, self._y[rows])
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self._optimizer.step()
        total += loss.detach()
        correct += right

    def weights(self) -> Weights:
        pairs: Weights = []
        for layer in self._net:
            if isinstance(layer, torch.nn.RNNBase):
                # It has two biases; its gates are in the order of Keras.
                w, u, b, c = layer.parameters()
                pairs.append((w.T, u.T, b + c))
            if isinstance(layer, torch.nn.Conv2d):
                pairs.append((layer.weight.permute(2, 3, 1, 0), layer.bias))
            elif isinstance(layer, torch.nn.Linear):
                w = layer.weight
                if self._size and w.shape[1] == math.prod(self._size):
                    height, width, channels = self._size
                    w = w.reshape(-1, channels, height, width).permute(0, 2, 3, 1).flatten(1)
                pairs.append((w.T, layer.bias))
        return [tuple(w.detach().cpu().numpy() for w in pair) for pair in pairs]

    def calls(self) -> dict[str, Callable[[Array], Array]]:
        net = torch.compile(self._net) if COMPILE else self._net

        def call(row: Array) -> Array:
            with torch.inference_mode():
                y = net(torch.from_numpy(row))
                return (y.sigmoid() if self._binary else y.softmax(1)).numpy()

        return {"call": call}
