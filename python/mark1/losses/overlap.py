"""Losses of overlap, for segmentation: Dice's and Tversky's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.losses.alignment import operands
from mark1.losses.loss import StandardLoss, enter_function, registry

Axes = int | Sequence[int] | None
_EPSILON = 1e-7


def dice(y_true: Any, y_pred: Any, axis: Axes = None) -> Tensor:
    """``1 - 2 sum(y_true y_pred) / (sum(y_true) + sum(y_pred) + 1e-7)``.

    Args:
        y_true: masks from 0 to 1, the shape of y_pred up to a last axis of one.
        y_pred: outputs from 0 to 1.
        axis: the axes of one mask; all if None, which gives one value for the batch.

    Returns:
        The shape of y_pred without the axes.

    Raises:
        ValueError: the shapes differ.

    Source:
        Milletari, Navab and Ahmadi, V-Net, 2016.

    >>> float(dice([[0.0, 1.0, 1.0]], [[0.0, 1.0, 0.0]]))
    0.3333333134651184
    """
    y_true, y_pred = operands(y_true, y_pred, "dice")
    both = ops.multiply(ops.sum(ops.multiply(y_true, y_pred), axis=axis), 2.0)
    sizes = ops.add(ops.sum(y_true, axis=axis), ops.sum(y_pred, axis=axis))
    return ops.subtract(1.0, ops.divide(both, ops.add(sizes, _EPSILON)))


def tversky(
    y_true: Any, y_pred: Any, alpha: float = 0.5, beta: float = 0.5, axis: Axes = None
) -> Tensor:
    """``1 - tp / (tp + alpha fn + beta fp + 1e-7)``.

    tp is ``sum(y_true y_pred)``, fn ``sum(y_true (1 - y_pred))``, fp ``sum((1 - y_true) y_pred)``.
    The loss is Dice's for alpha = beta = 1/2. As in Keras alpha belongs to what was missed.

    Args:
        y_true: masks from 0 to 1, the shape of y_pred up to a last axis of one.
        y_pred: outputs from 0 to 1.
        alpha: weight of what was missed.
        beta: weight of what is there without reason.
        axis: the axes of one mask; all if None, which gives one value for the batch.

    Returns:
        The shape of y_pred without the axes.

    Raises:
        ValueError: the shapes differ.

    Source:
        Salehi, Erdogmus and Gholipour, Tversky loss function for image segmentation, 2017.

    >>> float(tversky([[0.0, 1.0, 1.0]], [[0.0, 1.0, 0.0]], alpha=1.0, beta=0.0))
    0.5
    """
    y_true, y_pred = operands(y_true, y_pred, "tversky")
    both = ops.sum(ops.multiply(y_true, y_pred), axis=axis)
    missed = ops.sum(ops.multiply(ops.subtract(1.0, y_pred), y_true), axis=axis)
    extra = ops.sum(ops.multiply(y_pred, ops.subtract(1.0, y_true)), axis=axis)
    size = ops.add(ops.add(both, ops.multiply(missed, alpha)), ops.multiply(extra, beta))
    return ops.subtract(1.0, ops.divide(both, ops.add(size, _EPSILON)))


@registry.register()
class Dice(StandardLoss):
    """`dice`; without an axis the batch is one mask, and samples cannot be weighted.

    >>> float(Dice()([[0.0, 1.0]], [[0.0, 1.0]]))
    0.0
    """

    _function = staticmethod(dice)
    _arguments = ("axis",)

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "dice",
        axis: Axes = None,
        dtype: str | None = None,
    ) -> None:
        super().__init__(reduction, name, dtype, axis=axis)


@registry.register()
class Tversky(StandardLoss):
    """`tversky`; without an axis the batch is one mask, and samples cannot be weighted.

    >>> float(Tversky(alpha=1.0, beta=0.0)([[0.0, 1.0, 1.0]], [[0.0, 1.0, 0.0]]))
    0.5
    """

    _function = staticmethod(tversky)
    _arguments = ("alpha", "beta", "axis")

    def __init__(
        self,
        alpha: float = 0.5,
        beta: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str = "tversky",
        axis: Axes = None,
        dtype: str | None = None,
    ) -> None:
        super().__init__(reduction, name, dtype, alpha=alpha, beta=beta, axis=axis)


enter_function(dice, Dice)
enter_function(tversky, Tversky)
