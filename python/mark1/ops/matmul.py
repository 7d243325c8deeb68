"""Matrix products: `matmul`, and the recorded products that gradients are made of."""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.cast import cast
from mark1.ops.reduce import sum_to
from mark1.ops.reshape import reshape
from mark1.tape import Gradients, _state, record


def matmul(x1: Any, x2: Any) -> Tensor:
    """Multiplies matrices: `y[..., i, j] = sum over k of x1[..., i, k] * x2[..., k, j]`.

    The sum runs over ascending k in chunks of 256 (fused multiply-adds), chunk totals are added in
    groups of 64: the same bits for any number of threads, rows, and on any processor.

    Args:
        x1: Tensor, Variable or array, (..., m, k) or (k,).
        x2: likewise, (k, n), (..., k, n) or (k,). Leading axes broadcast together; a vector counts
            as a row on the left and as a column on the right, and its axis is left out of y.

    Returns:
        (..., m, n) in the wider of the two dtypes.

    Raises:
        ValueError: if the inner dimensions differ or leading axes do not broadcast.
        TypeError: if the operands are not floating-point.

    Example:
        >>> import mark1
        >>> mark1.ops.matmul([[1.0, 2.0], [3.0, 4.0]], [[1.0], [10.0]]).numpy()
        array([[21.],
               [43.]], dtype=float32)
    """
    y = _core.matmul(x1, x2)
    if _state.stack:
        record(_matmul_rule, (x1, x2), y, (_held(x1), _held(x2), _wanted(x1), _wanted(x2)))
    return y


def _matmul_rule(dy: Tensor, x1: Tensor, x2: Tensor, want1: bool, want2: bool) -> Gradients:
    a = reshape(x1, (1, x1.shape[0])) if x1.ndim == 1 else x1
    b = reshape(x2, (x2.shape[0], 1)) if x2.ndim == 1 else x2
    if x1.ndim == 1 or x2.ndim == 1:
        batch = dy.shape[: dy.ndim + (x1.ndim == 1) + (x2.ndim == 1) - 2]
        dy = reshape(dy, (*batch, a.shape[-2], b.shape[-1]))
    rule = _product_rule if b.ndim == 2 else _batched_rule
    da, db = rule(dy, a, b, False, False, want1, want2)
    return (
        None if da is None else reshape(da, x1.shape),
        None if db is None else reshape(db, x2.shape),
    )


def product(
    a: Any, b: Any, trans_a: bool = False, trans_b: bool = False, op: str = "matmul"
) -> Tensor:
    """Multiplies two matrices or their transposes, neither of which is copied.

    Args:
        a: (..., m, k), leading axes counting as rows; with trans_a (..., k, m) as one (k', m).
        b: (k, n), with trans_b (n, k); with trans_a (..., k, n), leading axes as those of a.
        trans_a: whether the transpose of a is meant.
        trans_b: whether the transpose of b is meant.
        op: the name errors carry.

    Returns:
        (..., m, n); (m, n) with trans_a.

    Raises:
        ValueError: if the inner dimensions differ.

    Example:
        >>> import mark1
        >>> x = mark1.ops.convert_to_tensor([[1.0, 2.0]])
        >>> product(x, x, trans_a=True).numpy()
        array([[1., 2.],
               [2., 4.]], dtype=float32)
    """
    y = _core.gemm(a, b, None, trans_a, trans_b, op)
    if _state.stack:
        saved = (_held(a), _held(b), trans_a, trans_b, _wanted(a), _wanted(b))
        record(_product_rule, (a, b), y, saved)
    return y


def _product_rule(
    dy: Tensor, a: Tensor, b: Tensor, trans_a: bool, trans_b: bool, want_a: bool, want_b: bool
) -> Gradients:
    da = db = None
    if want_a:
        da = product(b, dy, trans_b, True) if trans_a else product(dy, b, False, not trans_b)
    if want_b:
        db = product(dy, a, True, trans_a) if trans_b else product(a, dy, not trans_a, False)
    return _like(da, a), _like(db, b)


def batched_product(a: Any, b: Any, trans_a: bool = False, trans_b: bool = False) -> Tensor:
    """Multiplies pairs of matrices or of their transposes; leading axes broadcast together.

    Args:
        a: (..., m, k), with trans_a (..., k, m).
        b: (..., k, n), with trans_b (..., n, k).
        trans_a: whether the transposes of a's matrices are meant.
        trans_b: whether the transposes of b's matrices are meant.

    Returns:
        (..., m, n).

    Raises:
        ValueError: if the inner dimensions differ or leading axes do not broadcast.

    Example:
        >>> import mark1
        >>> x = mark1.ops.convert_to_tensor([[[1.0, 2.0]], [[3.0, 4.0]]])
        >>> batched_product(x, x, trans_b=True).numpy().ravel()
        array([ 5., 25.], dtype=float32)
    """
    y = _core.batched_gemm(a, b, trans_a, trans_b)
    if _state.stack:
        saved = (_held(a), _held(b), trans_a, trans_b, _wanted(a), _wanted(b))
        record(_batched_rule, (a, b), y, saved)
    return y


def _batched_rule(
    dy: Tensor, a: Tensor, b: Tensor, trans_a: bool, trans_b: bool, want_a: bool, want_b: bool
) -> Gradients:
    da = db = None
    if want_a:
        left = (b, dy, trans_b, True) if trans_a else (dy, b, False, not trans_b)
        da = sum_to(batched_product(*left), a.shape)
    if want_b:
        right = (dy, a, True, trans_a) if trans_b else (a, dy, not trans_a, False)
        db = sum_to(batched_product(*right), b.shape)
    return _like(da, a), _like(db, b)


def _like(gradient: Tensor | None, x: Tensor) -> Tensor | None:
    """The gradient in the dtype of its operand, which a product may have promoted."""
    if gradient is None or gradient.dtype == x.dtype:
        return gradient
    return cast(gradient, x.dtype)


def _held(x: Any) -> Tensor:
    """The operand as a rule saves it: a variable's present value, which a write leaves alone."""
    if isinstance(x, Tensor):
        return x
    return x.value if isinstance(x, _core.Variable) else _core.convert(x)


def _wanted(x: Any) -> bool:
    """Whether x can have a gradient on a recording tape: the product for it is left out if not.

    The batch that comes into a model is the common case; its gradient would cost a third of the
    first layer's time.
    """
    if isinstance(x, Tensor):
        key = x.id
        return any(key in tape._watched for tape in _state.stack)
    return isinstance(x, _core.Variable)
