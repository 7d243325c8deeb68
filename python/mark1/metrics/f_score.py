"""F-scores: precision and recall in one number."""

from __future__ import annotations

from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.losses.alignment import floating
from mark1.losses.loss import divide_no_nan
from mark1.metrics.metric import Metric, registry, spread_weights

_AVERAGES = (None, "micro", "macro", "weighted")


@registry.register("fbeta_score")
class FBetaScore(Metric):
    """``(1 + beta**2) P R / (beta**2 P + R)`` with the precision P and recall R of each class.

    Args:
        average: None gives one number per class, ``"micro"`` counts all classes together,
            ``"macro"`` is the mean of the classes, ``"weighted"`` the mean by their frequency.
        beta: how much more recall counts than precision.
        threshold: outputs above it count as 1; None takes the largest output of each row.
        name: what it is called in logs.
        dtype: of the result.

    Raises:
        ValueError: an argument is out of range, or outputs are not (n, classes).

    >>> metric = FBetaScore(beta=2.0, threshold=0.5)
    >>> metric([[1, 1], [1, 0], [1, 1]], [[0.2, 0.6], [0.6, 0.8], [0.8, 0.4]]).numpy()
    array([0.71428573, 0.5       ], dtype=float32)
    """

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str = "fbeta_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, dtype)
        if average not in _AVERAGES:
            raise ValueError(f"[{name}] average must be one of {_AVERAGES}, got {average!r}")
        if isinstance(beta, bool) or not isinstance(beta, (int, float)) or not beta > 0:
            raise ValueError(f"[{name}] beta must be a positive number, got {beta!r}")
        if threshold is not None and not (
            isinstance(threshold, (int, float)) and 0 < threshold <= 1
        ):
            raise ValueError(f"[{name}] threshold must be from 0 to 1, got {threshold!r}")
        self.average = average
        self.beta = beta
        self.threshold = threshold
        # Of each class: right ones, ones that were predicted, ones that there are.
        self._sums: Any = None

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in targets and outputs (n, classes) of a batch, and weights (n,)."""
        y_pred = floating(y_pred)
        y_true = ops.cast(y_true, "float64")
        if y_pred.ndim != 2 or y_true.shape != y_pred.shape:
            raise ValueError(
                f"[{self.name}] targets and outputs must both be (n, classes) "
                f"(y_true: {y_true.shape}, y_pred: {y_pred.shape})"
            )
        if self._sums is None:
            self._sums = self.add_variable((3 * y_pred.shape[1],), dtype="float64", name="sums")
        ones = ops.cast(self._ones(y_pred), "float64")
        parts = ops.concatenate([ops.multiply(ones, y_true), ones, y_true], axis=1)
        if sample_weight is not None:
            weight = spread_weights(sample_weight, y_true)
            parts = ops.multiply(parts, ops.concatenate([weight, weight, weight], axis=1))
        self._sums.assign_add(ops.sum(parts, axis=0))

    def _ones(self, y_pred: Tensor) -> Tensor:
        if self.threshold is not None:
            return ops.greater(y_pred, self.threshold)
        best = ops.greater_equal(y_pred, ops.max(y_pred, axis=-1, keepdims=True))
        return ops.logical_and(best, ops.greater(ops.abs(y_pred), 1e-9))

    def result(self) -> Tensor:
        """Return the score, or one per class; 0 if there was nothing."""
        if self._sums is None:
            return ops.zeros((), self.dtype)
        sums = ops.reshape(self._sums.value, (3, -1))
        if self.average == "micro":
            sums = ops.sum(sums, axis=1, keepdims=True)
        right, predicted, actual = sums[0], sums[1], sums[2]
        # The formula above, both numerator and denominator times the two denominators.
        square = self.beta**2
        below = ops.add(ops.multiply(actual, square), predicted)
        score = divide_no_nan(ops.multiply(right, 1.0 + square), below)
        if self.average == "weighted":
            score = divide_no_nan(ops.sum(ops.multiply(score, actual)), ops.sum(actual))
        elif self.average is not None:
            score = ops.mean(score)
        return ops.cast(score, self.dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this metric was made with."""
        return {
            **super().get_config(),
            "average": self.average,
            "beta": self.beta,
            "threshold": self.threshold,
        }


@registry.register()
class F1Score(FBetaScore):
    """``2 P R / (P + R)`` with the precision P and recall R of each class.

    Args:
        average: None gives one number per class, ``"micro"`` counts all classes together,
            ``"macro"`` is the mean of the classes, ``"weighted"`` the mean by their frequency.
        threshold: outputs above it count as 1; None takes the largest output of each row.
        name: what it is called in logs.
        dtype: of the result.

    >>> metric = F1Score(threshold=0.5, average="macro")
    >>> round(float(metric([[1, 1], [1, 0], [1, 1]], [[0.2, 0.6], [0.6, 0.8], [0.8, 0.4]])), 4)
    0.65
    """

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str = "f1_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(average, 1.0, threshold, name, dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this metric was made with."""
        config = super().get_config()
        del config["beta"]
        return config
