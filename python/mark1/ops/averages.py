"""Weighted means, spreads, differences, areas and distances."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mark1._core import Tensor
from mark1.ops.broadcast import add, divide, multiply, subtract
from mark1.ops.copy import broadcast_to
from mark1.ops.logarithms import log10
from mark1.ops.matmul import product
from mark1.ops.moments import _as_float, norm, var
from mark1.ops.reduce import max as greatest
from mark1.ops.reduce import mean
from mark1.ops.reduce import min as least
from mark1.ops.reduce import sum as total
from mark1.ops.reshape import expand_dims, normalize_axes, reshape
from mark1.ops.rounding import _as_tensor, square
from mark1.ops.slice import getitem
from mark1.ops.triangles import diagonal
from mark1.ops.unary import sqrt


def average(x: Any, axis: int | Sequence[int] | None = None, weights: Any = None) -> Tensor:
    """The weighted mean over axes: sum(x w) / sum(w).

    Args:
        x: Tensor, Variable or array; any shape. Integers are converted to float32.
        axis: the axes to average over; all if None.
        weights: of x's shape, or (n,) for a single axis of size n; all equal if None.

    Returns:
        A floating-point tensor of x's shape without `axis`.

    Raises:
        ValueError: if the weights do not fit, or an axis is out of range.

    Example:
        >>> import mark1
        >>> mark1.ops.average([1.0, 2.0, 5.0], weights=[1.0, 1.0, 2.0]).numpy()
        array(3.25, dtype=float32)
    """
    x = _as_float(x)
    if weights is None:
        return mean(x, axis)
    w = _as_float(weights)
    axes = normalize_axes("average", axis, len(x.shape))
    if w.shape != x.shape:
        if len(w.shape) != 1 or len(axes) != 1 or w.shape[0] != x.shape[axes[0]]:
            raise ValueError(
                f"[average] weights must have x's shape, or be one for each element of a single "
                f"axis (x: {x.shape}, weights: {w.shape}, axis: {axis})"
            )
        w = reshape(w, [-1 if i in axes else 1 for i in range(len(x.shape))])
    return divide(total(multiply(x, w), axis), total(broadcast_to(w, x.shape), axis))


def moments(
    x: Any, axes: int | Sequence[int], keepdims: bool = False, synchronized: bool = False
) -> tuple[Tensor, Tensor]:
    """Mean and variance over axes.

    Args:
        x: Tensor, Variable or array; any shape. Integers are converted to float32.
        axes: the axes to reduce.
        keepdims: whether they stay, with size 1.
        synchronized: accepted for Keras' sake: there is one process.

    Returns:
        Two floating-point tensors of x's shape without `axes`.

    Raises:
        ValueError: if an axis is out of range or named twice.

    Example:
        >>> import mark1
        >>> mean, variance = mark1.ops.moments([1.0, 3.0], axes=0)
        >>> float(mean), float(variance)
        (2.0, 1.0)
    """
    return mean(x, axes, keepdims), var(x, axes, keepdims)


def ptp(x: Any, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Tensor:
    """From peak to peak: the greatest element less the smallest one.

    Args:
        x: Tensor, Variable or array; any shape.
        axis: the axes to search; all if None.
        keepdims: whether they stay, with size 1.

    Returns:
        A tensor of x's shape without `axis`, of x's dtype.

    Raises:
        ValueError: if there is nothing to choose from, or an axis is out of range.

    Example:
        >>> import mark1
        >>> mark1.ops.ptp([3, 1, 7]).numpy()
        array(6, dtype=int32)
    """
    return subtract(greatest(x, axis, keepdims), least(x, axis, keepdims))


def corrcoef(x: Any) -> Tensor:
    """Pearson's coefficients of correlation between rows.

    y[i, j] = c[i, j] / sqrt(c[i, i] c[j, j]), c being the products of deviations from means.

    Args:
        x: Tensor, Variable or array (variables, observations) or (observations,).

    Returns:
        A floating-point tensor (variables, variables), a scalar for a single one. NaN for rows that
        do not vary.

    Raises:
        ValueError: if x has more than two axes.

    Example:
        >>> import mark1
        >>> mark1.ops.corrcoef([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]).numpy().round(6)
        array([[ 1., -1.],
               [-1.,  1.]], dtype=float32)
    """
    x = _as_float(x)
    if not 1 <= len(x.shape) <= 2:
        raise ValueError(f"[corrcoef] needs one or two axes (x: {x.shape})")
    rows = reshape(x, (-1, x.shape[-1])) if x.shape[-1] else x
    centred = subtract(rows, mean(rows, 1, keepdims=True))
    c = product(centred, centred, trans_b=True, op="corrcoef")
    spread = sqrt(diagonal(c))
    y = divide(divide(c, spread), expand_dims(spread, 1))
    return reshape(y, ()) if len(x.shape) == 1 else y


def diff(a: Any, n: int = 1, axis: int = -1) -> Tensor:
    """The differences of neighbours: y[i] = a[i + 1] - a[i], n times.

    Args:
        a: Tensor, Variable or array of numbers.
        n: how often.
        axis: along which.

    Returns:
        A tensor, shorter by n along the axis.

    Raises:
        ValueError: if n is negative, or there is no such axis.

    Example:
        >>> import mark1
        >>> mark1.ops.diff([1, 4, 9, 16]).numpy()
        array([3, 5, 7], dtype=int32)
    """
    if n < 0:
        raise ValueError(f"[diff] n must not be negative, got {n}")
    y = _as_tensor(a)
    (along,) = normalize_axes("diff", axis, len(y.shape))
    for _ in range(min(n, y.shape[along] + 1)):  # nothing is left after as many
        y = subtract(_part(y, slice(1, None), along), _part(y, slice(None, -1), along))
    return y if n else reshape(y, y.shape)


def trapezoid(y: Any, x: Any = None, dx: float = 1.0, axis: int = -1) -> Tensor:
    """The area under straight lines between points: the sum of (y[i] + y[i + 1]) / 2 times steps.

    Args:
        y: heights; Tensor, Variable or array. Integers are converted to float32.
        x: where the points are: of y's shape, or (n,) for the axis' n points.
        dx: the step if x is None.
        axis: along which the area is summed up.

    Returns:
        A floating-point tensor of y's shape without the axis.

    Raises:
        ValueError: if there is no such axis, or x does not fit.

    Example:
        >>> import mark1
        >>> mark1.ops.trapezoid([1.0, 2.0, 3.0], x=[0.0, 1.0, 3.0]).numpy()
        array(6.5, dtype=float32)
    """
    y = _as_float(y)
    (along,) = normalize_axes("trapezoid", axis, len(y.shape))
    steps: Any = dx
    if x is not None:
        x = _as_float(x)
        if len(x.shape) == 1:
            x = reshape(x, [-1 if i == along else 1 for i in range(len(y.shape))])
        steps = diff(x, axis=along)
    pairs = add(_part(y, slice(1, None), along), _part(y, slice(None, -1), along))
    return total(multiply(multiply(pairs, steps), 0.5), along)


def cdist(x: Any, y: Any) -> Tensor:
    """The Euclidean distances between the points of two sets, by differences and not by products.

    Args:
        x: Tensor, Variable or array (..., n, d); integers become float32.
        y: likewise (..., m, d); leading axes broadcast together.

    Returns:
        A floating-point tensor (..., n, m); its making takes n m d numbers of memory. The gradient
        of a distance 0 is 0.

    Raises:
        ValueError: if the numbers of coordinates differ.

    Example:
        >>> import mark1
        >>> mark1.ops.cdist([[0.0, 0.0]], [[3.0, 4.0], [0.0, 1.0]]).numpy()
        array([[5., 1.]], dtype=float32)
    """
    x, y = _as_float(x), _as_float(y)
    if len(x.shape) < 2 or len(y.shape) < 2 or x.shape[-1] != y.shape[-1]:
        raise ValueError(f"[cdist] needs points of one dimension (x: {x.shape}, y: {y.shape})")
    return norm(subtract(expand_dims(x, -2), expand_dims(y, -3)), axis=-1)


def psnr(x1: Any, x2: Any, max_val: float) -> Tensor:
    """Peak signal-to-noise ratio in decibels: 20 log10(max_val) - 10 log10(mean((x1 - x2)^2)).

    Args:
        x1: Tensor, Variable or array; integers become float32.
        x2: likewise, of one shape.
        max_val: the greatest value that a signal can have.

    Returns:
        A scalar tensor; infinity if the two are equal.

    Raises:
        ValueError: if the shapes differ.

    Example:
        >>> import mark1
        >>> mark1.ops.psnr([0.0, 1.0], [0.1, 0.9], max_val=1.0).numpy()
        array(19.999998, dtype=float32)
    """
    x1, x2 = _as_float(x1), _as_float(x2)
    if x1.shape != x2.shape:
        raise ValueError(f"[psnr] needs signals of one shape (x1: {x1.shape}, x2: {x2.shape})")
    error = log10(mean(square(subtract(x1, x2))))
    return subtract(20 * math.log10(max_val), multiply(error, 10))


def _part(x: Any, key: slice, axis: int) -> Tensor:
    return getitem(x, (*[slice(None)] * axis, key))
