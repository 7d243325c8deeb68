"""How often the right class is among the k largest outputs."""

from __future__ import annotations

from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.losses.alignment import floating
from mark1.metrics.metric import StandardMetric, enter_function, registry


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Tensor:
    """1 where the place of the largest target is among those of the k largest outputs, else 0.

    Args:
        y_true: (..., O).
        y_pred: (..., O).
        k: how many outputs count; all outputs that equal the k-th do.

    Returns:
        (...).

    Raises:
        ValueError: the shapes differ.

    >>> top_k_categorical_accuracy([[0, 0, 1]], [[0.2, 0.5, 0.3]], k=2).numpy()
    array([1.], dtype=float32)
    """
    y_true, y_pred = ops.convert_to_tensor(y_true), floating(y_pred)
    if y_true.shape != y_pred.shape:
        raise ValueError(
            "[top_k_categorical_accuracy] targets and outputs must have the same shape "
            f"(y_true: {y_true.shape}, y_pred: {y_pred.shape})"
        )
    return _in_top_k(ops.argmax(y_true, axis=-1), y_pred, k)


def sparse_top_k_categorical_accuracy(
    y_true: Any, y_pred: Any, k: int = 5, from_sorted_ids: bool = False
) -> Tensor:
    """1 where the output of the right class is among the k largest, else 0.

    Args:
        y_true: class numbers (...) or (..., 1).
        y_pred: (..., O), or with from_sorted_ids class numbers, the best first.
        k: how many outputs count; all outputs that equal the k-th do.
        from_sorted_ids: y_pred holds class numbers.

    Returns:
        (...); 0 for labels out of range.

    Raises:
        ValueError: there is not one label per row.

    >>> sparse_top_k_categorical_accuracy([2, 0], [[0.2, 0.5, 0.3]] * 2, k=2).numpy()
    array([1., 0.], dtype=float32)
    >>> sparse_top_k_categorical_accuracy([2], [[1, 2, 0]], k=2, from_sorted_ids=True).numpy()
    array([1.], dtype=float32)
    """
    y_true = ops.convert_to_tensor(y_true)
    y_pred = ops.convert_to_tensor(y_pred)
    rows = y_pred.shape[:-1]
    if y_true.shape == (*rows, 1):
        y_true = ops.reshape(y_true, rows)
    if y_true.shape != rows:
        raise ValueError(
            "[sparse_top_k_categorical_accuracy] one label per row of outputs is needed "
            f"(y_true: {y_true.shape}, y_pred: {y_pred.shape})"
        )
    if from_sorted_ids:
        hits = ops.equal(ops.expand_dims(y_true, -1), y_pred[..., :k])
        return ops.cast(ops.any(hits, axis=-1), "float32")
    return _in_top_k(ops.cast(y_true, "int32"), floating(y_pred), k)


def _in_top_k(labels: Tensor, y_pred: Tensor, k: int) -> Tensor:
    """1 where fewer than k outputs are greater than that of the label; NaN are never right."""
    labels = ops.expand_dims(labels, -1)
    inside = ops.logical_and(ops.greater_equal(labels, 0), ops.less(labels, y_pred.shape[-1]))
    right = ops.take_along_axis(y_pred, ops.where(inside, labels, 0), axis=-1)
    # Counted from below, so that a NaN is greater than everything.
    greater = ops.sum(ops.logical_not(ops.less_equal(y_pred, right)), axis=-1)
    return ops.cast(ops.logical_and(ops.less(greater, k), inside[..., 0]), "float32")


@registry.register()
class TopKCategoricalAccuracy(StandardMetric):
    """The share of rows whose k largest outputs include the right class, targets being one-hot.

    >>> float(TopKCategoricalAccuracy(k=2)([[0, 0, 1]], [[0.2, 0.5, 0.3]]))
    1.0
    """

    _function = staticmethod(top_k_categorical_accuracy)
    _arguments = ("k",)

    def __init__(
        self, k: int = 5, name: str = "top_k_categorical_accuracy", dtype: Any = None
    ) -> None:
        super().__init__(name, dtype, k=check_k(k, name))


@registry.register()
class SparseTopKCategoricalAccuracy(StandardMetric):
    """The share of rows whose k largest outputs include the right class, targets being numbers.

    >>> float(SparseTopKCategoricalAccuracy(k=2)([2, 0], [[0.2, 0.5, 0.3]] * 2))
    0.5
    """

    _function = staticmethod(sparse_top_k_categorical_accuracy)
    _arguments = ("k", "from_sorted_ids")

    def __init__(
        self,
        k: int = 5,
        name: str = "sparse_top_k_categorical_accuracy",
        dtype: Any = None,
        from_sorted_ids: bool = False,
    ) -> None:
        super().__init__(name, dtype, k=check_k(k, name), from_sorted_ids=from_sorted_ids)


def check_k(k: int, name: str) -> int:
    """Return k if it is a number of classes.

    >>> check_k(3, "top_k")
    3
    """
    if isinstance(k, bool) or not isinstance(k, int) or k < 1:
        raise ValueError(f"[{name}] k must be a positive integer, got {k!r}")
    return k


enter_function(top_k_categorical_accuracy)
enter_function(sparse_top_k_categorical_accuracy)
