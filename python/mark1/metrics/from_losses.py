"""Metrics that are the mean of a loss function."""

from __future__ import annotations

from typing import Any

from mark1 import losses
from mark1.layers.masks import mask_of
from mark1.losses.loss import masked_weights
from mark1.losses.sparse_crossentropy import values_that_count
from mark1.metrics.metric import Mean, StandardMetric, enter_function, registry


@registry.register()
class MeanSquaredError(StandardMetric):
    """The mean of `mark1.losses.mean_squared_error`.

    >>> float(MeanSquaredError()([[0.0], [0.0]], [[1.0], [3.0]]))
    5.0
    """

    _function = staticmethod(losses.mean_squared_error)


@registry.register()
class MeanAbsoluteError(StandardMetric):
    """The mean of `mark1.losses.mean_absolute_error`.

    >>> float(MeanAbsoluteError()([[0.0], [0.0]], [[1.0], [3.0]]))
    2.0
    """

    _function = staticmethod(losses.mean_absolute_error)


@registry.register()
class MeanAbsolutePercentageError(StandardMetric):
    """The mean of `mark1.losses.mean_absolute_percentage_error`.

    >>> float(MeanAbsolutePercentageError()([[2.0], [4.0]], [[1.0], [5.0]]))
    37.5
    """

    _function = staticmethod(losses.mean_absolute_percentage_error)


@registry.register()
class MeanSquaredLogarithmicError(StandardMetric):
    """The mean of `mark1.losses.mean_squared_logarithmic_error`.

    >>> round(float(MeanSquaredLogarithmicError()([[1.0]], [[3.0]])), 4)
    0.4805
    """

    _function = staticmethod(losses.mean_squared_logarithmic_error)


@registry.register()
class LogCoshError(StandardMetric):
    """The mean of `mark1.losses.log_cosh`.

    >>> round(float(LogCoshError()([[0.0]], [[2.0]])), 4)
    1.325
    """

    _function = staticmethod(losses.log_cosh)

    def __init__(self, name: str = "logcosh", dtype: Any = None) -> None:
        super().__init__(name, dtype)


@registry.register()
class Hinge(StandardMetric):
    """The mean of `mark1.losses.hinge`.

    >>> float(Hinge()([[-1.0], [1.0]], [[0.5], [0.5]]))
    1.0
    """

    _function = staticmethod(losses.hinge)


@registry.register()
class SquaredHinge(StandardMetric):
    """The mean of `mark1.losses.squared_hinge`.

    >>> float(SquaredHinge()([[-1.0], [1.0]], [[0.5], [0.5]]))
    1.25
    """

    _function = staticmethod(losses.squared_hinge)


@registry.register()
class CategoricalHinge(StandardMetric):
    """The mean of `mark1.losses.categorical_hinge`.

    >>> float(CategoricalHinge()([[0.0, 1.0]], [[0.25, 0.5]]))
    0.75
    """

    _function = staticmethod(losses.categorical_hinge)


@registry.register()
class KLDivergence(StandardMetric):
    """The mean of `mark1.losses.kl_divergence`.

    >>> round(float(KLDivergence()([[0.5, 0.5]], [[0.25, 0.75]])), 4)
    0.1438
    """

    _function = staticmethod(losses.kl_divergence)


@registry.register()
class Poisson(StandardMetric):
    """The mean of `mark1.losses.poisson`.

    >>> round(float(Poisson()([[0.0, 2.0]], [[0.5, 1.0]])), 4)
    0.75
    """

    _function = staticmethod(losses.poisson)


@registry.register()
class BinaryCrossentropy(StandardMetric):
    """The mean of `mark1.losses.binary_crossentropy`.

    >>> round(float(BinaryCrossentropy(from_logits=True)([[1.0]], [[0.0]])), 4)
    0.6931
    """

    _function = staticmethod(losses.binary_crossentropy)
    _arguments = ("from_logits", "label_smoothing")

    def __init__(
        self,
        name: str = "binary_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
    ) -> None:
        super().__init__(name, dtype, from_logits=from_logits, label_smoothing=label_smoothing)


@registry.register()
class CategoricalCrossentropy(StandardMetric):
    """The mean of `mark1.losses.categorical_crossentropy`.

    >>> metric = CategoricalCrossentropy(from_logits=True)
    >>> round(float(metric([[1.0, 0.0]], [[0.0, 0.0]])), 4)
    0.6931
    """

    _function = staticmethod(losses.categorical_crossentropy)
    _arguments = ("from_logits", "label_smoothing", "axis")

    def __init__(
        self,
        name: str = "categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
        axis: int = -1,
    ) -> None:
        super().__init__(
            name, dtype, from_logits=from_logits, label_smoothing=label_smoothing, axis=axis
        )


@registry.register()
class SparseCategoricalCrossentropy(StandardMetric):
    """The mean of `mark1.losses.sparse_categorical_crossentropy`; ignored rows do not count.

    >>> metric = SparseCategoricalCrossentropy(from_logits=True, ignore_class=-1)
    >>> round(float(metric([0, -1], [[0.0, 0.0], [1.0, 0.0]])), 4)
    0.6931
    """

    ignore_class: int | None
    _function = staticmethod(losses.sparse_categorical_crossentropy)
    _arguments = ("from_logits", "ignore_class", "axis")

    def __init__(
        self,
        name: str = "sparse_categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ) -> None:
        super().__init__(name, dtype, from_logits=from_logits, ignore_class=ignore_class, axis=axis)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Take in targets and outputs of a batch."""
        if self.ignore_class is None:
            super().update_state(y_true, y_pred, sample_weight)
            return
        values, counted = values_that_count(y_true, y_pred, **self._options())
        for mask in (mask_of(y_pred), counted):
            if mask is not None:
                sample_weight = masked_weights(sample_weight, mask, "sum", values.dtype)
        Mean.update_state(self, values, sample_weight)


FUNCTIONS: dict[Any, tuple[str, ...]] = {
    losses.mean_squared_error: ("mse", "MSE"),
    losses.mean_absolute_error: ("mae", "MAE"),
    losses.mean_absolute_percentage_error: ("mape", "MAPE"),
    losses.mean_squared_logarithmic_error: ("msle", "MSLE"),
    losses.huber: (),
    losses.log_cosh: ("logcosh",),
    losses.hinge: (),
    losses.squared_hinge: (),
    losses.categorical_hinge: (),
    losses.kl_divergence: ("kld", "KLD", "kullback_leibler_divergence"),
    losses.poisson: (),
    losses.binary_crossentropy: ("bce", "BCE"),
    losses.binary_focal_crossentropy: (),
    losses.categorical_crossentropy: (),
    losses.categorical_focal_crossentropy: (),
    losses.sparse_categorical_crossentropy: (),
}
for _function, _aliases in FUNCTIONS.items():
    enter_function(_function, *_aliases)
