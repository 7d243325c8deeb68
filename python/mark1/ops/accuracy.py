"""Which predictions are right: the values that accuracy metrics average."""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1._core import Tensor


def binary_matches(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Tensor:
    """1 where `(y_pred > threshold) == y_true`, else 0.

    Args:
        y_true: zeros and ones; y_pred's shape, give or take a last dimension of 1.
        y_pred: floating-point Tensor or array, any shape.
        threshold: above it a prediction counts as 1.

    Returns:
        A float32 tensor of y_pred's shape. No gradient passes.

    Raises:
        ValueError: if the shapes do not agree.

    Source: keras.metrics.binary_accuracy.

    Example:
        >>> import mark1
        >>> mark1.ops.binary_matches([1, 0, 1], [0.9, 0.6, 0.2]).numpy()
        array([1., 0., 0.], dtype=float32)
    """
    y_true = _tensor(y_true)
    y_pred = _tensor(y_pred)
    if y_true.shape != y_pred.shape:
        if y_true.shape == (*y_pred.shape, 1) or (*y_true.shape, 1) == y_pred.shape:
            y_true = _core.reshape(y_true, y_pred.shape)
        else:
            y_true = _core.broadcast_to(y_true, y_pred.shape)
    return _core.binary_matches(y_true, y_pred, threshold)


def categorical_matches(y_true: Any, y_pred: Any) -> Tensor:
    """1 where the greatest of y_pred is where the greatest of y_true is, else 0.

    Args:
        y_true: one-hot rows or probabilities (..., C).
        y_pred: scores of the classes (..., C).

    Returns:
        A float32 tensor (...). Of equal scores the first counts. No gradient passes.

    Raises:
        ValueError: if the shapes differ.

    Source: keras.metrics.categorical_accuracy.

    Example:
        >>> import mark1
        >>> mark1.ops.categorical_matches([[0, 1], [1, 0]], [[0.2, 0.8], [0.3, 0.7]]).numpy()
        array([1., 0.], dtype=float32)
    """
    y_true = _tensor(y_true)
    y_pred = _tensor(y_pred)
    if y_true.shape != y_pred.shape:
        raise ValueError(
            "[categorical_matches] needs one row of classes per prediction "
            f"(y_true: {y_true.shape}, y_pred: {y_pred.shape})"
        )
    return _core.index_matches(_core.argmax(y_true, -1, False), _core.argmax(y_pred, -1, False))


def sparse_categorical_matches(y_true: Any, y_pred: Any) -> Tensor:
    """1 where the greatest of y_pred is at the label, else 0.

    Args:
        y_true: labels (...) or (..., 1), numbers of any dtype.
        y_pred: scores of the classes (..., C).

    Returns:
        A float32 tensor (...). Of equal scores the first counts. No gradient passes.

    Raises:
        ValueError: if there is not one label per row.

    Source: keras.metrics.sparse_categorical_accuracy.

    Example:
        >>> import mark1
        >>> mark1.ops.sparse_categorical_matches([1, 0], [[0.2, 0.8], [0.3, 0.7]]).numpy()
        array([1., 0.], dtype=float32)
    """
    y_true = _tensor(y_true)
    y_pred = _tensor(y_pred)
    rows = y_pred.shape[:-1]
    if y_true.shape not in (rows, (*rows, 1)) or not y_pred.shape:
        raise ValueError(
            "[sparse_categorical_matches] needs one label per row of predictions "
            f"(y_true: {y_true.shape}, y_pred: {y_pred.shape})"
        )
    return _core.index_matches(_core.reshape(y_true, rows), _core.argmax(y_pred, -1, False))


def _tensor(x: Any) -> Any:
    return x if isinstance(x, (Tensor, _core.Variable)) else _core.convert(x)
