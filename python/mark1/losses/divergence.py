"""Losses between distributions: Kullback and Leibler's divergence, and counts."""

from __future__ import annotations

from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.losses.alignment import operands
from mark1.losses.loss import StandardLoss, enter_function, registry

_EPSILON = 1e-7


def kl_divergence(y_true: Any, y_pred: Any) -> Tensor:
    """Sum over the last axis of ``y_true log(y_true / y_pred)``, both clipped to [1e-7, 1].

    Args:
        y_true: rows of probabilities, the shape of y_pred.
        y_pred: rows of probabilities (..., O).

    Returns:
        (...).

    Raises:
        ValueError: the shapes differ.

    Source:
        Kullback and Leibler, On information and sufficiency, 1951.

    >>> kl_divergence([[0.5, 0.5]], [[0.25, 0.75]]).numpy()
    array([0.14384106], dtype=float32)
    """
    y_true, y_pred = operands(y_true, y_pred, "kl_divergence")
    y_true = ops.clip(y_true, _EPSILON, 1.0)
    y_pred = ops.clip(y_pred, _EPSILON, 1.0)
    return ops.sum(ops.multiply(y_true, ops.log(ops.divide(y_true, y_pred))), axis=-1)


def poisson(y_true: Any, y_pred: Any) -> Tensor:
    """Mean over the last axis of ``y_pred - y_true log(y_pred + 1e-7)``.

    Up to a constant the negative logarithm of the probability of counts y_true at rates y_pred.

    Args:
        y_true: counts, the shape of y_pred up to a last axis of one.
        y_pred: positive rates (..., O).

    Returns:
        (...).

    Raises:
        ValueError: the shapes differ.

    >>> poisson([[0.0, 2.0]], [[0.5, 1.0]]).numpy()
    array([0.7499999], dtype=float32)
    """
    y_true, y_pred = operands(y_true, y_pred, "poisson")
    terms = ops.subtract(y_pred, ops.multiply(y_true, ops.log(ops.add(y_pred, _EPSILON))))
    return ops.mean(terms, axis=-1)


@registry.register()
class KLDivergence(StandardLoss):
    """`kl_divergence`, reduced over the batch.

    >>> round(float(KLDivergence()([[0.5, 0.5]], [[0.25, 0.75]])), 4)
    0.1438
    """

    _function = staticmethod(kl_divergence)


@registry.register()
class Poisson(StandardLoss):
    """`poisson`, reduced over the batch.

    >>> round(float(Poisson()([[0.0, 2.0]], [[0.5, 1.0]])), 4)
    0.75
    """

    _function = staticmethod(poisson)


enter_function(kl_divergence, KLDivergence, "kld", "KLD", "kullback_leibler_divergence")
enter_function(poisson, Poisson)
