"""Hinge losses: no loss beyond a margin of 1 on the right side."""

from __future__ import annotations

from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.losses.alignment import operands
from mark1.losses.loss import StandardLoss, enter_function, registry


def hinge(y_true: Any, y_pred: Any) -> Tensor:
    """Mean over the last axis of ``max(1 - y_true y_pred, 0)``.

    Args:
        y_true: -1 or 1, the shape of y_pred up to a last axis of one. If all are 0 or 1, each 0
            stands for -1.
        y_pred: outputs (..., O).

    Returns:
        (...).

    Raises:
        ValueError: the shapes differ.

    >>> hinge([[-1.0, 1.0]], [[0.5, 0.5]]).numpy()
    array([1.], dtype=float32)
    """
    return ops.mean(_shortfall(y_true, y_pred, "hinge"), axis=-1)


def squared_hinge(y_true: Any, y_pred: Any) -> Tensor:
    """Mean over the last axis of ``max(1 - y_true y_pred, 0)**2``.

    Args:
        y_true: -1 or 1, the shape of y_pred up to a last axis of one. If all are 0 or 1, each 0
            stands for -1.
        y_pred: outputs (..., O).

    Returns:
        (...).

    Raises:
        ValueError: the shapes differ.

    >>> squared_hinge([[-1.0, 1.0]], [[0.5, 0.5]]).numpy()
    array([1.25], dtype=float32)
    """
    return ops.mean(ops.square(_shortfall(y_true, y_pred, "squared_hinge")), axis=-1)


def categorical_hinge(y_true: Any, y_pred: Any) -> Tensor:
    """The best wrong output less the right one plus 1, if positive.

    ``max(max((1 - y_true) y_pred) - sum(y_true y_pred) + 1, 0)`` over the last axis.

    Args:
        y_true: one-hot rows, the shape of y_pred.
        y_pred: outputs (..., O).

    Returns:
        (...).

    Raises:
        ValueError: the shapes differ.

    >>> categorical_hinge([[0.0, 1.0, 0.0]], [[0.25, 0.5, 0.0]]).numpy()
    array([0.75], dtype=float32)
    """
    y_true, y_pred = operands(y_true, y_pred, "categorical_hinge")
    right = ops.sum(ops.multiply(y_true, y_pred), axis=-1)
    wrong = ops.max(ops.multiply(ops.subtract(1.0, y_true), y_pred), axis=-1)
    return ops.relu(ops.add(ops.subtract(wrong, right), 1.0))


def _shortfall(y_true: Any, y_pred: Any, op: str) -> Tensor:
    y_true, y_pred = operands(y_true, y_pred, op)
    bits = ops.all(ops.logical_or(ops.equal(y_true, 0), ops.equal(y_true, 1)))
    signs = ops.where(bits, ops.subtract(ops.multiply(y_true, 2.0), 1.0), y_true)
    return ops.relu(ops.subtract(1.0, ops.multiply(signs, y_pred)))


@registry.register()
class Hinge(StandardLoss):
    """`hinge`, reduced over the batch.

    >>> float(Hinge()([[-1.0], [1.0]], [[0.5], [0.5]]))
    1.0
    """

    _function = staticmethod(hinge)


@registry.register()
class SquaredHinge(StandardLoss):
    """`squared_hinge`, reduced over the batch.

    >>> float(SquaredHinge()([[-1.0], [1.0]], [[0.5], [0.5]]))
    1.25
    """

    _function = staticmethod(squared_hinge)


@registry.register()
class CategoricalHinge(StandardLoss):
    """`categorical_hinge`, reduced over the batch.

    >>> float(CategoricalHinge()([[0.0, 1.0]], [[0.25, 0.5]]))
    0.75
    """

    _function = staticmethod(categorical_hinge)


enter_function(hinge, Hinge)
enter_function(squared_hinge, SquaredHinge)
enter_function(categorical_hinge, CategoricalHinge)
