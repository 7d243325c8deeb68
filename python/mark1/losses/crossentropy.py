"""Cross-entropies.

Given the output of a softmax or sigmoid they compute from its logits, which such an output
remembers; given bare probabilities they clip them at 1e-7, as Keras does.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mark1 import ops
from mark1._core import Tensor
from mark1.losses.alignment import align, align_array, check_range, shape_text, whole_labels
from mark1.losses.loss import Loss, enter_function, reduce_values, registry
from mark1.typing import Array


def binary_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Tensor:
    """Mean over the last axis of ``-y log(p) - (1 - y) log(1 - p)``.

    Args:
        y_true: targets from 0 to 1, the shape of y_pred up to a last axis of one.
        y_pred: probabilities, or logits (..., O).
        from_logits: y_pred holds logits.
        label_smoothing: targets become ``y (1 - s) + s / 2``.
        axis: -1.

    Returns:
        (...).

    Raises:
        ValueError: the shapes differ.

    >>> binary_crossentropy([[1.0]], [[0.5]]).numpy()
    array([0.6931472], dtype=float32)
    """
    _check_axis(axis, "binary_crossentropy")
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.convert_to_tensor(y_true, y_pred.dtype)
    y_true, y_pred = align(y_true, y_pred, "binary_crossentropy")
    if label_smoothing:
        y_true = ops.add(ops.multiply(y_true, 1.0 - label_smoothing), 0.5 * label_smoothing)
    return ops.mean(ops.binary_crossentropy(y_true, y_pred, from_logits), axis=-1)


def categorical_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Tensor:
    """Sum over the last axis of ``-y log(p)``.

    Args:
        y_true: one row of probabilities per sample, the shape of y_pred.
        y_pred: probabilities, or logits (..., O).
        from_logits: y_pred holds logits.
        label_smoothing: targets become ``y (1 - s) + s / O``.
        axis: -1.

    Returns:
        (...).

    Raises:
        ValueError: the shapes differ.

    >>> categorical_crossentropy([[0.0, 1.0]], [[0.5, 0.5]]).numpy()
    array([0.6931472], dtype=float32)
    """
    _check_axis(axis, "categorical_crossentropy")
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.convert_to_tensor(y_true, y_pred.dtype)
    if y_true.shape != y_pred.shape:
        raise ValueError(
            "[categorical_crossentropy] targets and outputs must have the same shape "
            f"(y_true: {y_true.shape}, y_pred: {y_pred.shape})"
        )
    if label_smoothing:
        share = label_smoothing / y_pred.shape[-1]
        y_true = ops.add(ops.multiply(y_true, 1.0 - label_smoothing), share)
    return ops.categorical_crossentropy(y_true, y_pred, from_logits)


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
        ignore_class: None.
        axis: -1.

    Returns:
        (...).

    Raises:
        ValueError: the shapes do not go together, or a label is out of range.

    >>> sparse_categorical_crossentropy([1], [[0.5, 0.5]]).numpy()
    array([0.6931472], dtype=float32)
    """
    _check_axis(axis, "sparse_categorical_crossentropy")
    if ignore_class is not None:
        raise ValueError("[sparse_categorical_crossentropy] ignore_class is not supported yet")
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.convert_to_tensor(y_true)
    if y_true.dtype != "int32":
        y_true = ops.cast(y_true, "int32")
    if y_true.shape == (*y_pred.shape[:-1], 1):
        y_true = ops.reshape(y_true, y_pred.shape[:-1])
    if y_true.shape != y_pred.shape[:-1]:
        raise ValueError(
            "[sparse_categorical_crossentropy] one label per row of outputs is needed "
            f"(y_true: {y_true.shape}, y_pred: {y_pred.shape})"
        )
    return ops.sparse_categorical_crossentropy(y_true, y_pred, from_logits)


def _check_axis(axis: int, op: str) -> None:
    if axis != -1:
        raise ValueError(f"[{op}] classes must be on the last axis (axis=-1), got axis={axis}")


class _Crossentropy(Loss):
    def __init__(
        self, name: str, reduction: str | None, from_logits: bool, axis: int, dtype: str | None
    ) -> None:
        super().__init__(name, reduction, dtype)
        _check_axis(axis, name)
        self.from_logits = from_logits

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this loss was made with."""
        return {**super().get_config(), "from_logits": self.from_logits}


class _SmoothedCrossentropy(_Crossentropy):
    def __init__(
        self,
        from_logits: bool,
        label_smoothing: float,
        axis: int,
        reduction: str | None,
        name: str,
        dtype: str | None,
    ) -> None:
        super().__init__(name, reduction, from_logits, axis, dtype)
        if not 0.0 <= label_smoothing <= 1.0:
            raise ValueError(f"[{name}] label_smoothing must be from 0 to 1, got {label_smoothing}")
        self.label_smoothing = label_smoothing

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this loss was made with."""
        return {**super().get_config(), "label_smoothing": self.label_smoothing, "axis": -1}


