"""scikit-learn's MLPClassifier; it sums up no accuracy, and two classes share one output."""

from __future__ import annotations

import warnings
from collections.abc import Callable

from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from benchmarks.models.problems import LEARNING_RATE, Array, Problem, Weights

# That `fit` ends after the epochs it was given is what is wanted here.
warnings.simplefilter("ignore", ConvergenceWarning)


class Trainer:
    def __init__(self, problem: Problem) -> None:
        if problem.filters:
            raise KeyError("convolutions")
        if problem.length:
            raise KeyError(problem.layer)
        self._model = MLPClassifier(
            hidden_layer_sizes=problem.widths[1:-1],
            activation=problem.activation,
            solver="adam",
            alpha=0.0,
            batch_size=problem.batch,
            learning_rate_init=LEARNING_RATE,
            shuffle=True,
            random_state=0,
            tol=0.0,
            n_iter_no_change=10**9,
            warm_start=True,
        )
        self._x, self._y = problem.data()
        if problem.action != "train":
            self._x = self._x.repeat(problem.widths[-1], axis=0)
            self._y = range(problem.widths[-1])

    def train(self, epochs: int) -> object:
        return self._model.set_params(max_iter=epochs).fit(self._x, self._y).loss_curve_

    def weights(self) -> Weights:
        return list(zip(self._model.coefs_, self._model.intercepts_, strict=True))

    def calls(self) -> dict[str, Callable[[Array], Array]]:
        self.train(1)  # before it has no weights
        return {"predict": self._model.predict_proba}
