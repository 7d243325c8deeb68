"""Reductions made of others: products, variances, norms, logsumexp; and counts and truths."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.activation import Activation
from mark1.ops.broadcast import _held, divide, multiply, subtract
from mark1.ops.cast import cast
from mark1.ops.reduce import _kept, mean
from mark1.ops.reshape import normalize_axes, reshape
from mark1.ops.where import where
from mark1.tape import _state, record

_exponential = Activation("exponential")
_log = Activation("log")
_sqrt = Activation("sqrt")


def prod(x: Any, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Tensor:
    """The product over axes.

    In the order of a sum. The gradient is that of a product without zeros; with one zero only that
    element has any, with more none. Second derivatives are those of products without zeros.

    Args:
        x: Tensor, Variable or array; any shape.
        axis: the axes to reduce; all if None.
        keepdims: whether they stay, with size 1.

    Returns:
        A tensor of x's shape without `axis`, bool and uint8 as int32. The product of nothing is 1.

    Raises:
        ValueError: if an axis is out of range or named twice.

    Example:
        >>> import mark1
        >>> mark1.ops.prod([[1.0, 2.0], [3.0, 5.0]], axis=1).numpy()
        array([ 2., 15.], dtype=float32)
    """
    x = _as_tensor(x)
    out = _core.prod(x, axis, keepdims)
    if _state.stack:
        record(_prod_rule, (x,), out, (_held(x), axis))
    return out


def _prod_rule(dy: Tensor, x: Tensor, axis: Any) -> tuple[Tensor]:
    kept = _kept(x.shape, axis)
    is_zero = _core.equal(x, 0)
    zeros = _core.reshape(_core.sum(is_zero, axis, False), kept)
    rest = where(is_zero, 1, x)
    # The product of all that is not zero, hence of the others where there is a single zero.
    product = reshape(prod(rest, axis), kept)
    usual = where(_core.equal(zeros, 0), divide(product, rest), 0)
    slope = where(is_zero, where(_core.equal(zeros, 1), product, 0), usual)
    return (multiply(reshape(dy, kept), slope),)


def var(x: Any, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Tensor:
    """The variance over axes: the mean of (x - mean(x))^2, in two passes.

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
    centre = _core.mean(x, axis, True)
    out = _core.squares(x, centre, axis, keepdims, True)
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


def norm(x: Any, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Tensor:
    """The Euclidean norm over axes: the square root of the sum of squares.

    dx = dy x / norm(x), 0 where the norm is 0. Squares overflow beyond 1e19 in float32.

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
        >>> mark1.ops.norm([[3.0, 4.0], [0.0, 2.0]], axis=1).numpy()
        array([5., 2.], dtype=float32)
    """
    x = _as_float(x)
    out = _core.activation(_sqrt.index, _core.squares(x, None, axis, keepdims, False))
    if _state.stack:
        record(_norm_rule, (x,), out, (_held(x), axis))
    return out


def _norm_rule(dy: Tensor, x: Tensor, axis: Any) -> tuple[Tensor]:
    length = norm(x, axis, keepdims=True)
    safe = where(_core.equal(length, 0), 1, length)
    return (multiply(divide(reshape(dy, _kept(x.shape, axis)), safe), x),)


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
    axes = normalize_axes("logsumexp", axis, len(x.shape))
    if 0 in (x.shape[i] for i in axes):
        raise ValueError(f"[logsumexp] needs at least one element (x: {x.shape})")
    top = _core.max(x, axis, True)
    top = _core.where(_core.isfinite(top), top, 0)
    terms = _core.activation(_exponential.index, _core.subtract(x, top))
    total = _core.activation(_log.index, _core.sum(terms, axis, True))
    out = _core.add(total, top)
    if not keepdims:
        out = _core.reshape(out, [dim for i, dim in enumerate(x.shape) if i not in axes])
    if _state.stack:
        record(_logsumexp_rule, (x,), out, (_held(x), axis))
    return out


def _logsumexp_rule(dy: Tensor, x: Tensor, axis: Any) -> tuple[Tensor]:
    share = _exponential(subtract(x, logsumexp(x, axis, keepdims=True)))
    return (multiply(reshape(dy, _kept(x.shape, axis)), share),)


def count_nonzero(
    x: Any, axis: int | Sequence[int] | None = None, keepdims: bool = False
) -> Tensor:
    """How many elements over axes are not zero.

    Args:
        x: Tensor, Variable or array; any shape.
        axis: the axes to reduce; all if None.
        keepdims: whether they stay, with size 1.

    Returns:
        An int32 tensor of x's shape without `axis`.

    Raises:
        ValueError: if an axis is out of range or named twice.

    Example:
        >>> import mark1
        >>> mark1.ops.count_nonzero([[0, 2], [0, 0]], axis=1).numpy()
        array([1, 0], dtype=int32)
    """
    return _core.sum(_core.not_equal(_as_tensor(x), 0), axis, keepdims)


def any(x: Any, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Tensor:
    """Whether any element over axes is true, that is, not zero.

    Args:
        x: Tensor, Variable or array; any shape.
        axis: the axes to reduce; all if None.
        keepdims: whether they stay, with size 1.

    Returns:
        A bool tensor of x's shape without `axis`. Of nothing: false.

    Raises:
        ValueError: if an axis is out of range or named twice.

    Example:
        >>> import mark1
        >>> mark1.ops.any([[0, 2], [0, 0]], axis=1).numpy()
        array([ True, False])
    """
    return _core.greater(count_nonzero(x, axis, keepdims), 0)


def all(x: Any, axis: int | Sequence[int] | None = None, keepdims: bool = False) -> Tensor:
    """Whether all elements over axes are true, that is, not zero.

    Args:
        x: Tensor, Variable or array; any shape.
        axis: the axes to reduce; all if None.
        keepdims: whether they stay, with size 1.

    Returns:
        A bool tensor of x's shape without `axis`. Of nothing: true.

    Raises:
        ValueError: if an axis is out of range or named twice.

    Example:
        >>> import mark1
        >>> mark1.ops.all([[0, 2], [0, 0]], axis=1).numpy()
        array([False, False])
    """
    zeros = _core.sum(_core.equal(_as_tensor(x), 0), axis, keepdims)
    return _core.equal(zeros, 0)


def _as_tensor(x: Any) -> Any:
    return x if isinstance(x, (Tensor, _core.Variable)) else _core.convert(x)


def _as_float(x: Any) -> Any:
    x = _as_tensor(x)
    return x if x.dtype in ("float32", "float64") else cast(x, "float32")
