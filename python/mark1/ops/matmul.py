"""Matrix products: `matmul`, and the recorded products that gradients are made of."""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.reduce import sum_to
from mark1.ops.reshape import reshape
from mark1.tape import _state, record

Operand = Any  # Tensor or Variable


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
    a, b = _operand(x1), _operand(x2)
    if not a.shape or not b.shape:
        raise ValueError(
            f"[matmul] needs at least one axis on both sides (x: {a.shape}, w: {b.shape})"
        )
    if b.ndim == 2 and a.ndim >= 2:
        return product(a, b)
    if a.ndim == 1 or b.ndim == 1:
        if a.ndim == 1 and b.ndim == 1 and a.shape != b.shape:
            raise ValueError(f"[matmul] vectors differ in length (x: {a.shape}, w: {b.shape})")
        rows = a.shape[:-1]
        columns = b.shape[-1:] if b.ndim > 1 else ()
        batch = b.shape[:-2] if a.ndim == 1 else ()
        left = reshape(a, (1, a.shape[0])) if a.ndim == 1 else a
        right = reshape(b, (b.shape[0], 1)) if b.ndim == 1 else b
        return reshape(matmul(left, right), batch + rows + columns)
    return batched_product(a, b)


def product(
    a: Operand, b: Operand, trans_a: bool = False, trans_b: bool = False, op: str = "matmul"
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
        record(_product_rule, (a, b), y, (_held(a), _held(b), trans_a, trans_b))
    return y


def _product_rule(
    dy: Tensor, a: Operand, b: Operand, trans_a: bool, trans_b: bool
) -> tuple[Tensor | None, Tensor | None]:
    if trans_a:
        da = product(b, dy, trans_b, True)
        db = product(dy, a, True, True) if trans_b else product(a, dy)
    else:
        da = product(dy, b, False, not trans_b)
        db = product(dy, a, True) if trans_b else product(a, dy, True)
    return da, db


def batched_product(a: Operand, b: Operand, trans_a: bool = False, trans_b: bool = False) -> Tensor:
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
        record(_batched_rule, (a, b), y, (_held(a), _held(b), trans_a, trans_b))
    return y


def _batched_rule(
    dy: Tensor, a: Operand, b: Operand, trans_a: bool, trans_b: bool
) -> tuple[Tensor | None, Tensor | None]:
    if trans_a:
        da = batched_product(b, dy, trans_b, True)
    else:
        da = batched_product(dy, b, False, not trans_b)
    if trans_b:
        db = batched_product(dy, a, True, trans_a)
    else:
        db = batched_product(a, dy, not trans_a, False)
    return sum_to(da, a.shape), sum_to(db, b.shape)


def _operand(x: Any) -> Operand:
    return x if isinstance(x, (Tensor, _core.Variable)) else _core.convert(x)


def _held(x: Operand) -> Tensor:
    """The operand as a rule saves it: a variable's present value, which a write leaves alone."""
    return x.value if isinstance(x, _core.Variable) else x  # type: ignore[no-any-return]
