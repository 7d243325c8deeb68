"""mark1 through its public interface: compile, fit, predict."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

import mark1
from benchmarks.models.problems import LEARNING_RATE, Array, Problem, Weights


class Trainer:
    def __init__(self, problem: Problem, device: str = "cpu") -> None:
        _, hidden, outputs = problem.widths
        mark1.utils.set_random_seed(0)
        self.model = mark1.Sequential(
            [
                mark1.layers.Input(problem.input_shape),
                *_convolutions(problem),
                getattr(mark1.layers, problem.layer)(hidden, activation=problem.activation),
                mark1.layers.Dense(outputs, activation="sigmoid" if outputs == 1 else "softmax"),
            ]
        )
        loss = "binary_crossentropy" if problem.binary else "sparse_categorical_crossentropy"
        optimizer = mark1.optimizers.Adam(LEARNING_RATE)
        self.model.compile(optimizer, loss, metrics=["accuracy"], device=device)
        self._x, self._y = problem.data()
        self._batch, self._recurrent = problem.batch, problem.length > 0

    def train(self, epochs: int) -> object:
        return self.model.fit(
            self._x, self._y, batch_size=self._batch, epochs=epochs, verbose=0
        ).history

    def weights(self) -> Weights:
        w = self.model.get_weights()
        if self._recurrent:
            return [tuple(w[:3]), tuple(w[3:])]
        return list(zip(w[::2], w[1::2], strict=True))

    def calls(self) -> dict[str, Callable[[Array], Array]]:
        model = self.model
        return {
            "predict": lambda row: model.predict(row, verbose=0),
            "call": lambda row: np.asarray(model(row)),
        }


def _convolutions(problem: Problem) -> list[mark1.layers.Layer]:
    layers = []
    for filters in problem.filters:
        layers.append(mark1.layers.Conv2D(filters, 3, activation="relu"))
        layers.append(mark1.layers.MaxPooling2D(2))
    return [*layers, mark1.layers.Flatten()] if layers else []
