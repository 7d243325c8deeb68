"""Normalisation of rows: layer_normalization, rms_normalization, normalize."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.broadcast import multiply, subtract
from mark1.ops.cast import cast
from mark1.ops.copy import broadcast_to, transpose
from mark1.ops.matmul import _held, _like
from mark1.ops.reduce import mean as mean_
from mark1.ops.reduce import sum as sum_
from mark1.ops.reshape import normalize_axes
from mark1.ops.standardize import below, gradient_of, standardized, sum_of_others
from mark1.tape import Gradients, _state, record

_LAYER, _RMS, _UNIT = range(3)
_NAMES = ("layer_normalization", "rms_normalization", "normalize")

# kind, number of axes of a row, epsilon.
Setting = tuple[int, int, float]


def layer_normalization(
    x: Any,
    gamma: Any = None,
    beta: Any = None,
    axis: int | Sequence[int] = -1,
    epsilon: float = 1e-7,
) -> Tensor:
    """Brings each row to mean 0 and variance 1: `(x - mean) / sqrt(variance + epsilon)`.

    The result is then scaled by gamma and shifted by beta.

    Args:
        x: Tensor, Variable or array.
        gamma: factors, of the shape of one row; none if None.
        beta: what is added, likewise.
        axis: the axes that make up a row.
        epsilon: keeps rows of one value from being divided by 0.

    Returns:
        A floating-point tensor of x's shape.

    Raises:
        ValueError: if x has no such axes, or gamma or beta is not of the shape of a row.

    Source:
        Ba, Kiros, Hinton: Layer normalization, 2016.

    Example:
        >>> import mark1
        >>> mark1.ops.layer_normalization([[1.0, 3.0]], [1.0, 2.0]).numpy()
        array([[-1.,  2.]], dtype=float32)
    """
    return _normalize(_LAYER, x, gamma, beta, axis, epsilon)


def rms_normalization(
    x: Any, scale: Any = None, axis: int | Sequence[int] = -1, epsilon: float = 1e-7
) -> Tensor:
    """Brings the mean square of each row to 1: `x / sqrt(mean(x^2) + epsilon)`, times scale.

    Args:
        x: Tensor, Variable or array.
        scale: factors, of the shape of one row; none if None.
        axis: the axes that make up a row.
        epsilon: keeps rows of zeros from being divided by 0.

    Returns:
        A floating-point tensor of x's shape.

    Raises:
        ValueError: if x has no such axes, or scale is not of the shape of a row.

    Source:
        Zhang, Sennrich: Root mean square layer normalization, 2019.

    Example:
        >>> import mark1
        >>> mark1.ops.rms_normalization([[1.0, -1.0], [3.0, 3.0]]).numpy().round(3)
        array([[ 1., -1.],
               [ 1.,  1.]], dtype=float32)
    """
    return _normalize(_RMS, x, scale, None, axis, epsilon)


def normalize(
    x: Any, axis: int | Sequence[int] = -1, order: int = 2, epsilon: float = 1e-7
) -> Tensor:
    """Brings each row to length 1: `x / max(sqrt(sum(x^2)), epsilon)`.

    Args:
        x: Tensor, Variable or array.
        axis: the axes that make up a row.
        order: 2, the Euclidean length.
        epsilon: the least length a row is divided by.

    Returns:
        A floating-point tensor of x's shape.

    Raises:
        ValueError: if x has no such axes, or for another order.

    Example:
        >>> import mark1
        >>> mark1.ops.normalize([[3.0, 4.0]]).numpy()
        array([[0.6, 0.8]], dtype=float32)
    """
    if order != 2:
        raise ValueError(f"[normalize] order must be 2, got {order!r}")
    return _normalize(_UNIT, x, None, None, axis, epsilon)


def _normalize(
    kind: int, x: Any, scale: Any, offset: Any, axis: int | Sequence[int], epsilon: float
) -> Tensor:
    if not isinstance(x, (Tensor, _core.Variable)):
        x = _core.convert(x)
    rank = len(x.shape)
    axes = normalize_axes(_NAMES[kind], axis, rank)
    if axes != tuple(range(rank - len(axes), rank)):
        order = (*(i for i in range(rank) if i not in axes), *axes)
        inverse = [order.index(i) for i in range(rank)]
        last = range(rank - len(axes), rank)
        moved = _normalize(kind, transpose(x, order), scale, offset, tuple(last), epsilon)
        return transpose(moved, inverse)
    y, stats = _core.layer_norm(kind, x, scale, offset, len(axes), epsilon)
    if _state.stack:
        held = cast(_held(x), y.dtype)
        factors = None if scale is None else _held(scale)
        offset_dtype = None if offset is None else _held(offset).dtype
        setting = (kind, len(axes), epsilon)
        record(_rule, (x, scale, offset), y, (held, factors, offset_dtype, stats, setting))
    return y


def _rule(
    dy: Tensor,
    x: Tensor,
    scale: Tensor | None,
    offset_dtype: str | None,
    stats: Tensor,
    setting: Setting,
) -> Gradients:
    kind, axes, epsilon = setting
    with_offset = offset_dtype is not None
    dx, dscale, doffset = _core.layer_norm_backward(
        kind, dy, x, scale, stats, axes, with_offset, epsilon
    )
    if _state.stack:
        record(_dx_rule, (dy, x, scale), dx, (dy, x, scale, stats, setting))
        if dscale is not None:
            record(_dscale_rule, (dy, x), dscale, (dy, x, stats, setting))
        if doffset is not None:
            record(_doffset_rule, (dy,), doffset, (dy.shape,))
    if scale is not None:
        dscale = _like(dscale, scale)
    return dx, dscale, None if doffset is None else cast(doffset, offset_dtype or doffset.dtype)


def _standardized(x: Tensor, stats: Tensor, setting: Setting) -> tuple[Tensor, Tensor]:
    kind, axes, _ = setting
    r, limit = stats.rows(1, 2), _limit(setting)
    return standardized(x, _last(x, axes), r, limit, kind == _LAYER, kind != _UNIT)


def _limit(setting: Setting) -> float | None:
    """The largest factor that a row is multiplied by."""
    kind, _, epsilon = setting
    return 1 / epsilon if kind == _UNIT and epsilon > 0 else None


def _last(x: Tensor, axes: int) -> tuple[int, ...]:
    return tuple(range(x.ndim - axes, x.ndim))


def _dx_rule(
    g: Tensor, dy: Tensor, x: Tensor, scale: Tensor | None, stats: Tensor, setting: Setting
) -> Gradients:
    kind, axes, _ = setting

    def dx(dy: Tensor, x: Tensor, scale: Tensor | None) -> Tensor:
        h, r = _standardized(x, stats, setting)
        slope = dy if scale is None else multiply(dy, scale)
        reduce = sum_ if kind == _UNIT else mean_
        b = reduce(multiply(slope, h), _last(x, axes), keepdims=True)
        if kind == _LAYER:
            slope = subtract(slope, mean_(slope, _last(x, axes), keepdims=True))
        if (limit := _limit(setting)) is not None:
            b = multiply(b, below(r, limit))
        return multiply(r, subtract(slope, multiply(h, b)))

    return gradient_of(dx, (dy, x, scale), g)


def _dscale_rule(g: Tensor, dy: Tensor, x: Tensor, stats: Tensor, setting: Setting) -> Gradients:
    def dscale(dy: Tensor, x: Tensor) -> Tensor:
        h, _ = _standardized(x, stats, setting)
        return sum_of_others(multiply(dy, h), _last(x, setting[1]))

    return gradient_of(dscale, (dy, x), g)


def _doffset_rule(g: Tensor, shape: tuple[int, ...]) -> tuple[Tensor]:
    return (broadcast_to(g, shape),)
