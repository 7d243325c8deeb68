"""Metrics that are the mean of a loss function."""

from __future__ import annotations

from typing import Any

from mark1.losses.crossentropy import (
    binary_crossentropy,
    categorical_crossentropy,
)
from mark1.losses.regression import mean_absolute_error, mean_squared_error
from mark1.losses.sparse_crossentropy import sparse_categorical_crossentropy
from mark1.metrics.metric import MeanMetricWrapper, enter_function, registry


@registry.register()
class MeanSquaredError(MeanMetricWrapper):
    """The mean of `mark1.losses.mean_squared_error`.

    >>> float(MeanSquaredError()([[0.0], [0.0]], [[1.0], [3.0]]))
    5.0
    """

    def __init__(self, name: str = "mean_squared_error", dtype: Any = None) -> None:
        super().__init__(mean_squared_error, name, dtype)


@registry.register()
class MeanAbsoluteError(MeanMetricWrapper):
    """The mean of `mark1.losses.mean_absolute_error`.

    >>> float(MeanAbsoluteError()([[0.0], [0.0]], [[1.0], [3.0]]))
    2.0
    """

    def __init__(self, name: str = "mean_absolute_error", dtype: Any = None) -> None:
        super().__init__(mean_absolute_error, name, dtype)


enter_function(mean_squared_error, "mse", "MSE")
enter_function(mean_absolute_error, "mae", "MAE")
enter_function(binary_crossentropy, "bce", "BCE")
enter_function(categorical_crossentropy)
enter_function(sparse_categorical_crossentropy)
