"""Normalisation of channels: over a batch, by given statistics, and in groups of channels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.broadcast import multiply, negative, subtract
from mark1.ops.cast import cast
from mark1.ops.copy import broadcast_to, transpose
from mark1.ops.matmul import _held, _like
from mark1.ops.reduce import mean as mean_
from mark1.ops.reshape import normalize_axes, reshape
from mark1.ops.standardize import gradient_of, inverse_root, standardized, sum_of_others
from mark1.tape import Gradients, _state, record


def train_batch_normalization(
    x: Any,
    gamma: Any = None,
    beta: Any = None,
    moving_mean: _core.Variable | None = None,
    moving_variance: _core.Variable | None = None,
    momentum: float = 0.99,
    axis: int = -1,
    epsilon: float = 1e-3,
) -> Tensor:
    """Brings each channel of a batch to mean 0 and variance 1, then scales and shifts it.

    `gamma (x - mean) / sqrt(variance + epsilon) + beta`. The moving statistics become `momentum`
    parts of what they were and `1 - momentum` parts of this batch's, in place.

    Args:
        x: Tensor, Variable or array with at least two axes.
        gamma: factors (C,); none if None.
        beta: what is added, (C,); nothing if None.
        moving_mean: Variable (C,), or None.
        moving_variance: Variable (C,), or None.
        momentum: how much of the old statistics is kept.
        axis: the channels' axis.
        epsilon: added to the variance.

    Returns:
        A floating-point tensor of x's shape.

    Raises:
        ValueError: if shapes or dtypes do not go together.

    Source:
        Ioffe, Szegedy: Batch normalization, 2015.

    Example:
        >>> import mark1
        >>> mark1.ops.train_batch_normalization([[1.0], [3.0]], epsilon=0.0).numpy()
        array([[-1.],
               [ 1.]], dtype=float32)
    """

    def run(x: Any) -> Tensor:
        y, stats = _core.batch_norm(x, gamma, beta, moving_mean, moving_variance, momentum, epsilon)
        return _recorded(x, gamma, beta, y, stats, 0)

    return _channels_last("batch_normalization", x, axis, run)


def batch_normalization(
    x: Any,
    mean: Any,
    variance: Any,
    axis: int,
    offset: Any = None,
    scale: Any = None,
    epsilon: float = 1e-3,
) -> Tensor:
    """Normalises channels by given statistics: `scale (x - mean) / sqrt(variance + epsilon)`.

    Args:
        x: Tensor, Variable or array with at least two axes.
        mean: of each channel, (C,).
        variance: likewise.
        axis: the channels' axis.
        offset: what is added, (C,); nothing if None.
        scale: factors (C,); none if None.
        epsilon: added to the variance.

    Returns:
        A floating-point tensor of x's shape.

    Raises:
        ValueError: if shapes or dtypes do not go together.

    Example:
        >>> import mark1
        >>> mark1.ops.batch_normalization([[1.0], [3.0]], [1.0], [4.0], -1, epsilon=0.0).numpy()
        array([[0.],
               [1.]], dtype=float32)
    """

    def run(x: Any) -> Tensor:
        y, stats = _core.frozen_batch_norm(x, mean, variance, scale, offset, epsilon)
        if _state.stack:
            saved = (*_saved(x, scale, offset, y), stats, _held(mean), _held(variance))
            record(_frozen_rule, (x, scale, offset, mean, variance), y, saved)
        return y

    return _channels_last("batch_normalization", x, axis, run)


def group_normalization(
    x: Any,
    groups: int = 32,
    gamma: Any = None,
    beta: Any = None,
    axis: int = -1,
    epsilon: float = 1e-3,
) -> Tensor:
    """Brings each group of channels of each sample to mean 0 and variance 1.

    Args:
        x: Tensor, Variable or array (N, ..., C).
        groups: number of groups; channels that lie side by side make one.
        gamma: factors (C,); none if None.
        beta: what is added, (C,); nothing if None.
        axis: the channels' axis, not the first.
        epsilon: added to the variance.

    Returns:
        A floating-point tensor of x's shape.

    Raises:
        ValueError: if the channels cannot be divided into as many groups, or shapes do not fit.

    Source:
        Wu, He: Group normalization, 2018.

    Example:
        >>> import mark1
        >>> x = [[1.0, 3.0, 5.0, 5.0]]
        >>> mark1.ops.group_normalization(x, 2, epsilon=1e-6).numpy().round(3)
        array([[-1.,  1.,  0.,  0.]], dtype=float32)
    """

    def run(x: Any) -> Tensor:
        y, stats = _core.group_norm(x, gamma, beta, groups, epsilon)
        return _recorded(x, gamma, beta, y, stats, groups)

    if axis in (0, -len(x.shape) if hasattr(x, "shape") else 0):
        raise ValueError("[group_normalization] axis 0 is that of the samples, not of channels")
    return _channels_last("group_normalization", x, axis, run)


def _channels_last(op: str, x: Any, axis: int, run: Callable[[Any], Tensor]) -> Tensor:
    """run(x), with the channels' axis moved to the end and back."""
    if not isinstance(x, (Tensor, _core.Variable)):
        x = _core.convert(x)
    rank = len(x.shape)
    (channels,) = normalize_axes(op, axis, rank)
    if channels == rank - 1:
        return run(x)
    order = (*(i for i in range(rank) if i != channels), channels)
    return transpose(run(transpose(x, order)), [order.index(i) for i in range(rank)])


