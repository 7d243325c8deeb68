"""True and false positives and negatives, and the rates that follow from them."""

from __future__ import annotations

from typing import Any, ClassVar

from mark1 import ops
from mark1._core import Tensor
from mark1.losses.loss import divide_no_nan
from mark1.metrics.metric import registry
from mark1.metrics.thresholds import Confusion, ThresholdMetric, Thresholds, parse_thresholds
from mark1.metrics.top_k import check_k
from mark1.utils.naming import snake_case, unique_name


def recall_of(c: Confusion) -> Tensor:
    """Return the share of ones that are above a threshold; 0 if there are none."""
    return divide_no_nan(c.true_positives, ops.add(c.true_positives, c.false_negatives))


def precision_of(c: Confusion) -> Tensor:
    """Return the share of ones among what is above a threshold; 0 if there is nothing."""
    return divide_no_nan(c.true_positives, ops.add(c.true_positives, c.false_positives))


def specificity_of(c: Confusion) -> Tensor:
    """Return the share of zeros that are not above a threshold; 0 if there are none."""
    return divide_no_nan(c.true_negatives, ops.add(c.true_negatives, c.false_positives))


class _Rate(ThresholdMetric):
    """One number per threshold; a scalar, if there is one threshold."""

    def __init__(
        self,
        thresholds: Thresholds = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        name = name or unique_name(snake_case(type(self).__name__))
        # With top_k alone everything that is kept counts.
        parsed = parse_thresholds(thresholds, name, 0.5 if top_k is None else -1e10)
        if top_k is not None:
            check_k(top_k, name)
        super().__init__(parsed, name, dtype, top_k, class_id)
        self.init_thresholds = thresholds
        self._make_counts()

    def _rate(self, c: Confusion) -> Tensor:
        raise NotImplementedError

    def result(self) -> Tensor:
        """Return the number at each threshold."""
        rate = ops.cast(self._rate(self.confusion()), self.dtype)
        return rate[0] if len(self.thresholds) == 1 else rate

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this metric was made with."""
        return {
            **super().get_config(),
            "thresholds": self.init_thresholds,
            "top_k": self.top_k,
            "class_id": self.class_id,
        }


@registry.register()
class Precision(_Rate):
    """The share of ones among the outputs above a threshold: ``tp / (tp + fp)``.

    Args:
        thresholds: a number from 0 to 1, or several; 0.5 if None.
        top_k: only the k largest outputs of a row count as above.
        class_id: the class that is looked at; all outputs if None.
        name: what it is called in logs.
        dtype: of the result.

    >>> float(Precision()([0, 1, 1, 1], [0.7, 0.8, 0.9, 0.2])).__round__(4)
    0.6667
    """

    def _rate(self, c: Confusion) -> Tensor:
        return precision_of(c)


@registry.register()
class Recall(_Rate):
    """The share of the ones whose outputs are above a threshold: ``tp / (tp + fn)``.

    Args:
        thresholds: a number from 0 to 1, or several; 0.5 if None.
        top_k: only the k largest outputs of a row count as above.
        class_id: the class that is looked at; all outputs if None.
        name: what it is called in logs.
        dtype: of the result.

    >>> Recall([0.5, 0.85])([0, 1, 1, 1], [0.7, 0.8, 0.9, 0.2]).numpy()
    array([0.6666667 , 0.33333334], dtype=float32)
    """

    def _rate(self, c: Confusion) -> Tensor:
        return recall_of(c)


class _Count(_Rate):
    _part: ClassVar[str]

    def __init__(
        self, thresholds: Thresholds = None, name: str | None = None, dtype: Any = None
    ) -> None:
        super().__init__(thresholds, name=name, dtype=dtype)

    def _rate(self, c: Confusion) -> Tensor:
        part: Tensor = getattr(c, self._part)
        return part

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this metric was made with."""
        return {"name": self.name, "dtype": self.dtype, "thresholds": self.init_thresholds}


@registry.register()
class TruePositives(_Count):
    """How many outputs above a threshold are ones.

    >>> float(TruePositives()([0, 1, 1, 1], [0.7, 0.8, 0.9, 0.2]))
    2.0
    """

    _part = "true_positives"


@registry.register()
class FalsePositives(_Count):
    """How many outputs above a threshold are zeros.

    >>> float(FalsePositives()([0, 1, 1, 1], [0.7, 0.8, 0.9, 0.2]))
    1.0
    """

    _part = "false_positives"


@registry.register()
class TrueNegatives(_Count):
    """How many outputs not above a threshold are zeros.

    >>> float(TrueNegatives()([0, 1, 1, 1], [0.7, 0.8, 0.9, 0.2]))
    0.0
    """

    _part = "true_negatives"


@registry.register()
class FalseNegatives(_Count):
    """How many outputs not above a threshold are ones.

    >>> float(FalseNegatives()([0, 1, 1, 1], [0.7, 0.8, 0.9, 0.2]))
    1.0
    """

    _part = "false_negatives"
