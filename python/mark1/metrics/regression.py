"""Metrics of regression that are more than the mean of a loss."""

from __future__ import annotations

import warnings
from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.layers.masks import mask_of
from mark1.losses.alignment import operands
from mark1.losses.loss import masked_weights
from mark1.losses.regression import cosine_similarity as _loss
from mark1.metrics.metric import Mean, Metric, StandardMetric, registry, spread_weights

_AGGREGATIONS = (None, "uniform_average", "variance_weighted_average")


def _cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Tensor:
    """The cosine itself: the loss has its sign changed."""
    return ops.negative(_loss(y_true, y_pred, axis))


def pearson_correlation(y_true: Any, y_pred: Any, axis: int = -1) -> Tensor:
    """The covariance over an axis, divided by both standard deviations; NaN if one of them is 0.

    Args:
        y_true: targets, the shape of y_pred up to a last axis of one.
        y_pred: outputs.
        axis: the axis of one sample.

    Returns:
        The shape of y_pred without the axis.

    Raises:
        ValueError: the shapes differ.

    >>> round(float(pearson_correlation([[0.0, 1.0, 2.0]], [[1.0, 3.0, 4.0]])[0]), 4)
    0.982
    """
    t, p = _centred(y_true, y_pred, axis, "pearson_correlation")
    spread = ops.multiply(ops.std(t, axis=axis), ops.std(p, axis=axis))
    return ops.divide(ops.mean(ops.multiply(t, p), axis=axis), spread)


def concordance_correlation(y_true: Any, y_pred: Any, axis: int = -1) -> Tensor:
    """Twice the covariance, divided by both variances and the square of the difference of means.

    1 only where outputs equal targets; 1e-7 is added to the divisor.

    Args:
        y_true: targets, the shape of y_pred up to a last axis of one.
        y_pred: outputs.
        axis: the axis of one sample.

    Returns:
        The shape of y_pred without the axis.

    Raises:
        ValueError: the shapes differ.

    Source:
        Lin, A concordance correlation coefficient to evaluate reproducibility, 1989.

    >>> round(float(concordance_correlation([[0.0, 1.0, 2.0]], [[1.0, 3.0, 4.0]])[0]), 4)
    0.4
    """
    y_true, y_pred = operands(y_true, y_pred, "concordance_correlation")
    t, p = _centred(y_true, y_pred, axis, "concordance_correlation")
    gap = ops.subtract(ops.mean(y_true, axis=axis), ops.mean(y_pred, axis=axis))
    spread = ops.add(ops.var(t, axis=axis), ops.var(p, axis=axis))
    below = ops.add(ops.add(spread, ops.square(gap)), 1e-7)
    return ops.divide(ops.multiply(ops.mean(ops.multiply(t, p), axis=axis), 2.0), below)


def _centred(y_true: Any, y_pred: Any, axis: int, op: str) -> tuple[Tensor, Tensor]:
    t, p = operands(y_true, y_pred, op)
    t = ops.subtract(t, ops.mean(t, axis=axis, keepdims=True))
    return t, ops.subtract(p, ops.mean(p, axis=axis, keepdims=True))


