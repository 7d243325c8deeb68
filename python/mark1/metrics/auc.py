"""The area under a curve of rates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mark1 import _core, ops
from mark1._core import Tensor
from mark1.losses.alignment import align, floating
from mark1.losses.loss import divide_no_nan
from mark1.metrics.confusion import precision_of, recall_of
from mark1.metrics.curves import average_precision, roc_area
from mark1.metrics.metric import registry, spread_weights
from mark1.metrics.thresholds import EPSILON, Confusion, ThresholdMetric, parse_thresholds
from mark1.utils.naming import unique_name

_CURVES = ("ROC", "PR", "PRGAIN")
_SUMMATIONS = ("interpolation", "majoring", "minoring")


@registry.register()
class AUC(ThresholdMetric):
    """The area under a curve that thresholds trace: ROC, precision and recall, or their gains.

    ROC is the probability that a one gets a greater output than a zero. With thresholds the area is
    approximate, and so many sums are all that is kept. With ``num_thresholds=None`` it is exact, as
    in scikit-learn (``roc_auc_score``, ``average_precision_score``); all outputs are kept for that,
    and training steps run in Python.

    Args:
        num_thresholds: how many thresholds divide [0, 1] evenly, or None.
        curve: ``"ROC"``, ``"PR"`` or ``"PRGAIN"``.
        summation_method: ``"interpolation"`` (the trapezoidal rule, for PR Davis and Goadrich's
            formula), ``"minoring"`` or ``"majoring"`` (the lower or upper end of each step).
        name: what it is called in logs.
        dtype: of the result.
        thresholds: these in place of evenly spaced ones; 0 and 1 are added.
        multi_label: outputs are (n, labels), and the result is the mean of the labels' areas.
        num_labels: the number of labels, if it is known before the first batch.
        label_weights: one per label: of the mean, or else of the outputs.
        from_logits: outputs are logits.

    Raises:
        ValueError: an argument is out of range.

    Source:
        Davis and Goadrich, The relationship between precision-recall and ROC curves, 2006; Flach
        and Kull, Precision-recall-gain curves: PR analysis done right, 2015.

    >>> float(AUC()([0, 0, 1, 1], [0, 0.5, 0.3, 0.9]))
    0.75
    >>> float(AUC(num_thresholds=None)([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]))
    0.75
    """

    def __init__(
        self,
        num_thresholds: int | None = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: Any = None,
        thresholds: Sequence[float] | None = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Sequence[float] | None = None,
        from_logits: bool = False,
    ) -> None:
        name = name or unique_name("auc")
        self.curve: str = _one_of(_CURVES, curve, name, "curve")
        self.summation_method: str = _one_of(
            _SUMMATIONS, summation_method, name, "summation_method"
        )
        self._given = thresholds
        self._exact = num_thresholds is None and thresholds is None
        if self._exact and (self.curve == "PRGAIN" or self.summation_method != "interpolation"):
            raise ValueError(
                f"[{name}] without thresholds only the curves ROC and PR, and no other "
                "summation_method, can be had: give num_thresholds"
            )
        if thresholds is not None:
            inner = sorted(parse_thresholds(thresholds, name))
        elif num_thresholds is None:
            inner = []
        elif num_thresholds < 2:
            raise ValueError(f"[{name}] num_thresholds must be at least 2, got {num_thresholds}")
        else:
            inner = [i / (num_thresholds - 1) for i in range(1, num_thresholds - 1)]
        if num_labels and not multi_label:
            raise ValueError(f"[{name}] num_labels goes with multi_label=True")
        super().__init__([-EPSILON, *inner, 1.0 + EPSILON], name, dtype)
        self.num_thresholds: int | None = None if self._exact else len(self.thresholds)
        self.multi_label = multi_label
        self.num_labels = num_labels
        self.label_weights: list[float] | None = (
            None if label_weights is None else list(label_weights)
        )
        self.from_logits = from_logits
        self._kept: list[tuple[Any, Any, Any]] = []
        if not self._exact and (num_labels or not multi_label):
            self._make_counts(num_labels)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in targets, 0 or not, and outputs (n, ...) of a batch; weights as for `Mean`."""
        y_true, y_pred = align(ops.convert_to_tensor(y_true), floating(y_pred), self.name)
        if self.from_logits:
            y_pred = ops.sigmoid(y_pred)
        if self.multi_label and (
            y_pred.ndim != 2 or (self._labels or self.num_labels) not in (None, y_pred.shape[1])
        ):
            labels = self._labels or self.num_labels or "labels"
            raise ValueError(f"[{self.name}] outputs must be (n, {labels}), got {y_pred.shape}")
        if self._exact:
            self._keep(y_true, y_pred, sample_weight)
            return
        if self._counts is None:
            self._make_counts(y_pred.shape[1])
        label_weights = None
        if self.label_weights is not None and not self.multi_label:
            label_weights = ops.convert_to_tensor(self.label_weights, "float64")
        self._count(y_true, y_pred, sample_weight, label_weights)

    def _keep(self, y_true: Tensor, y_pred: Tensor, sample_weight: Any) -> None:
        """Keep outputs for exact areas, which a replay could not do."""
        _core.drop_recording("keeps all outputs for AUC(num_thresholds=None)")
        weights = np.ones(y_pred.shape)
        if sample_weight is not None:
            weights = np.array(spread_weights(sample_weight, y_pred), np.float64)
        if self.label_weights is not None and not self.multi_label:
            weights = weights * np.asarray(self.label_weights)
        self._kept.append((np.array(y_true) != 0, np.array(y_pred), weights))

    def reset_state(self) -> None:
        """Begin anew."""
        self._kept.clear()
        super().reset_state()

    def result(self) -> Tensor:
        """Return the area; 0 if there was nothing."""
        areas = self._exact_areas() if self._exact else self._areas()
        if not self.multi_label:
            return ops.cast(areas, self.dtype)
        if self.label_weights is None:
            return ops.cast(ops.mean(areas), self.dtype)
        weights = ops.convert_to_tensor(self.label_weights, "float64")
        total = ops.sum(ops.multiply(areas, weights))
        return ops.cast(divide_no_nan(total, ops.sum(weights)), self.dtype)

    def _exact_areas(self) -> Tensor:
        area = roc_area if self.curve == "ROC" else average_precision
        if not self._kept:
            return ops.zeros((1,) if self.multi_label else (), "float64")
        parts = [np.concatenate(part) for part in zip(*self._kept, strict=True)]
        if not self.multi_label:
            return ops.convert_to_tensor(area(*(part.ravel() for part in parts)), "float64")
        columns = zip(*(part.T for part in parts), strict=True)
        return ops.convert_to_tensor([area(*column) for column in columns], "float64")

    def _areas(self) -> Tensor:
        if self._counts is None:
            return ops.zeros((1,), "float64")
        c = self.confusion()
        if self.curve == "PR" and self.summation_method == "interpolation":
            return _interpolated_pr(c)
        x, y = self._axes(c)
        if self.summation_method == "interpolation":
            heights = ops.multiply(ops.add(y[:-1], y[1:]), 0.5)
        elif self.summation_method == "minoring":
            heights = ops.minimum(y[:-1], y[1:])
        else:
            heights = ops.maximum(y[:-1], y[1:])
        return ops.sum(ops.multiply(ops.subtract(x[:-1], x[1:]), heights), axis=0)

    def _axes(self, c: Confusion) -> tuple[Tensor, Tensor]:
        if self.curve == "PR":
            return recall_of(c), precision_of(c)
        zeros = ops.add(c.false_positives, c.true_negatives)
        if self.curve == "ROC":
            return divide_no_nan(c.false_positives, zeros), recall_of(c)
        odds = divide_no_nan(ops.add(c.true_positives, c.false_negatives), zeros)
        none = ops.equal(c.true_positives, 0)
        missed = ops.multiply(odds, divide_no_nan(c.false_negatives, c.true_positives))
        extra = ops.multiply(odds, divide_no_nan(c.false_positives, c.true_positives))
        recall_gain = ops.where(none, 0.0, ops.maximum(ops.subtract(1.0, missed), 0.0))
        return recall_gain, ops.where(none, 1.0, ops.subtract(1.0, extra))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this metric was made with."""
        config = {
            **super().get_config(),
            "num_thresholds": self.num_thresholds,
            "curve": self.curve,
            "summation_method": self.summation_method,
            "multi_label": self.multi_label,
            "num_labels": self.num_labels,
            "label_weights": self.label_weights,
            "from_logits": self.from_logits,
        }
        return config if self._given is None else {**config, "thresholds": self.thresholds[1:-1]}


def _interpolated_pr(c: Confusion) -> Tensor:
    """Davis and Goadrich: between thresholds true positives are a line over all positives."""
    tp = c.true_positives
    p = ops.add(tp, c.false_positives)
    gained = ops.subtract(tp[:-1], tp[1:])
    slope = divide_no_nan(gained, ops.maximum(ops.subtract(p[:-1], p[1:]), 0.0))
    intercept = ops.subtract(tp[1:], ops.multiply(slope, p[1:]))
    both = ops.logical_and(ops.greater(p[:-1], 0), ops.greater(p[1:], 0))
    ratio = ops.where(both, divide_no_nan(p[:-1], ops.maximum(p[1:], 0.0)), 1.0)
    area = ops.multiply(slope, ops.add(gained, ops.multiply(intercept, ops.log(ratio))))
    ones = ops.add(tp[1:], c.false_negatives[1:])
    return ops.sum(divide_no_nan(area, ops.maximum(ones, 0.0)), axis=0)


def _one_of(known: Sequence[str], given: str, name: str, argument: str) -> str:
    for value in known:
        if str(given).lower() == value.lower():
            return value
    raise ValueError(f"[{name}] {argument} must be one of {tuple(known)}, got {given!r}")
