"""Exact areas under curves, from all outputs at once.

Every distinct output is a threshold. Sums run from the greatest output to the least, one after the
other, in float64: weights are usually whole numbers, whose sums are exact.
"""

from __future__ import annotations

import math

import numpy as np

from mark1.typing import Array


def roc_area(ones: Array, scores: Array, weights: Array) -> float:
    """The area under the ROC curve by the trapezoidal rule: scikit-learn's ``roc_auc_score``.

    Args:
        ones: booleans (n,).
        scores: (n,).
        weights: (n,).

    Returns:
        0 if there are no ones or no zeros.

    >>> roc_area(np.array([False, True]), np.array([0.2, 0.1]), np.ones(2))
    0.0
    """
    tp, fp = _cumulated(ones, scores, weights)
    if not tp[-1] or not fp[-1]:
        return 0.0
    twice = math.fsum(np.diff(fp) * (tp[1:] + tp[:-1]))
    return float(twice / (2.0 * tp[-1] * fp[-1]))


def average_precision(ones: Array, scores: Array, weights: Array) -> float:
    """Precision averaged over the steps of recall: ``average_precision_score`` of scikit-learn.

    Args:
        ones: booleans (n,).
        scores: (n,).
        weights: (n,).

    Returns:
        0 if there are no ones.

    >>> average_precision(np.array([False, True]), np.array([0.2, 0.1]), np.ones(2))
    0.5
    """
    tp, fp = _cumulated(ones, scores, weights)
    if not tp[-1]:
        return 0.0
    above = tp[1:] + fp[1:]
    precision = np.divide(tp[1:], above, out=np.zeros_like(above), where=above != 0)
    return float(math.fsum(np.diff(tp) * precision) / tp[-1])


def _cumulated(ones: Array, scores: Array, weights: Array) -> tuple[Array, Array]:
    """Weights of ones and of zeros from the greatest score down to each distinct one, from 0."""
    order = np.argsort(-scores, kind="stable")
    ones, scores, weights = ones[order], scores[order], weights[order]
    last = np.flatnonzero(np.append(np.diff(scores) != 0, True))
    tp = np.cumsum(np.where(ones, weights, 0.0))[last]
    fp = np.cumsum(np.where(ones, 0.0, weights))[last]
    return np.append(0.0, tp), np.append(0.0, fp)