@registry.register()
class BinaryCrossentropy(_SmoothedCrossentropy):
    """`binary_crossentropy`, reduced over the batch.

    >>> round(float(BinaryCrossentropy(from_logits=True)([[1.0]], [[0.0]])), 4)
    0.6931
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "binary_crossentropy",
        dtype: str | None = None,
    ) -> None:
        super().__init__(from_logits, label_smoothing, axis, reduction, name, dtype)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return one value per sample."""
        return binary_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing)

    def prepare(self, y: Array, output_shape: tuple[int | None, ...], dtype: str) -> Array:
        """Check that the targets are from 0 to 1."""
        y = align_array(y, output_shape, self.name)
        check_range(y, 0, 1, self.name, "targets must be from 0 to 1")
        return y.astype(dtype, copy=False)


@registry.register()
class CategoricalCrossentropy(_SmoothedCrossentropy):
    """`categorical_crossentropy`, reduced over the batch.

    >>> loss = CategoricalCrossentropy(from_logits=True)
    >>> round(float(loss([[1.0, 0.0]], [[0.0, 0.0]])), 4)
    0.6931
    """

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_crossentropy",
        dtype: str | None = None,
    ) -> None:
        super().__init__(from_logits, label_smoothing, axis, reduction, name, dtype)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return one value per sample."""
        return categorical_crossentropy(y_true, y_pred, self.from_logits, self.label_smoothing)

    def prepare(self, y: Array, output_shape: tuple[int | None, ...], dtype: str) -> Array:
        """Check that the targets are rows of probabilities."""
        _need_classes(self.name, output_shape)
        y = align_array(y, output_shape, self.name)
        check_range(y, 0, 1, self.name, "targets must be from 0 to 1")
        return y.astype(dtype, copy=False)


@registry.register()
class SparseCategoricalCrossentropy(_Crossentropy):
    """`sparse_categorical_crossentropy`, reduced over the batch.

    >>> loss = SparseCategoricalCrossentropy(from_logits=True)
    >>> round(float(loss([0], [[0.0, 0.0]])), 4)
    0.6931
    """

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str = "sparse_categorical_crossentropy",
        dtype: str | None = None,
    ) -> None:
        super().__init__(name, reduction, from_logits, axis, dtype)
        if ignore_class is not None:
            raise ValueError(f"[{name}] ignore_class is not supported yet")

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Return one value per sample."""
        return sparse_categorical_crossentropy(y_true, y_pred, self.from_logits)

    def of_prepared(self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None) -> Tensor:
        """Return the reduced loss without looking at the labels again."""
        rows = ops.sparse_categorical_crossentropy(
            y_true, y_pred, self.from_logits, check_labels=False
        )
        return reduce_values(rows, sample_weight, self.reduction)

    def prepare(self, y: Array, output_shape: tuple[int | None, ...], dtype: str) -> Array:
        """Check that the targets are class numbers, one per row of outputs."""
        _need_classes(self.name, output_shape)
        want = output_shape[1:-1]
        if len(y.shape) == len(output_shape) and y.shape[-1] == 1:
            y = y[..., 0]
        if len(y.shape[1:]) != len(want) or any(
            b not in (None, a) for a, b in zip(y.shape[1:], want, strict=True)
        ):
            hint = ""
            if y.shape[1:] == tuple(output_shape[1:]):
                hint = ". One-hot rows go with categorical_crossentropy"
            raise ValueError(
                f"[{self.name}] one label per row of outputs is needed "
                f"(y: {y.shape}, outputs: {shape_text(output_shape)}){hint}"
            )
        classes = output_shape[-1]
        if classes is not None:
            rule = f"the model has {classes} outputs, so labels must be 0 to {classes - 1}"
            if y.size and y.min() == 1 and y.max() == classes:
                rule += " (these count from 1: subtract 1)"
            check_range(y, 0, classes - 1, self.name, rule)
        return whole_labels(y, self.name).astype(np.int32, copy=False)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this loss was made with."""
        return {**super().get_config(), "ignore_class": None, "axis": -1}


def _need_classes(name: str, output_shape: tuple[int | None, ...]) -> None:
    if len(output_shape) < 2 or output_shape[-1] == 1:
        raise ValueError(
            f"[{name}] needs one output per class, the model's outputs are "
            f"{shape_text(output_shape)}: the loss would be 0 for ever. "
            "For two classes and one output use binary_crossentropy"
        )


enter_function(binary_crossentropy, BinaryCrossentropy, "bce", "BCE")
enter_function(categorical_crossentropy, CategoricalCrossentropy)
enter_function(sparse_categorical_crossentropy, SparseCategoricalCrossentropy)
