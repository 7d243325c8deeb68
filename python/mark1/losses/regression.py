"""Losses for real targets."""

from __future__ import annotations

from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.losses.alignment import align, align_array
from mark1.losses.loss import Loss, enter_function, registry
from mark1.typing import Array


def mean_squared_error(y_true: Any, y_pred: Any) -> Tensor:
    """Mean over the last axis of ``(y_pred - y_true)**2``.

    Args:
        y_true: targets, the shape of y_pred up to a last axis of one.
        y_pred: outputs (..., O).

    Returns:
        (...).

    Raises:
        ValueError: the shapes differ.

    >>> mean_squared_error([[0.0, 1.0]], [[1.0, 3.0]]).numpy()
    array([2.5], dtype=float32)
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.convert_to_tensor(y_true, y_pred.dtype)
    return ops.mean_squared_error(*align(y_true, y_pred, "mean_squared_error"))


def mean_absolute_error(y_true: Any, y_pred: Any) -> Tensor:
    """Mean over the last axis of ``|y_pred - y_true|``.

    Args:
        y_true: targets, the shape of y_pred up to a last axis of one.
        y_pred: outputs (..., O).

    Returns:
        (...).

    Raises:
        ValueError: the shapes differ.

    >>> mean_absolute_error([[0.0, 1.0]], [[1.0, 3.0]]).numpy()
    array([1.5], dtype=float32)
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.convert_to_tensor(y_true, y_pred.dtype)
    return ops.mean_absolute_error(*align(y_true, y_pred, "mean_absolute_error"))


class _Regression(Loss):
    def prepare(self, y: Array, output_shape: tuple[int | None, ...], dtype: str) -> Array:
        """Check that the targets have the shape of the outputs."""
        return align_array(y, output_shape, self.name).astype(dtype, copy=False)


@registry.register()
class MeanSquaredError(_Regression):
    """`mean_squared_error`, reduced over the batch.

    >>> float(MeanSquaredError()([[0.0], [0.0]], [[1.0], [3.0]]))
    5.0
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "mean_squared_error",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return one value per sample."""
        return mean_squared_error(y_true, y_pred)


@registry.register()
class MeanAbsoluteError(_Regression):
    """`mean_absolute_error`, reduced over the batch.

    >>> float(MeanAbsoluteError()([[0.0], [0.0]], [[1.0], [3.0]]))
    2.0
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "mean_absolute_error",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, dtype)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return one value per sample."""
        return mean_absolute_error(y_true, y_pred)


enter_function(mean_squared_error, MeanSquaredError, "mse", "MSE")
enter_function(mean_absolute_error, MeanAbsoluteError, "mae", "MAE")
