"""Keras on the backend that KERAS_BACKEND names."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np

from benchmarks.models.problems import LEARNING_RATE, Array, Problem, Weights

ALSO = [keras.backend.backend()]


class Trainer:
    def __init__(self, problem: Problem) -> None:
        _, hidden, outputs = problem.widths
        keras.utils.set_random_seed(0)
        self._model = keras.Sequential(
            [
                keras.layers.Input(problem.input_shape),
                *_convolutions(problem),
                getattr(keras.layers, problem.layer)(hidden, activation=problem.activation),
                keras.layers.Dense(outputs, activation="sigmoid" if outputs == 1 else "softmax"),
            ]
        )
        loss = "binary_crossentropy" if problem.binary else "sparse_categorical_crossentropy"
        optimizer = keras.optimizers.Adam(LEARNING_RATE)
        self._model.compile(optimizer, loss, metrics=["accuracy"])
        self._x, self._y = problem.data()
        self._batch, self._recurrent = problem.batch, problem.length > 0

    def train(self, epochs: int) -> object:
        return self._model.fit(
            self._x, self._y, batch_size=self._batch, epochs=epochs, verbose=0
        ).history

    def weights(self) -> Weights:
        w = self._model.get_weights()
        if self._recurrent:
            return [tuple(w[:3]), tuple(w[3:])]
        return list(zip(w[::2], w[1::2], strict=True))

    def calls(self) -> dict[str, Callable[[Array], Array]]:
        model = self._model
        to_numpy = keras.ops.convert_to_numpy
        return {
            "predict": lambda row: model.predict(row, verbose=0),
            "call": lambda row: np.asarray(to_numpy(model(row))),
        }


def _convolutions(problem: Problem) -> list[keras.layers.Layer]:
    layers = []
    for filters in problem.filters:
        layers.append(keras.layers.Conv2D(filters, 3, activation="relu"))
        layers.append(keras.layers.MaxPooling2D(2))
    return [*layers, keras.layers.Flatten()] if layers else []
