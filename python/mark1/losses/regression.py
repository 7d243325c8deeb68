"""Losses for real targets."""

from __future__ import annotations

import math
from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.losses.alignment import operands
from mark1.losses.loss import StandardLoss, enter_function, registry

_EPSILON = 1e-7


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
    return ops.mean_squared_error(*operands(y_true, y_pred, "mean_squared_error"))


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
    return ops.mean_absolute_error(*operands(y_true, y_pred, "mean_absolute_error"))


def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Tensor:
    """Mean over the last axis of ``100 |y_true - y_pred| / max(|y_true|, 1e-7)``.

    Args:
        y_true: targets, the shape of y_pred up to a last axis of one.
        y_pred: outputs (..., O).

    Returns:
        (...).

    Raises:
        ValueError: the shapes differ.

    >>> mean_absolute_percentage_error([[2.0, 4.0]], [[1.0, 5.0]]).numpy()
    array([37.5], dtype=float32)
    """
    y_true, y_pred = operands(y_true, y_pred, "mean_absolute_percentage_error")
    size = ops.maximum(ops.abs(y_true), _EPSILON)
    share = ops.abs(ops.divide(ops.subtract(y_true, y_pred), size))
    return ops.multiply(ops.mean(share, axis=-1), 100.0)


def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Tensor:
    """Mean over the last axis of ``(log(1 + y_pred) - log(1 + y_true))**2``.

    Both are at least 1e-7: for numbers that are not negative.

    Args:
        y_true: targets, the shape of y_pred up to a last axis of one.
        y_pred: outputs (..., O).

    Returns:
        (...).

    Raises:
        ValueError: the shapes differ.

    >>> mean_squared_logarithmic_error([[0.0, 1.0]], [[0.0, 3.0]]).numpy()
    array([0.2402265], dtype=float32)
    """
    y_true, y_pred = operands(y_true, y_pred, "mean_squared_logarithmic_error")
    return ops.mean_squared_error(
        ops.log1p(ops.maximum(y_true, _EPSILON)), ops.log1p(ops.maximum(y_pred, _EPSILON))
    )


def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> Tensor:
    """Mean over the last axis of ``e**2 / 2``, or of ``delta |e| - delta**2 / 2`` beyond delta.

    Args:
        y_true: targets, the shape of y_pred up to a last axis of one.
        y_pred: outputs (..., O); e is ``y_pred - y_true``.
        delta: where the parabola becomes a line; positive.

    Returns:
        (...).

    Raises:
        ValueError: the shapes differ.

    Source:
        Huber, Robust estimation of a location parameter, 1964.

    >>> huber([[0.0, 0.0]], [[0.5, 3.0]]).numpy()
    array([1.3125], dtype=float32)
    """
    y_true, y_pred = operands(y_true, y_pred, "huber")
    error = ops.subtract(y_pred, y_true)
    size = ops.abs(error)
    parabola = ops.multiply(ops.square(error), 0.5)
    line = ops.subtract(ops.multiply(size, delta), 0.5 * delta * delta)
    return ops.mean(ops.where(ops.less_equal(size, delta), parabola, line), axis=-1)


def log_cosh(y_true: Any, y_pred: Any) -> Tensor:
    """Mean over the last axis of ``log(cosh(y_pred - y_true))``.

    Computed as ``e + softplus(-2 e) - log(2)``, which does not overflow.

    Args:
        y_true: targets, the shape of y_pred up to a last axis of one.
        y_pred: outputs (..., O).

    Returns:
        (...).

    Raises:
        ValueError: the shapes differ.

    >>> log_cosh([[0.0, 0.0]], [[0.0, 2.0]]).numpy()
    array([0.66250134], dtype=float32)
    """
    y_true, y_pred = operands(y_true, y_pred, "log_cosh")
    error = ops.subtract(y_pred, y_true)
    above = ops.add(error, ops.softplus(ops.multiply(error, -2.0)))
    return ops.mean(ops.subtract(above, math.log(2.0)), axis=-1)