@registry.register()
class RootMeanSquaredError(Mean):
    """The square root of the mean of ``(y_pred - y_true)**2``.

    >>> float(RootMeanSquaredError()([[0.0, 0.0]], [[1.0, 7.0]]))
    5.0
    """

    def __init__(self, name: str = "root_mean_squared_error", dtype: Any = None) -> None:
        super().__init__(name, dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Take in targets and outputs of a batch."""
        mask = mask_of(y_pred)
        if mask is not None:
            sample_weight = masked_weights(sample_weight, mask, "sum", self.dtype)
        y_true, y_pred = operands(y_true, y_pred, self.name)
        super().update_state(ops.square(ops.subtract(y_pred, y_true)), sample_weight)

    def result(self) -> Tensor:
        """Return the root of the mean; 0 if there was nothing."""
        return ops.sqrt(super().result())

    def value(self) -> float:
        """Return the root as a number."""
        root: float = super().value() ** 0.5
        return root


@registry.register()
class CosineSimilarity(StandardMetric):
    """The mean of the cosine of the angle between targets and outputs.

    >>> float(CosineSimilarity()([[0.0, 1.0], [1.0, 0.0]], [[0.0, 2.0], [0.0, 1.0]]))
    0.5
    """

    _function = staticmethod(_cosine_similarity)
    _arguments = ("axis",)

    def __init__(self, name: str = "cosine_similarity", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(name, dtype, axis=axis)


@registry.register()
class PearsonCorrelation(StandardMetric):
    """The mean of `pearson_correlation`.

    >>> round(float(PearsonCorrelation()([[0.0, 1.0, 2.0]], [[1.0, 3.0, 4.0]])), 4)
    0.982
    """

    _function = staticmethod(pearson_correlation)
    _arguments = ("axis",)

    def __init__(
        self, name: str = "pearson_correlation", dtype: Any = None, axis: int = -1
    ) -> None:
        super().__init__(name, dtype, axis=axis)


@registry.register()
class ConcordanceCorrelation(StandardMetric):
    """The mean of `concordance_correlation`.

    >>> round(float(ConcordanceCorrelation()([[0.0, 1.0, 2.0]], [[1.0, 3.0, 4.0]])), 4)
    0.4
    """

    _function = staticmethod(concordance_correlation)
    _arguments = ("axis",)

    def __init__(
        self, name: str = "concordance_correlation", dtype: Any = None, axis: int = -1
    ) -> None:
        super().__init__(name, dtype, axis=axis)


@registry.register()
class R2Score(Metric):
    """The share of the targets' variance that outputs explain: ``1 - sum(e**2) / sum((y - m)**2)``.

    Args:
        class_aggregation: ``"uniform_average"`` is the mean over outputs,
            ``"variance_weighted_average"`` the mean weighted by variance, None one per output.
        num_regressors: if positive, the score is adjusted for so many independent variables.
        name: what it is called in logs.
        dtype: of the result.

    Raises:
        ValueError: an argument is out of range, or outputs are not (n, O).

    >>> float(R2Score()([[1.0], [4.0], [3.0]], [[2.0], [4.0], [4.0]])).__round__(4)
    0.5714
    """

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str = "r2_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(name, dtype)
        if class_aggregation not in _AGGREGATIONS:
            raise ValueError(
                f"[{name}] class_aggregation must be one of {_AGGREGATIONS}, "
                f"got {class_aggregation!r}"
            )
        if num_regressors < 0:
            raise ValueError(f"[{name}] num_regressors must not be negative, got {num_regressors}")
        self.class_aggregation = class_aggregation
        self.num_regressors = num_regressors
        # Of each output: y, y**2, the squared error, 1, all weighted, and 1 without weights.
        self._sums: Any = None

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in targets and outputs (n, O) of a batch, and weights (n,) or (n, O)."""
        y_true, y_pred = operands(ops.cast(y_true, "float64"), y_pred, self.name)
        if y_pred.ndim != 2:
            raise ValueError(f"[{self.name}] outputs must be (n, O), got {y_pred.shape}")
        if self._sums is None:
            self._sums = self.add_variable((5 * y_pred.shape[1],), dtype="float64", name="sums")
        y, p = ops.cast(y_true, "float64"), ops.cast(y_pred, "float64")
        one = ops.full(y.shape, 1.0, "float64")
        weight = one if sample_weight is None else spread_weights(sample_weight, y)
        weighted = ops.multiply(y, weight)
        error = ops.multiply(ops.square(ops.subtract(y, p)), weight)
        parts = [weighted, ops.multiply(y, weighted), error, weight, one]
        self._sums.assign_add(ops.sum(ops.concatenate(parts, axis=1), axis=0))

    def result(self) -> Tensor:
        """Return the score, or one per output; 0 if there was nothing."""
        if self._sums is None:
            return ops.zeros((), self.dtype)
        sums = ops.reshape(self._sums.value, (5, -1))
        mean = ops.divide(sums[0], sums[3])
        total = ops.subtract(sums[1], ops.multiply(sums[0], mean))
        raw = ops.subtract(1.0, ops.divide(sums[2], total))
        score = ops.where(ops.isinf(raw), 0.0, raw)
        if self.class_aggregation == "uniform_average":
            score = ops.mean(score)
        elif self.class_aggregation == "variance_weighted_average":
            score = ops.divide(ops.sum(ops.multiply(total, score)), ops.sum(total))
        return ops.cast(self._adjusted(score, ops.sum(sums[4])), self.dtype)

    def _adjusted(self, score: Tensor, samples: Tensor) -> Tensor:
        if not self.num_regressors:
            return score
        n, p = float(samples), self.num_regressors
        if p >= n - 1:
            warnings.warn(
                f"[{self.name}] {p} regressors and {n:g} values: the score is not adjusted",
                stacklevel=3,
            )
            return score
        return ops.subtract(1.0, ops.multiply(ops.subtract(1.0, score), (n - 1) / (n - p - 1)))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this metric was made with."""
        return {
            **super().get_config(),
            "class_aggregation": self.class_aggregation,
            "num_regressors": self.num_regressors,
        }
