"""Losses of classes that are given as numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from mark1 import ops, recording
from mark1._core import Tensor
from mark1.device_array import DeviceArray
from mark1.layers.masks import mask_of
from mark1.losses.alignment import check_range, floating, shape_text, whole_labels
from mark1.losses.crossentropy import classes_last, need_classes
from mark1.losses.loss import (
    StandardLoss,
    count_only,
    enter_function,
    masked_weights,
    reduce_values,
    registry,
)
from mark1.typing import Values


def sparse_categorical_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    ignore_class: int | None = None,
    axis: int = -1,
) -> Tensor:
    """Negative logarithm of the probability of the right class.

    Args:
        y_true: class numbers (...) or (..., 1).
        y_pred: probabilities, or logits (..., O).
        from_logits: y_pred holds logits.
        ignore_class: a class number, which need not be one of the model's: its rows give 0.
        axis: the axis of classes.

    Returns:
        The shape of y_pred without the axis.

    Raises:
        ValueError: the shapes do not go together, or a label is out of range.

    >>> sparse_categorical_crossentropy([1], [[0.5, 0.5]]).numpy()
    array([0.6931472], dtype=float32)
    >>> sparse_categorical_crossentropy([1, 255], [[0.5, 0.5]] * 2, ignore_class=255).numpy()
    array([0.6931472, 0.       ], dtype=float32)
    """
    return values_that_count(y_true, y_pred, from_logits, ignore_class, axis)[0]


def values_that_count(
    y_true: Any,
    y_pred: Any,
    from_logits: bool,
    ignore_class: int | None,
    axis: int,
    check_labels: bool = True,
) -> tuple[Tensor, Tensor | None]:
    """Return the losses of rows, and which rows count: None for all."""
    labels, y_pred = labels_and_rows(y_true, y_pred, axis, "sparse_categorical_crossentropy")
    crossentropy = ops.sparse_categorical_crossentropy
    if ignore_class is None:
        return crossentropy(labels, y_pred, from_logits, check_labels=check_labels), None
    counted = ops.not_equal(labels, ignore_class)
    labels = ops.where(counted, labels, 0)
    values = crossentropy(labels, y_pred, from_logits, check_labels=check_labels)
    return ops.where(counted, values, 0.0), counted


def categorical_generalized_cross_entropy(y_true: Any, y_pred: Any, q: float = 0.5) -> Tensor:
    """``(1 - p**q) / q``, p being the probability of the right class.

    For labels some of which are wrong: between cross-entropy (q near 0) and the mean absolute
    error (q near 1), which a wrong label moves less.

    Args:
        y_true: class numbers (...) or (..., 1).
        y_pred: probabilities (..., O).
        q: from 0 to 1, without the ends.

    Returns:
        (...).

    Raises:
        ValueError: the shapes do not go together.

    Source:
        Zhang and Sabuncu, Generalized cross entropy loss for training deep neural networks with
        noisy labels, 2018.

    >>> categorical_generalized_cross_entropy([1], [[0.75, 0.25]], 0.5).numpy()
    array([1.], dtype=float32)
    """
    op = "categorical_generalized_cross_entropy"
    labels, y_pred = labels_and_rows(y_true, y_pred, -1, op)
    right = ops.one_hot(labels, y_pred.shape[-1], dtype=y_pred.dtype)
    p = ops.sum(ops.multiply(y_pred, right), axis=-1)
    return ops.divide(ops.subtract(1.0, ops.power(p, q)), q)


def labels_and_rows(y_true: Any, y_pred: Any, axis: int, op: str) -> tuple[Tensor, Tensor]:
    """Return int32 class numbers (...) and outputs (..., O).

    >>> t, p = labels_and_rows([[1.0], [0.0]], ops.zeros((2, 3)), -1, "loss")
    >>> t.shape, t.dtype, p.shape
    ((2,), 'int32', (2, 3))
    """
    y_true = ops.convert_to_tensor(y_true)
    y_pred = floating(y_pred)
    rows = classes_last(y_pred, axis, op)
    if y_true.dtype != "int32":
        y_true = ops.cast(y_true, "int32")
    want = rows.shape[:-1]
    given = y_true.shape
    if y_true.ndim == y_pred.ndim and given[axis] == 1:
        y_true = ops.squeeze(y_true, axis)
    if y_true.shape != want:
        raise ValueError(
            f"[{op}] one label per row of outputs is needed "
            f"(y_true: {given}, y_pred: {y_pred.shape})"
        )
    return y_true, rows


def prepare_labels(
    y: Values,
    output_shape: tuple[int | None, ...],
    name: str,
    ignore_class: int | None = None,
    axis: int = -1,
) -> Values:
    """Check that whole arrays of targets are class numbers, one per row of outputs."""
    need_classes(name, output_shape, axis)
    axis = axis % len(output_shape)
    want = output_shape[1:axis] + output_shape[axis + 1 :]
    if len(y.shape) == len(output_shape) and y.shape[axis] == 1:
        y = y.reshape(y.shape[:axis] + y.shape[axis + 1 :])
    if len(y.shape[1:]) != len(want) or any(
        b not in (None, a) for a, b in zip(y.shape[1:], want, strict=True)
    ):
        hint = ""
        if y.shape[1:] == tuple(output_shape[1:]):
            hint = ". One-hot rows go with categorical_crossentropy"
        raise ValueError(
            f"[{name}] one label per row of outputs is needed "
            f"(y: {y.shape}, outputs: {shape_text(output_shape)}){hint}"
        )
    classes = output_shape[axis]
    if classes is not None:
        rule = f"the model has {classes} outputs, so labels must be 0 to {classes - 1}"
        if y.size and y.min() == 1 and y.max() == classes:
            rule += " (these count from 1: subtract 1)"
        counted = y if ignore_class is None else _replaced(y, ignore_class, 0)
        check_range(counted, 0, classes - 1, name, rule)
    return whole_labels(y, name).astype(np.int32, copy=False)


def _replaced(y: Values, old: int, new: int) -> Values:
    return y.replaced(old, new) if isinstance(y, DeviceArray) else np.where(y == old, new, y)


@registry.register()
class SparseCategoricalCrossentropy(StandardLoss):
    """`sparse_categorical_crossentropy`, reduced over the batch; ignored rows do not count.

    >>> loss = SparseCategoricalCrossentropy(from_logits=True)
    >>> round(float(loss([0], [[0.0, 0.0]])), 4)
    0.6931
    >>> loss = SparseCategoricalCrossentropy(from_logits=True, ignore_class=-1)
    >>> round(float(loss([0, -1], [[0.0, 0.0], [1.0, 0.0]])), 4)
    0.6931
    """

    ignore_class: int | None
    axis: int
    _function = staticmethod(sparse_categorical_crossentropy)
    _arguments = ("from_logits", "ignore_class", "axis")

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str = "sparse_categorical_crossentropy",
        dtype: str | None = None,
    ) -> None:
        if isinstance(axis, bool) or not isinstance(axis, int):
            raise ValueError(f"[{name}] axis must be an integer, got {axis!r}")
        super().__init__(
            reduction, name, dtype, from_logits=from_logits, ignore_class=ignore_class, axis=axis
        )

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Tensor:
        """Return the reduced loss."""
        mask = mask_of(y_pred)
        y_pred = ops.convert_to_tensor(y_pred)
        if mask is not None:
            sample_weight = masked_weights(sample_weight, mask, self.reduction, y_pred.dtype)
        return self._reduced(y_true, y_pred, sample_weight, check_labels=True)

    def of_prepared(self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None) -> Tensor:
        """Return the reduced loss without looking at the labels again."""
        return self._reduced(y_true, y_pred, sample_weight, check_labels=False)

    def _reduced(
        self, y_true: Any, y_pred: Tensor, sample_weight: Any, check_labels: bool
    ) -> Tensor:
        recording.note(self)
        values, counted = values_that_count(
            y_true, y_pred, **self._bound(), check_labels=check_labels
        )
        if counted is not None:
            mask = mask_of(y_pred)
            values, sample_weight = count_only(values, sample_weight, self.reduction, counted, mask)
        return reduce_values(values, sample_weight, self.reduction)

    def prepare(self, y: Values, output_shape: tuple[int | None, ...], dtype: str) -> Values:
        """Check that the targets are class numbers, one per row of outputs."""
        return prepare_labels(y, output_shape, self.name, self.ignore_class, self.axis)


@registry.register()
class CategoricalGeneralizedCrossEntropy(StandardLoss):
    """`categorical_generalized_cross_entropy`, reduced over the batch.

    >>> float(CategoricalGeneralizedCrossEntropy()([1], [[0.75, 0.25]]))
    1.0
    """

    _function = staticmethod(categorical_generalized_cross_entropy)
    _arguments = ("q",)

    def __init__(
        self,
        q: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_generalized_cross_entropy",
        dtype: str | None = None,
    ) -> None:
        if not 0 < q < 1:
            raise ValueError(f"[{name}] q must lie between 0 and 1, got {q}")
        super().__init__(reduction, name, dtype, q=q)

    def prepare(self, y: Values, output_shape: tuple[int | None, ...], dtype: str) -> Values:
        """Check that the targets are class numbers, one per row of outputs."""
        return prepare_labels(y, output_shape, self.name)


enter_function(sparse_categorical_crossentropy, SparseCategoricalCrossentropy)
enter_function(categorical_generalized_cross_entropy, CategoricalGeneralizedCrossEntropy)
