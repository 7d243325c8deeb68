"""How often outputs are right."""

from __future__ import annotations

from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.losses.alignment import align
from mark1.metrics.metric import StandardMetric, enter_function, registry


def accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """1 where targets and outputs are equal, else 0.

    Args:
        y_true: targets, the shape of y_pred up to a last axis of one.
        y_pred: outputs.

    Returns:
        The shape of y_pred.

    Raises:
        ValueError: the shapes differ.

    >>> accuracy([0, 1, 2], [0, 1, 1]).numpy()
    array([1., 1., 0.], dtype=float32)
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.convert_to_tensor(y_true)
    y_true, y_pred = align(y_true, y_pred, "accuracy")
    return ops.cast(ops.equal(y_true, y_pred), "float32")


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Tensor:
    """1 where an output lies on the side of the threshold that its target names, else 0.

    Args:
        y_true: 0 or 1, the shape of y_pred up to a last axis of one.
        y_pred: outputs; those above the threshold stand for 1.
        threshold: a number.

    Returns:
        The shape of y_pred.

    Raises:
        ValueError: the shapes differ.

    >>> binary_accuracy([0.0, 1.0], [0.2, 0.4]).numpy()
    array([1., 0.], dtype=float32)
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.convert_to_tensor(y_true, y_pred.dtype)
    return ops.binary_matches(*align(y_true, y_pred, "binary_accuracy"), threshold)


def categorical_accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """1 where the largest output is at the place of the largest target, else 0.

    Args:
        y_true: (..., O).
        y_pred: (..., O).

    Returns:
        (...).

    Raises:
        ValueError: the shapes differ.

    >>> categorical_accuracy([[0.0, 1.0]], [[0.2, 0.8]]).numpy()
    array([1.], dtype=float32)
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.convert_to_tensor(y_true, y_pred.dtype)
    if y_true.shape != y_pred.shape:
        raise ValueError(
            "[categorical_accuracy] targets and outputs must have the same shape "
            f"(y_true: {y_true.shape}, y_pred: {y_pred.shape})"
        )
    return ops.categorical_matches(y_true, y_pred)


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Tensor:
    """1 where the largest output is that of the right class, else 0.

    Args:
        y_true: class numbers (...) or (..., 1).
        y_pred: (..., O).

    Returns:
        (...).

    Raises:
        ValueError: there is not one label per row.

    >>> sparse_categorical_accuracy([1, 0], [[0.2, 0.8], [0.2, 0.8]]).numpy()
    array([1., 0.], dtype=float32)
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.convert_to_tensor(y_true)
    if y_true.shape == (*y_pred.shape[:-1], 1):
        y_true = ops.reshape(y_true, y_pred.shape[:-1])
    if y_true.shape != y_pred.shape[:-1]:
        raise ValueError(
            "[sparse_categorical_accuracy] one label per row of outputs is needed "
            f"(y_true: {y_true.shape}, y_pred: {y_pred.shape})"
        )
    return ops.sparse_categorical_matches(y_true, y_pred)


@registry.register()
class Accuracy(StandardMetric):
    """The share of outputs that equal their targets.

    >>> float(Accuracy()([0, 1, 2, 3], [0, 1, 2, 0]))
    0.75
    """

    _function = staticmethod(accuracy)


@registry.register()
class BinaryAccuracy(StandardMetric):
    """The share of outputs on the right side of a threshold.

    >>> float(BinaryAccuracy()([[0.0], [1.0]], [[0.4], [0.6]]))
    1.0
    """

    _function = staticmethod(binary_accuracy)
    _arguments = ("threshold",)

    def __init__(
        self, name: str = "binary_accuracy", dtype: Any = None, threshold: float = 0.5
    ) -> None:
        super().__init__(name, dtype, threshold=threshold)


@registry.register()
class CategoricalAccuracy(StandardMetric):
    """The share of rows whose largest output is that of the right class, targets being one-hot.

    >>> float(CategoricalAccuracy()([[0.0, 1.0]], [[0.2, 0.8]]))
    1.0
    """

    _function = staticmethod(categorical_accuracy)


@registry.register()
class SparseCategoricalAccuracy(StandardMetric):
    """The share of rows whose largest output is that of the right class, targets being numbers.

    >>> float(SparseCategoricalAccuracy()([1, 0], [[0.2, 0.8], [0.3, 0.7]]))
    0.5
    """

    _function = staticmethod(sparse_categorical_accuracy)


enter_function(binary_accuracy)
enter_function(categorical_accuracy)
enter_function(sparse_categorical_accuracy)
