"""The best rate at thresholds at which another rate is good enough."""

from __future__ import annotations

from typing import Any, ClassVar

from mark1 import ops
from mark1._core import Tensor
from mark1.metrics.confusion import precision_of, recall_of, specificity_of
from mark1.metrics.metric import registry
from mark1.metrics.thresholds import Confusion, ThresholdMetric
from mark1.utils.naming import snake_case, unique_name


class _AtRate(ThresholdMetric):
    _bound: ClassVar[str]  # the argument that says what the other rate must reach

    def __init__(
        self, bound: float, num_thresholds: int, class_id: int | None, name: Any, dtype: Any
    ) -> None:
        name = name or unique_name(snake_case(type(self).__name__))
        if not 0 <= bound <= 1:
            raise ValueError(f"[{name}] {self._bound} must be from 0 to 1, got {bound}")
        if num_thresholds < 1:
            raise ValueError(f"[{name}] num_thresholds must be positive, got {num_thresholds}")
        last = num_thresholds - 1
        thresholds = [i / last for i in range(num_thresholds)] if last else [0.5]
        super().__init__(thresholds, name, dtype, class_id=class_id)
        self.num_thresholds = num_thresholds
        setattr(self, self._bound, bound)
        self._make_counts()

    def _rates(self, c: Confusion) -> tuple[Tensor, Tensor]:
        """The rate that is wanted and the one that is bounded."""
        raise NotImplementedError

    def result(self) -> Tensor:
        """Return the best value; 0 if no threshold will do."""
        wanted, bounded = self._rates(self.confusion())
        good = ops.greater_equal(bounded, getattr(self, self._bound))
        return ops.cast(ops.max(ops.where(good, wanted, 0.0)), self.dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this metric was made with."""
        return {
            **super().get_config(),
            self._bound: getattr(self, self._bound),
            "num_thresholds": self.num_thresholds,
            "class_id": self.class_id,
        }


@registry.register()
class SensitivityAtSpecificity(_AtRate):
    """The greatest recall at thresholds whose specificity is at least so much.

    Sensitivity is ``tp / (tp + fn)``, specificity ``tn / (tn + fp)``.

    Args:
        specificity: from 0 to 1.
        num_thresholds: how many thresholds divide [0, 1] evenly.
        class_id: the class that is looked at; all outputs if None.
        name: what it is called in logs.
        dtype: of the result.

    >>> float(SensitivityAtSpecificity(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8]))
    0.5
    """

    _bound = "specificity"

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(specificity, num_thresholds, class_id, name, dtype)

    def _rates(self, c: Confusion) -> tuple[Tensor, Tensor]:
        return recall_of(c), specificity_of(c)


@registry.register()
class SpecificityAtSensitivity(_AtRate):
    """The greatest specificity at thresholds whose recall is at least so much.

    Args:
        sensitivity: from 0 to 1.
        num_thresholds: how many thresholds divide [0, 1] evenly.
        class_id: the class that is looked at; all outputs if None.
        name: what it is called in logs.
        dtype: of the result.

    >>> metric = SpecificityAtSensitivity(0.5)
    >>> round(float(metric([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8])), 4)
    0.6667
    """

    _bound = "sensitivity"

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(sensitivity, num_thresholds, class_id, name, dtype)

    def _rates(self, c: Confusion) -> tuple[Tensor, Tensor]:
        return specificity_of(c), recall_of(c)


@registry.register()
class PrecisionAtRecall(_AtRate):
    """The greatest precision at thresholds whose recall is at least so much.

    Args:
        recall: from 0 to 1.
        num_thresholds: how many thresholds divide [0, 1] evenly.
        class_id: the class that is looked at; all outputs if None.
        name: what it is called in logs.
        dtype: of the result.

    >>> float(PrecisionAtRecall(0.5)([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8]))
    0.5
    """

    _bound = "recall"

    def __init__(
        self,
        recall: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(recall, num_thresholds, class_id, name, dtype)

    def _rates(self, c: Confusion) -> tuple[Tensor, Tensor]:
        return precision_of(c), recall_of(c)


@registry.register()
class RecallAtPrecision(_AtRate):
    """The greatest recall at thresholds whose precision is at least so much.

    Args:
        precision: from 0 to 1.
        num_thresholds: how many thresholds divide [0, 1] evenly.
        class_id: the class that is looked at; all outputs if None.
        name: what it is called in logs.
        dtype: of the result.

    >>> float(RecallAtPrecision(0.8)([0, 0, 1, 1], [0, 0.5, 0.3, 0.9]))
    0.5
    """

    _bound = "precision"

    def __init__(
        self,
        precision: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(precision, num_thresholds, class_id, name, dtype)

    def _rates(self, c: Confusion) -> tuple[Tensor, Tensor]:
        return recall_of(c), precision_of(c)
