"""Integer labels as one-hot rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from mark1.typing import Matrix


def to_categorical(x: Any, num_classes: int | None = None) -> Matrix:
    """Turn integer labels into one-hot rows.

    Args:
        x: labels from 0 to num_classes - 1, any shape; a last axis of 1 is dropped.
        num_classes: number of columns; the largest label + 1 if None.

    Returns:
        float64 array of shape ``(*x.shape, num_classes)``.

    Raises:
        ValueError: a label is negative or too large, or is not a whole number.

    Source:
        ``keras.utils.to_categorical``.

    >>> to_categorical([0, 2])
    array([[1., 0., 0.],
           [0., 0., 1.]])
    """
    given = np.asarray(x)
    if given.dtype.kind not in "biuf":
        raise TypeError(f"[to_categorical] labels must be whole numbers, got dtype {given.dtype}")
    labels = given.astype(np.int64)
    if given.dtype.kind == "f" and not np.array_equal(given, labels):
        raise ValueError("[to_categorical] labels must be whole numbers")
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    if num_classes is None:
        num_classes = int(labels.max(initial=-1)) + 1
    wrong = np.flatnonzero((labels < 0) | (labels >= num_classes))
    if wrong.size:
        raise ValueError(
            f"[to_categorical] label {labels.flat[wrong[0]]} at position {wrong[0]} is not within "
            f"0 to {num_classes - 1}"
        )
    rows = np.zeros((labels.size, num_classes))
    rows[np.arange(labels.size), labels.ravel()] = 1
    return rows.reshape(*labels.shape, num_classes)
