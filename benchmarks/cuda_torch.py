"""PyTorch's training step as a CUDA graph, as its documentation captures one."""

from __future__ import annotations

import torch

from benchmarks.models.libraries import with_torch
from benchmarks.models.problems import LEARNING_RATE, Problem


class GraphTrainer(with_torch.Trainer):
    """The loop of `with_torch.Trainer` with one replay per step.

    Rows are gathered within the graph; between replays only their numbers are copied.
    """

    def __init__(self, problem: Problem, device: str) -> None:
        super().__init__(problem, device)
        self._optimizer = torch.optim.Adam(
            self._net.parameters(), LEARNING_RATE, fused=True, capturable=True
        )
        self._total = torch.zeros((), device=device)
        self._correct = torch.zeros((), dtype=torch.int64, device=device)
        self._rows = torch.arange(self._batch, device=device)
        # Libraries choose algorithms and allocate what they keep before the capture.
        aside = torch.cuda.Stream()
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            for _ in range(3):
                super()._step(self._rows, self._total, self._correct)
        torch.cuda.current_stream().wait_stream(aside)
        self._optimizer.zero_grad(set_to_none=True)
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph):
            super()._step(self._rows, self._total, self._correct)

    def train(self, epochs: int) -> object:
        history = []
        for _ in range(epochs):
            self._total.zero_()
            self._correct.zero_()
            order = torch.randperm(len(self._x), device=self._device)
            for rows in order.split(self._batch):
                self._rows.copy_(rows)
                self._graph.replay()
            history.append((float(self._total), int(self._correct)))
        return history