def _saved(x: Any, scale: Any, offset: Any, y: Tensor) -> tuple[Tensor, Tensor | None, str | None]:
    factors = None if scale is None else _held(scale)
    return cast(_held(x), y.dtype), factors, None if offset is None else _held(offset).dtype


def _recorded(x: Any, scale: Any, offset: Any, y: Tensor, stats: Tensor, groups: int) -> Tensor:
    if _state.stack:
        saved = (*_saved(x, scale, offset, y), stats, groups)
        record(_rule, (x, scale, offset), y, saved)
    return y


def _rule(
    dy: Tensor,
    x: Tensor,
    scale: Tensor | None,
    offset_dtype: str | None,
    stats: Tensor,
    groups: int,
) -> Gradients:
    dx, dscale, doffset = _core.batch_norm_backward(dy, x, scale, stats, groups, False)
    if _state.stack:
        record(_dx_rule, (dy, x, scale), dx, (dy, x, scale, stats, groups))
        record(_dscale_rule, (dy, x), dscale, (dy, x, stats, groups))
        record(_doffset_rule, (dy,), doffset, (dy.shape,))
    return (
        dx,
        None if scale is None else _like(dscale, scale),
        None if offset_dtype is None else cast(doffset, offset_dtype),
    )


def _grouped(x: Tensor, groups: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """X's shape with an axis of groups (0: of channels), and the axes that statistics run over."""
    channels = x.shape[-1]
    if groups == 0:
        return (-1, channels), (0,)
    return (x.shape[0], -1, groups, channels // groups), (1, 3)


def _standardized(x: Tensor, stats: Tensor, groups: int) -> tuple[Tensor, Tensor]:
    """H and r, grouped."""
    shape, axes = _grouped(x, groups)
    r = stats.rows(1, 2)
    if groups:
        # All channels of a group have the same.
        r = _core.slice(
            _core.reshape(r, (x.shape[0], groups, shape[3])),
            ((0, 1, x.shape[0]), (0, 1, groups), (0, 1, 1)),
        )
    return standardized(reshape(x, shape), axes, r, None, True, True)


def _dx_rule(
    g: Tensor, dy: Tensor, x: Tensor, scale: Tensor | None, stats: Tensor, groups: int
) -> Gradients:
    shape, axes = _grouped(x, groups)

    def dx(dy: Tensor, x: Tensor, scale: Tensor | None) -> Tensor:
        h, r = _standardized(x, stats, groups)
        slope = reshape(dy if scale is None else multiply(dy, scale), shape)
        a = mean_(slope, axes, keepdims=True)
        b = mean_(multiply(slope, h), axes, keepdims=True)
        return reshape(multiply(r, subtract(subtract(slope, a), multiply(h, b))), x.shape)

    return gradient_of(dx, (dy, x, scale), g)


def _dscale_rule(g: Tensor, dy: Tensor, x: Tensor, stats: Tensor, groups: int) -> Gradients:
    def dscale(dy: Tensor, x: Tensor) -> Tensor:
        h, _ = _standardized(x, stats, groups)
        return sum_of_others(multiply(dy, reshape(h, x.shape)), (x.ndim - 1,))

    return gradient_of(dscale, (dy, x), g)


def _doffset_rule(g: Tensor, shape: tuple[int, ...]) -> tuple[Tensor]:
    return (broadcast_to(g, shape),)


def _frozen_rule(
    dy: Tensor,
    x: Tensor,
    scale: Tensor | None,
    offset_dtype: str | None,
    stats: Tensor,
    mean: Tensor,
    variance: Tensor,
) -> Gradients:
    dx, dscale, doffset = _core.batch_norm_backward(dy, x, scale, stats, 0, True)
    known = stats.rows(1, 2)
    if _state.stack:
        record(_frozen_dx_rule, (dy, scale, variance), dx, (dy, scale, variance, known))
        record(_frozen_dscale_rule, (dy, x, mean, variance), dscale, (dy, x, mean, variance, known))
        record(_doffset_rule, (dy,), doffset, (dy.shape,))
    r = inverse_root(variance, known)
    size = r if scale is None else multiply(scale, r)
    dmean = negative(multiply(size, doffset))
    dvariance = multiply(multiply(multiply(size, r), dscale), -0.5)
    return (
        dx,
        None if scale is None else _like(dscale, scale),
        None if offset_dtype is None else cast(doffset, offset_dtype),
        _like(dmean, mean),
        _like(dvariance, variance),
    )


def _frozen_dx_rule(
    g: Tensor, dy: Tensor, scale: Tensor | None, variance: Tensor, r: Tensor
) -> Gradients:
    def dx(dy: Tensor, scale: Tensor | None, variance: Tensor) -> Tensor:
        slope = dy if scale is None else multiply(dy, scale)
        return multiply(slope, inverse_root(variance, r))

    return gradient_of(dx, (dy, scale, variance), g)


def _frozen_dscale_rule(
    g: Tensor, dy: Tensor, x: Tensor, mean: Tensor, variance: Tensor, r: Tensor
) -> Gradients:
    def dscale(dy: Tensor, x: Tensor, mean: Tensor, variance: Tensor) -> Tensor:
        h = multiply(subtract(x, mean), inverse_root(variance, r))
        return sum_of_others(multiply(dy, h), (x.ndim - 1,))

    return gradient_of(dscale, (dy, x, mean, variance), g)
