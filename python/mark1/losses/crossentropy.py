"""Cross-entropies of probabilities.

Given the output of a softmax or sigmoid they compute from its logits, which such an output
remembers; given bare probabilities they clip them at 1e-7, as Keras does.
"""

from __future__ import annotations

from typing import Any, ClassVar

from mark1 import ops
from mark1._core import Tensor
from mark1.losses.alignment import align_array, check_range, operands, shape_text
from mark1.losses.loss import StandardLoss, enter_function, registry
from mark1.typing import Values


def binary_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Tensor:
    """Mean over an axis of ``-y log(p) - (1 - y) log(1 - p)``.

    Args:
        y_true: targets from 0 to 1, the shape of y_pred up to a last axis of one.
        y_pred: probabilities, or logits (..., O).
        from_logits: y_pred holds logits.
        label_smoothing: targets become ``y (1 - s) + s / 2``.
        axis: the axis over which the mean is taken.

    Returns:
        The shape of y_pred without the axis.

    Raises:
        ValueError: the shapes differ.

    >>> binary_crossentropy([[1.0]], [[0.5]]).numpy()
    array([0.6931472], dtype=float32)
    """
    y_true, y_pred = operands(y_true, y_pred, "binary_crossentropy")
    y_true = smooth(y_true, label_smoothing, 2)
    return ops.mean(ops.binary_crossentropy(y_true, y_pred, from_logits), axis=axis)


def categorical_crossentropy(
    y_true: Any,
    y_pred: Any,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Tensor:
    """Sum over the axis of classes of ``-y log(p)``.

    Args:
        y_true: one row of probabilities per sample, the shape of y_pred.
        y_pred: probabilities, or logits (..., O).
        from_logits: y_pred holds logits.
        label_smoothing: targets become ``y (1 - s) + s / O``.
        axis: the axis of classes.

    Returns:
        The shape of y_pred without the axis.

    Raises:
        ValueError: the shapes differ.

    >>> categorical_crossentropy([[0.0, 1.0]], [[0.5, 0.5]]).numpy()
    array([0.6931472], dtype=float32)
    """
    y_true, y_pred = class_rows(y_true, y_pred, axis, "categorical_crossentropy")
    y_true = smooth(y_true, label_smoothing, y_pred.shape[-1])
    return ops.categorical_crossentropy(y_true, y_pred, from_logits)


def class_rows(y_true: Any, y_pred: Any, axis: int, op: str) -> tuple[Tensor, Tensor]:
    """Return targets and outputs of the same shape with classes on the last axis.

    >>> t, p = class_rows(ops.zeros((2, 5, 3)), ops.zeros((2, 5, 3)), 1, "loss")
    >>> t.shape, p.shape
    ((2, 3, 5), (2, 3, 5))
    """
    y_true = ops.convert_to_tensor(y_true)
    y_pred = ops.convert_to_tensor(y_pred)
    if y_true.shape != y_pred.shape:
        raise ValueError(
            f"[{op}] targets and outputs must have the same shape "
            f"(y_true: {y_true.shape}, y_pred: {y_pred.shape})"
        )
    y_true, y_pred = operands(y_true, y_pred, op)
    return classes_last(y_true, axis, op), classes_last(y_pred, axis, op)


def classes_last(x: Tensor, axis: int, op: str) -> Tensor:
    """Move the axis of classes to the end; a tensor that has it there stays what it is.

    >>> classes_last(ops.zeros((2, 5, 3)), 1, "loss").shape
    (2, 3, 5)
    """
    if isinstance(axis, bool) or not isinstance(axis, int):
        raise ValueError(f"[{op}] axis must be an integer, got {axis!r}")
    if not -x.ndim <= axis < x.ndim:
        raise ValueError(f"[{op}] there is no axis {axis} (y_pred: {x.shape})")
    return x if axis in (-1, x.ndim - 1) else ops.moveaxis(x, axis, -1)


def smooth(y_true: Tensor, amount: float, classes: int) -> Tensor:
    """Take a share from each target and spread it over the classes.

    >>> smooth(ops.convert_to_tensor([0.0, 1.0]), 0.5, 2).numpy()
    array([0.25, 0.75], dtype=float32)
    """
    if not amount:
        return y_true
    return ops.add(ops.multiply(y_true, 1.0 - amount), amount / classes)


class SmoothedCrossentropy(StandardLoss):
    """What the cross-entropies of probabilities have in common: checks and arguments."""

    axis: int
    _arguments: ClassVar[tuple[str, ...]] = ("from_logits", "label_smoothing", "axis")

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: str | None = None,
        **arguments: Any,
    ) -> None:
        name = name or type(self)._function.__name__
        if not 0.0 <= label_smoothing <= 1.0:
            raise ValueError(f"[{name}] label_smoothing must be from 0 to 1, got {label_smoothing}")
        if isinstance(axis, bool) or not isinstance(axis, int):
            raise ValueError(f"[{name}] axis must be an integer, got {axis!r}")
        super().__init__(
            reduction,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
            **arguments,
        )

    def prepare(self, y: Values, output_shape: tuple[int | None, ...], dtype: str) -> Values:
        """Check that the targets are from 0 to 1."""
        y = align_array(y, output_shape, self.name)
        check_range(y, 0, 1, self.name, "targets must be from 0 to 1")
        return y.astype(dtype, copy=False)


@registry.register()
class BinaryCrossentropy(SmoothedCrossentropy):
    """`binary_crossentropy`, reduced over the batch.

    >>> round(float(BinaryCrossentropy(from_logits=True)([[1.0]], [[0.0]])), 4)
    0.6931
    """

    _function = staticmethod(binary_crossentropy)


@registry.register()
class CategoricalCrossentropy(SmoothedCrossentropy):
    """`categorical_crossentropy`, reduced over the batch.

    >>> loss = CategoricalCrossentropy(from_logits=True)
    >>> round(float(loss([[1.0, 0.0]], [[0.0, 0.0]])), 4)
    0.6931
    """

    _function = staticmethod(categorical_crossentropy)

    def prepare(self, y: Values, output_shape: tuple[int | None, ...], dtype: str) -> Values:
        """Check that the targets are rows of probabilities."""
        need_classes(self.name, output_shape, self.axis)
        return super().prepare(y, output_shape, dtype)


def need_classes(name: str, output_shape: tuple[int | None, ...], axis: int = -1) -> None:
    """Refuse a model with one output, for which a softmax is always 1."""
    rank = len(output_shape)
    if rank < 2 or (-rank <= axis < rank and output_shape[axis] == 1):
        raise ValueError(
            f"[{name}] needs one output per class, the model's outputs are "
            f"{shape_text(output_shape)}: the loss would be 0 for ever. "
            "For two classes and one output use binary_crossentropy"
        )


enter_function(binary_crossentropy, BinaryCrossentropy, "bce", "BCE")
enter_function(categorical_crossentropy, CategoricalCrossentropy)
