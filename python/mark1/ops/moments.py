"""Reductions that take more than a sum: products, variances, norms, logsumexp."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.activation import Activation
from mark1.ops.broadcast import _held, divide, multiply, subtract
from mark1.ops.cast import cast
from mark1.ops.copy import transpose
from mark1.ops.cumsum import products_of_others
from mark1.ops.reduce import _kept, mean
from mark1.ops.reshape import normalize_axes, reshape
from mark1.ops.where import where
from mark1.tape import _state, record
from mark1.typing import DTypeLike

_exponential = Activation("exponential")
_sqrt = Activation("sqrt")


def prod(
    x: Any,
    axis: int | Sequence[int] | None = None,
    keepdims: bool = False,
    dtype: DTypeLike | None = None,
) -> Tensor:
    """The product over axes.

    In the order of a sum. dx = dy times the product of all others, which running products from both
    ends give without a division: derivatives of any order are right at zeros, too.

    Args:
        x: Tensor, Variable or array; any shape.
        axis: the axes to reduce; all if None.
        keepdims: whether they stay, with size 1.
        dtype: in which to multiply; x's if None.

    Returns:
        A tensor of x's shape without `axis`, bool and uint8 as int32. The product of nothing is 1.

    Raises:
        ValueError: if an axis is out of range or named twice.

    Example:
        >>> import mark1
        >>> mark1.ops.prod([[1.0, 2.0], [3.0, 5.0]], axis=1).numpy()
        array([ 2., 15.], dtype=float32)
    """
    x = _as_tensor(x) if dtype is None else cast(x, dtype)
    out = _core.prod(x, axis, keepdims)
    if _state.stack:
        record(_prod_rule, (x,), out, (_held(x), axis))
    return out


def _prod_rule(dy: Tensor, x: Tensor, axis: Any) -> tuple[Tensor]:
    rank = len(x.shape)
    axes = normalize_axes("prod", axis, rank)
    order = [*(i for i in range(rank) if i not in axes), *axes]
    moved = transpose(x, order)
    rows = reshape(moved, (-1, math.prod(x.shape[i] for i in axes))) if x.size else moved
    others = products_of_others(rows) if x.size else rows
    others = transpose(reshape(others, moved.shape), [order.index(i) for i in range(rank)])
    return (multiply(reshape(dy, _kept(x.shape, axis)), others),)


def var(x: Any, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Tensor:
    """The variance over axes: the mean of (x - mean(x))^2, from those of pieces, in one pass.

    dx = 2 dy (x - mean(x)) / n.

    Args:
        x: Tensor, Variable or array; any shape. Integers are converted to float32.
        axis: the axes to reduce; all if None.
        keepdims: whether they stay, with size 1.

    Returns:
        A floating-point tensor of x's shape without `axis`. The variance of nothing is NaN.

    Raises:
        ValueError: if an axis is out of range or named twice.

    Example:
        >>> import mark1
        >>> mark1.ops.var([[1.0, 2.0], [3.0, 5.0]], axis=1).numpy()
        array([0.25, 1.  ], dtype=float32)
    """
    x = _as_float(x)
    out = _core.var(x, axis, keepdims)
    if _state.stack:
        record(_var_rule, (x,), out, (_held(x), axis))
    return out


def _var_rule(dy: Tensor, x: Tensor, axis: Any) -> tuple[Tensor]:
    count = math.prod(x.shape[i] for i in normalize_axes("var", axis, len(x.shape)))
    centred = subtract(x, mean(x, axis, keepdims=True))
    return (multiply(multiply(reshape(dy, _kept(x.shape, axis)), 2 / count), centred),)


def std(x: Any, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Tensor:
    """The standard deviation over axes: the square root of `var`.

    Args:
        x: Tensor, Variable or array; any shape. Integers are converted to float32.
        axis: the axes to reduce; all if None.
        keepdims: whether they stay, with size 1.

    Returns:
        A floating-point tensor of x's shape without `axis`.

    Raises:
        ValueError: if an axis is out of range or named twice.

    Example:
        >>> import mark1
        >>> mark1.ops.std([[1.0, 2.0], [3.0, 5.0]], axis=1).numpy()
        array([0.5, 1. ], dtype=float32)
    """
    return _sqrt(var(x, axis, keepdims))


def norm(
    x: Any,
    ord: float | str | None = None,
    axis: int | Sequence[int] | None = None,
    keepdims: bool = False,
) -> Tensor:
    """A norm over axes: by default the Euclidean one, the square root of the sum of squares.

    dx = dy x / norm(x), 0 where the norm is 0. No square over- or underflows on the way.

    Args:
        x: Tensor, Variable or array; any shape. Integers are converted to float32.
        ord: None for the Euclidean norm of all numbers, or as in NumPy: of vectors a number p
            (sum(|x|^p)^(1/p); inf and -inf are the greatest and the least |x|, 0 counts what is
            not 0), of matrices "fro", 1 and -1 (sums of columns), inf and -inf (sums of rows).
        axis: the axes to reduce, one for vectors, two for matrices; all if None.
        keepdims: whether they stay, with size 1.

    Returns:
        A floating-point tensor of x's shape without `axis`.

    Raises:
        ValueError: if an axis is out of range or named twice, or there is no such norm.

    Example:
        >>> import mark1
        >>> mark1.ops.norm([[3.0, 4.0], [0.0, 2.0]], axis=1).numpy()
        array([5., 2.], dtype=float32)
    """
    x = _as_float(x)
    if ord is not None:
        from mark1.ops.norms import norm_of_order

        return norm_of_order(x, ord, axis, keepdims)
    out = _core.norm(x, axis, keepdims)
    if _state.stack:
        record(_norm_rule, (x,), out, (_held(x), axis))
    return out


def _norm_rule(dy: Tensor, x: Tensor, axis: Any) -> tuple[Tensor]:
    length = norm(x, axis=axis, keepdims=True)
    safe = where(_core.equal(length, 0), 1, length)
    return (multiply(reshape(dy, _kept(x.shape, axis)), divide(x, safe)),)


def logsumexp(x: Any, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Tensor:
    """The logarithm of the sum of exponentials: `log(sum(exp(x)))`.

    The greatest element is subtracted first, so nothing overflows; dx = dy exp(x - logsumexp(x)).

    Args:
        x: Tensor, Variable or array; any shape. Integers are converted to float32.
        axis: the axes to reduce; all if None.
        keepdims: whether they stay, with size 1.

    Returns:
        A floating-point tensor of x's shape without `axis`.

    Raises:
        ValueError: if there is nothing to sum, or an axis is out of range or named twice.

    Example:
        >>> import mark1
        >>> mark1.ops.logsumexp([[0.0, 0.0], [1000.0, -1000.0]], axis=1).numpy()
        array([6.931472e-01, 1.000000e+03], dtype=float32)
    """
    x = _as_float(x)
    out = _core.logsumexp(x, axis, keepdims)
    if _state.stack:
        record(_logsumexp_rule, (x,), out, (_held(x), axis))
    return out


def _logsumexp_rule(dy: Tensor, x: Tensor, axis: Any) -> tuple[Tensor]:
    total = logsumexp(x, axis, keepdims=True)
    # Where all is -infinity the shares are 0.
    share = _exponential(subtract(x, where(_core.equal(total, float("-inf")), 0, total)))
    return (multiply(reshape(dy, _kept(x.shape, axis)), share),)


def _as_tensor(x: Any) -> Any:
    return x if isinstance(x, (Tensor, _core.Variable)) else _core.convert(x)


def _as_float(x: Any) -> Any:
    x = _as_tensor(x)
    return x if x.dtype in ("float32", "float64") else cast(x, "float32")
