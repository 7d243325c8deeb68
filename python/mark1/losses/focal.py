"""Focal losses: cross-entropies that count less where the output is right already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.losses.alignment import operands
from mark1.losses.crossentropy import SmoothedCrossentropy, class_rows, need_classes, smooth
from mark1.losses.loss import enter_function, registry
from mark1.ops.logits import logits_of
from mark1.typing import Values

_EPSILON = 1e-7


def binary_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Tensor:
    """Mean over an axis of ``(1 - p_t)**gamma`` times the binary cross-entropy.

    p_t is the probability of what is right, ``y p + (1 - y) (1 - p)``.

    Args:
        y_true: targets from 0 to 1, the shape of y_pred up to a last axis of one.
        y_pred: probabilities, or logits (..., O).
        apply_class_balancing: weigh class 1 by alpha and class 0 by ``1 - alpha``.
        alpha: weight of class 1.
        gamma: how little what is right counts; 0 gives the cross-entropy.
        from_logits: y_pred holds logits.
        label_smoothing: targets become ``y (1 - s) + s / 2``.
        axis: the axis over which the mean is taken.

    Returns:
        The shape of y_pred without the axis.

    Raises:
        ValueError: the shapes differ.

    Source:
        Lin, Goyal, Girshick, He and Dollar, Focal loss for dense object detection, 2017.

    >>> binary_focal_crossentropy([[1.0]], [[0.5]]).numpy()
    array([0.1732868], dtype=float32)
    """
    y_true, y_pred = operands(y_true, y_pred, "binary_focal_crossentropy")
    y_true = smooth(y_true, label_smoothing, 2)
    p = ops.sigmoid(y_pred) if from_logits else y_pred
    loss = ops.binary_crossentropy(y_true, p)
    other = ops.subtract(1.0, y_true)
    if gamma:
        right = ops.add(ops.multiply(y_true, p), ops.multiply(other, ops.subtract(1.0, p)))
        loss = ops.multiply(ops.power(ops.subtract(1.0, right), gamma), loss)
    if apply_class_balancing:
        weight = ops.add(ops.multiply(y_true, alpha), ops.multiply(other, 1.0 - alpha))
        loss = ops.multiply(weight, loss)
    return ops.mean(loss, axis=axis)


def categorical_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    alpha: float | Sequence[float] = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Tensor:
    """Sum over the axis of classes of ``-alpha (1 - p)**gamma y log(p)``.

    Args:
        y_true: one row of probabilities per sample, the shape of y_pred.
        y_pred: probabilities, or logits (..., O).
        alpha: weight of all classes, or one per class.
        gamma: how little what is right counts.
        from_logits: y_pred holds logits.
        label_smoothing: targets become ``y (1 - s) + s / O``.
        axis: the axis of classes.

    Returns:
        The shape of y_pred without the axis.

    Raises:
        ValueError: the shapes differ.

    Source:
        Lin, Goyal, Girshick, He and Dollar, Focal loss for dense object detection, 2017.

    >>> categorical_focal_crossentropy([[0.0, 1.0]], [[0.5, 0.5]]).numpy()
    array([0.0433217], dtype=float32)
    """
    y_true, y_pred = class_rows(y_true, y_pred, axis, "categorical_focal_crossentropy")
    y_true = smooth(y_true, label_smoothing, y_pred.shape[-1])
    logits = y_pred if from_logits else logits_of(y_pred, bits=False)
    if logits is None:
        p = ops.divide(y_pred, ops.sum(y_pred, axis=-1, keepdims=True))
        p = ops.clip(p, _EPSILON, 1.0 - _EPSILON)
        log_p = ops.log(p)
    else:
        p = ops.softmax(logits) if from_logits else y_pred
        log_p = ops.log_softmax(logits)
    loss = ops.negative(ops.multiply(y_true, log_p))
    if gamma:
        loss = ops.multiply(ops.power(ops.subtract(1.0, p), gamma), loss)
    weight = alpha if isinstance(alpha, (int, float)) else ops.convert_to_tensor(alpha, loss.dtype)
    return ops.sum(ops.multiply(loss, weight), axis=-1)


@registry.register()
class BinaryFocalCrossentropy(SmoothedCrossentropy):
    """`binary_focal_crossentropy`, reduced over the batch.

    >>> round(float(BinaryFocalCrossentropy(gamma=1.0)([[1.0]], [[0.5]])), 4)
    0.3466
    """

    _function = staticmethod(binary_focal_crossentropy)
    _arguments = (
        "apply_class_balancing", "alpha", "gamma", "from_logits", "label_smoothing", "axis",
    )  # fmt: skip

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "binary_focal_crossentropy",
        dtype: str | None = None,
    ) -> None:
        super().__init__(
            from_logits,
            label_smoothing,
            axis,
            reduction,
            name,
            dtype,
            apply_class_balancing=apply_class_balancing,
            alpha=alpha,
            gamma=gamma,
        )


@registry.register()
class CategoricalFocalCrossentropy(SmoothedCrossentropy):
    """`categorical_focal_crossentropy`, reduced over the batch.

    >>> round(float(CategoricalFocalCrossentropy(alpha=1.0)([[0.0, 1.0]], [[0.5, 0.5]])), 4)
    0.1733
    """

    _function = staticmethod(categorical_focal_crossentropy)
    _arguments = ("alpha", "gamma", "from_logits", "label_smoothing", "axis")

    def __init__(
        self,
        alpha: float | Sequence[float] = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_focal_crossentropy",
        dtype: str | None = None,
    ) -> None:
        super().__init__(
            from_logits, label_smoothing, axis, reduction, name, dtype, alpha=alpha, gamma=gamma
        )

    def prepare(self, y: Values, output_shape: tuple[int | None, ...], dtype: str) -> Values:
        """Check that the targets are rows of probabilities."""
        need_classes(self.name, output_shape, self.axis)
        return super().prepare(y, output_shape, dtype)


enter_function(binary_focal_crossentropy, BinaryFocalCrossentropy)
enter_function(categorical_focal_crossentropy, CategoricalFocalCrossentropy)