def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Tensor:
    """The cosine of the angle between targets and outputs with its sign changed: -1 is the best.

    Args:
        y_true: targets, the shape of y_pred up to a last axis of one.
        y_pred: outputs.
        axis: the axis that makes up a vector.

    Returns:
        The shape of y_pred without the axis; 0 where a vector is 0.

    Raises:
        ValueError: the shapes differ.

    >>> cosine_similarity([[0.0, 1.0], [1.0, 1.0]], [[1.0, 0.0], [2.0, 2.0]]).numpy()
    array([-0.        , -0.99999994], dtype=float32)
    """
    y_true, y_pred = operands(y_true, y_pred, "cosine_similarity")
    cosines = ops.multiply(ops.normalize(y_true, axis=axis), ops.normalize(y_pred, axis=axis))
    return ops.negative(ops.sum(cosines, axis=axis))


@registry.register()
class MeanSquaredError(StandardLoss):
    """`mean_squared_error`, reduced over the batch.

    >>> float(MeanSquaredError()([[0.0], [0.0]], [[1.0], [3.0]]))
    5.0
    """

    _function = staticmethod(mean_squared_error)


@registry.register()
class MeanAbsoluteError(StandardLoss):
    """`mean_absolute_error`, reduced over the batch.

    >>> float(MeanAbsoluteError()([[0.0], [0.0]], [[1.0], [3.0]]))
    2.0
    """

    _function = staticmethod(mean_absolute_error)


@registry.register()
class MeanAbsolutePercentageError(StandardLoss):
    """`mean_absolute_percentage_error`, reduced over the batch.

    >>> float(MeanAbsolutePercentageError()([[2.0], [4.0]], [[1.0], [5.0]]))
    37.5
    """

    _function = staticmethod(mean_absolute_percentage_error)


@registry.register()
class MeanSquaredLogarithmicError(StandardLoss):
    """`mean_squared_logarithmic_error`, reduced over the batch.

    >>> round(float(MeanSquaredLogarithmicError()([[1.0]], [[3.0]])), 4)
    0.4805
    """

    _function = staticmethod(mean_squared_logarithmic_error)


@registry.register()
class Huber(StandardLoss):
    """`huber`, reduced over the batch.

    >>> float(Huber(delta=2.0)([[0.0]], [[3.0]]))
    4.0
    """

    _function = staticmethod(huber)
    _arguments = ("delta",)

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str = "huber_loss",
        dtype: str | None = None,
    ) -> None:
        if not delta > 0:
            raise ValueError(f"[{name}] delta must be positive, got {delta}")
        super().__init__(reduction, name, dtype, delta=delta)


@registry.register()
class LogCosh(StandardLoss):
    """`log_cosh`, reduced over the batch.

    >>> round(float(LogCosh()([[0.0]], [[2.0]])), 4)
    1.325
    """

    _function = staticmethod(log_cosh)


@registry.register()
class CosineSimilarity(StandardLoss):
    """`cosine_similarity`, reduced over the batch.

    >>> float(CosineSimilarity()([[0.0, 1.0]], [[0.0, 2.0]]))
    -1.0
    """

    _function = staticmethod(cosine_similarity)
    _arguments = ("axis",)

    def __init__(
        self,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "cosine_similarity",
        dtype: str | None = None,
    ) -> None:
        super().__init__(reduction, name, dtype, axis=axis)


enter_function(mean_squared_error, MeanSquaredError, "mse", "MSE")
enter_function(mean_absolute_error, MeanAbsoluteError, "mae", "MAE")
enter_function(mean_absolute_percentage_error, MeanAbsolutePercentageError, "mape", "MAPE")
enter_function(mean_squared_logarithmic_error, MeanSquaredLogarithmicError, "msle", "MSLE")
enter_function(huber, Huber)
enter_function(log_cosh, LogCosh, "logcosh")
enter_function(cosine_similarity, CosineSimilarity)
