"""Counting outputs between thresholds, from which all rates of right and wrong answers follow.

With T thresholds in ascending order an output has a number from 0 to T: how many of them it
exceeds. One sum per number and class of targets is all that is kept, so that a batch costs the same
few launches for one threshold or two hundred.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from mark1 import ops
from mark1._core import Tensor
from mark1.losses.alignment import align, floating
from mark1.metrics.metric import Metric, spread_weights
from mark1.ops.along import add_along_axis
from mark1.ops.gather import scatter_add

EPSILON = 1e-7
Thresholds = float | Sequence[float] | None


class Confusion(NamedTuple):
    """True and false positives and negatives at each threshold, in float64 (T,) or (T, labels)."""

    true_positives: Tensor
    false_positives: Tensor
    true_negatives: Tensor
    false_negatives: Tensor


class ThresholdMetric(Metric):
    """What follows from the number of outputs above thresholds and at most at them.

    Args:
        thresholds: ascending or not.
        name: what it is called in logs.
        dtype: of the result.
        top_k: only the k largest outputs of a row count as above.
        class_id: the place on the last axis that is looked at; all if None.
    """

    def __init__(
        self,
        thresholds: Sequence[float],
        name: str | None,
        dtype: Any,
        top_k: int | None = None,
        class_id: int | None = None,
    ) -> None:
        super().__init__(name, dtype)
        self.thresholds: list[float] = list(thresholds)
        self.top_k = top_k
        self.class_id = class_id
        self._order = np.argsort(self.thresholds, kind="stable")
        self._ascending = np.asarray(self.thresholds, np.float64)[self._order]
        self._even = are_even(self._ascending)
        self._labels: int | None = None  # counted one by one
        self._counts: Any = None

    def _make_counts(self, labels: int | None = None) -> None:
        """Make the sums: (labels, negatives and positives, T + 1)."""
        self._labels = labels
        size = (labels or 1) * 2 * (len(self.thresholds) + 1)
        self._counts = self.add_variable((size,), dtype="float64", name="counts")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in targets, 0 or not, and outputs (n, ...) of a batch; weights as for `Mean`."""
        y_pred = floating(y_pred)
        y_true, y_pred = align(ops.convert_to_tensor(y_true), y_pred, self.name)
        if self.top_k is not None:
            y_pred = _keep_top_k(y_pred, self.top_k)
        if self.class_id is not None:
            y_true, y_pred = self._of_class(y_true), self._of_class(y_pred)
        self._count(y_true, y_pred, sample_weight)

    def _count(
        self, y_true: Tensor, y_pred: Tensor, sample_weight: Any, label_weights: Any = None
    ) -> None:
        slots = len(self.thresholds) + 1
        slot = self._slot(y_pred)
        if self._labels is not None:
            first = np.arange(self._labels, dtype=np.int32) * (2 * slots)
            slot = ops.add(slot, ops.convert_to_tensor(first))
        slot = ops.where(y_true, ops.add(slot, slots), slot)
        if sample_weight is None:
            weights = ops.full(slot.shape, 1.0, "float64")
        else:
            weights = ops.cast(spread_weights(sample_weight, y_pred), "float64")
        if label_weights is not None:
            weights = ops.multiply(weights, label_weights)
        self._counts.assign_add(scatter_add(weights, slot, self._counts.size))

    def _slot(self, y_pred: Tensor) -> Tensor:
        """How many thresholds each output exceeds, in int32; none, if it is NaN."""
        count = len(self.thresholds)
        if self._even:
            # Beyond the outermost thresholds, if these are not 0 and 1 but a little more.
            low = 0.5 / (count - 1) if self._ascending[0] < 0 else 0.0
            steps = ops.multiply(ops.clip(y_pred, low, 1.0), float(count - 1))
            return ops.cast(ops.ceil(steps), "int32")
        limits = ops.convert_to_tensor(self._ascending.astype(y_pred.dtype))
        if count == 1:
            return ops.cast(ops.greater(y_pred, limits), "int32")
        return ops.sum(ops.greater(ops.expand_dims(y_pred, -1), limits), axis=-1)

    def _of_class(self, x: Tensor) -> Tensor:
        assert self.class_id is not None
        if x.ndim < 2 or not 0 <= self.class_id < x.shape[-1]:
            raise ValueError(
                f"[{self.name}] class_id={self.class_id} needs outputs (n, classes) with more "
                f"classes than that, got {x.shape}"
            )
        return x[..., self.class_id]

    def confusion(self) -> Confusion:
        """Return what was counted so far, in the order of the thresholds."""
        sums = ops.reshape(self._counts.value, (self._labels or 1, 2, len(self.thresholds) + 1))
        above = ops.cumsum(sums, axis=2, reverse=True)[:, :, 1:]
        below = ops.cumsum(sums, axis=2)[:, :, :-1]
        parts = (above[:, 1], above[:, 0], below[:, 0], below[:, 1])
        back = ops.convert_to_tensor(np.argsort(self._order).astype(np.int32))
        ordered = [ops.transpose(ops.take(part, back, axis=1)) for part in parts]
        return Confusion(*(part if self._labels else part[:, 0] for part in ordered))

    @property
    def true_positives(self) -> Tensor:
        """How much was above each threshold and 1."""
        return self.confusion().true_positives

    @property
    def false_positives(self) -> Tensor:
        """How much was above each threshold and 0."""
        return self.confusion().false_positives

    @property
    def true_negatives(self) -> Tensor:
        """How much was not above each threshold and 0."""
        return self.confusion().true_negatives

    @property
    def false_negatives(self) -> Tensor:
        """How much was not above each threshold and 1."""
        return self.confusion().false_negatives


def are_even(thresholds: Any) -> bool:
    """Whether thresholds divide [0, 1] evenly, up to rounding.

    >>> are_even([0.0, 0.5, 1.0]), are_even([0.25, 0.5, 0.75])
    (True, False)
    """
    count = len(thresholds)
    if count < 3:
        return False
    even = np.arange(count, dtype=np.float32) / (count - 1)
    return bool(np.allclose(thresholds, even, atol=EPSILON))


def parse_thresholds(thresholds: Thresholds, name: str, default: float = 0.5) -> list[float]:
    """Return thresholds as a list.

    Raises:
        ValueError: one is not from 0 to 1.

    >>> parse_thresholds(None, "precision"), parse_thresholds([0.3, 0.6], "precision")
    ([0.5], [0.3, 0.6])
    """
    if thresholds is None:
        return [default]
    given = list(np.ravel(thresholds).tolist())
    wrong = [t for t in given if t is None or not 0 <= t <= 1]
    if wrong or not given:
        raise ValueError(f"[{name}] thresholds must be from 0 to 1, got {thresholds}")
    return given


def _keep_top_k(x: Tensor, k: int) -> Tensor:
    """The k largest of each row where they are, and minus infinity for the others."""
    _, places = ops.top_k(x, k)
    ones = ops.full(places.shape, 1.0, x.dtype)
    return ops.where(add_along_axis(ones, places, -1, x.shape[-1]), x, float("-inf"))
