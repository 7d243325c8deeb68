"""Activations that gate, or that reach 0 and 1: glu, sparse_plus, sparse_sigmoid, sparsemax."""

from __future__ import annotations

from typing import Any

import numpy as np

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.binary import maximum
from mark1.ops.broadcast import add, divide, multiply, subtract
from mark1.ops.copy import moveaxis
from mark1.ops.moments import _as_float
from mark1.ops.reduce import sum as sum_axes
from mark1.ops.reshape import normalize_axes
from mark1.ops.rounding import clip, square
from mark1.ops.smooth import sigmoid
from mark1.ops.split import split
from mark1.ops.where import where


def glu(x: Any, axis: int = -1) -> Tensor:
    """Gated linear unit: one half of x times the sigmoid of the other.

    y = a sigmoid(b), x being a and b one behind the other along an axis.

    Args:
        x: Tensor, Variable or array; integers become float32.
        axis: the axis that is halved.

    Returns:
        A floating-point tensor of half the size along `axis`.

    Raises:
        ValueError: if the size of the axis is odd.

    Source:
        Y. N. Dauphin et al.: Language modeling with gated convolutional networks. ICML 2017.

    Example:
        >>> import mark1
        >>> mark1.ops.glu([4.0, 0.0]).numpy()
        array([2.], dtype=float32)
    """
    a, b = split(_as_float(x), 2, axis)
    return multiply(a, sigmoid(b))


def sparse_plus(x: Any) -> Tensor:
    """A parabola between two lines: 0 up to -1, (x + 1)^2 / 4 up to 1, x from there on.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.sparse_plus([-2.0, 0.0, 3.0]).numpy()
        array([0.  , 0.25, 3.  ], dtype=float32)
    """
    x = _as_float(x)
    middle = multiply(square(add(clip(x, -1, 1), 1)), 0.25)
    return where(_core.greater_equal(x, 1), x, middle)


def sparse_sigmoid(x: Any) -> Tensor:
    """A line from 0 at -1 to 1 at 1, level beyond: the slope of `sparse_plus`.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.sparse_sigmoid([-2.0, 0.0, 3.0]).numpy()
        array([0. , 0.5, 1. ], dtype=float32)
    """
    return multiply(add(clip(_as_float(x), -1, 1), 1), 0.5)


def sparsemax(x: Any, axis: int = -1) -> Tensor:
    """The nearest point to x among those whose components are not negative and sum to 1.

    y = max(x - t, 0), with the t that makes the sum 1; unlike softmax it has zeros.

    Args:
        x: Tensor, Variable or array; integers become float32.
        axis: the axis whose components sum to 1.

    Returns:
        A floating-point tensor of the shape of x.

    Raises:
        ValueError: if there is no such axis.

    Source:
        A. F. T. Martins, R. F. Astudillo: From softmax to sparsemax. ICML 2016.

    Example:
        >>> import mark1
        >>> mark1.ops.sparsemax([1.0, 2.0, 1.5]).numpy()
        array([0.  , 0.75, 0.25], dtype=float32)
    """
    x = _as_float(x)
    (along,) = normalize_axes("sparsemax", axis, len(x.shape))
    if along != len(x.shape) - 1:
        return moveaxis(sparsemax(moveaxis(x, along, -1)), -1, along)
    # Which components remain is found without gradients: they are the k greatest.
    n = x.shape[-1]
    down = _core.take_along(x, _core.argsort(x, True, n), len(x.shape) - 1)
    ranks = _core.convert(np.arange(1, n + 1), x.dtype)
    totals = _core.cumsum(down, -1, False)
    inside = _core.greater(_core.add(_core.multiply(ranks, down), 1), totals)
    count = _core.cast(_core.sum(inside, -1, True), x.dtype)
    least = _core.min(_core.where(inside, down, np.inf), -1, True)
    kept = _core.greater_equal(x, least)
    excess = subtract(sum_axes(where(kept, x, 0), -1, keepdims=True), 1)
    return maximum(subtract(x, divide(excess, count)), 0)
