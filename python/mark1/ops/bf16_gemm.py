"""Products of bfloat16 matrices, summed in float32: what `matmul` and `dense` are for bfloat16."""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.activation import activation_backward
from mark1.ops.cast import cast
from mark1.ops.dense import FUSED, _index
from mark1.ops.matmul import _wanted
from mark1.ops.reduce import sum as sum_over
from mark1.ops.reduce import sum_to
from mark1.ops.reshape import reshape
from mark1.tape import Gradients, _state, record


def matmul(x1: Any, x2: Any) -> Tensor:
    """Multiply matrices of bfloat16, as `mark1.ops.matmul` multiplies others.

    Blocks of 32 values of k; within one, chains of fused multiply-adds over elements of even and of
    odd index; even + odd is added to the blocks before, all in float32 without denormals. The
    result is rounded to bfloat16 once.

    Args:
        x1: (..., m, k) or (k,); one that is not bfloat16, such as a variable, is rounded to it.
        x2: (k, n), (..., k, n) or (k,), likewise.

    Returns:
        (..., m, n) in bfloat16.

    Raises:
        ValueError: if the inner dimensions differ or leading axes do not broadcast.

    Source:
        TDPBF16PS in Intel's Software Developer's Manual, volume 2, defines the order.

    Example:
        >>> x = _core.convert([[1.0, 2.0]], "bfloat16")
        >>> matmul(x, [[3.0], [0.5]]).item()
        4.0
    """
    (a, a_dtype), (b, b_dtype) = _operand(x1), _operand(x2)
    vectors = (a.ndim == 1, b.ndim == 1)
    if vectors[0]:
        a = reshape(a, (1, a.shape[0]))
    if vectors[1]:
        b = reshape(b, (b.shape[0], 1))
    if b.ndim <= 2:
        y = product(a, b, dtypes=(a_dtype, b_dtype))
    else:
        y = batched_product(a, b, dtypes=(a_dtype, b_dtype))
    if not any(vectors):
        return y
    rows = () if vectors[0] else (y.shape[-2],)
    columns = () if vectors[1] else (y.shape[-1],)
    return reshape(y, (*y.shape[:-2], *rows, *columns))


def product(
    a: Tensor,
    b: Tensor,
    trans_a: bool = False,
    trans_b: bool = False,
    to: str = "bfloat16",
    dtypes: tuple[str, str] = ("bfloat16", "bfloat16"),
) -> Tensor:
    """Multiply two matrices or their transposes; see `mark1.ops.matmul.product`.

    Args:
        a: (..., m, k), with trans_a (..., k, m); rounded to bfloat16 if it is something else.
        b: (k, n), with trans_b (n, k), likewise.
        trans_a: whether the transpose of a is meant.
        trans_b: whether the transpose of b is meant.
        to: dtype of the result.
        dtypes: of the gradients. Those of what was rounded from float32 need no rounding.

    Returns:
        (..., m, n).

    Example:
        >>> x = _core.convert([[1.0, 2.0]], "bfloat16")
        >>> product(x, x, trans_b=True, to="float32").item()
        5.0
    """
    y = _core.bf16_gemm(a, b, None, trans_a, trans_b, "matmul", -1, to)
    if _state.stack:
        saved = (a, b, trans_a, trans_b, dtypes, _wanted(a), _wanted(b))
        record(_product_rule, (a, b), y, saved)
    return y


def _product_rule(
    dy: Tensor,
    a: Tensor,
    b: Tensor,
    trans_a: bool,
    trans_b: bool,
    dtypes: tuple[str, str],
    want_a: bool,
    want_b: bool,
) -> Gradients:
    da = db = None
    if want_a:
        left = (b, dy, trans_b, True) if trans_a else (dy, b, False, not trans_b)
        da = product(*left, to=dtypes[0])
    if want_b:
        right = (dy, a, True, trans_a) if trans_b else (a, dy, not trans_a, False)
        db = product(*right, to=dtypes[1])
    return da, db


def batched_product(
    a: Tensor,
    b: Tensor,
    trans_a: bool = False,
    trans_b: bool = False,
    to: str = "bfloat16",
    dtypes: tuple[str, str] = ("bfloat16", "bfloat16"),
) -> Tensor:
    """Multiply pairs of matrices or of their transposes; leading axes broadcast together.

    Args:
        a: (..., m, k), with trans_a (..., k, m).
        b: (..., k, n), with trans_b (..., n, k).
        trans_a: whether the transposes of a's matrices are meant.
        trans_b: whether the transposes of b's matrices are meant.
        to: dtype of the result.
        dtypes: of the gradients.

    Returns:
        (..., m, n).

    Example:
        >>> x = _core.convert([[[1.0, 2.0]], [[3.0, 4.0]]], "bfloat16")
        >>> batched_product(x, x, trans_b=True).numpy().ravel()
        array([ 5., 25.], dtype=float32)
    """
    y = _core.batched_bf16_gemm(a, b, trans_a, trans_b, to)
    if _state.stack:
        saved = (a, b, trans_a, trans_b, dtypes, _wanted(a), _wanted(b))
        record(_batched_rule, (a, b), y, saved)
    return y


def _batched_rule(
    dy: Tensor,
    a: Tensor,
    b: Tensor,
    trans_a: bool,
    trans_b: bool,
    dtypes: tuple[str, str],
    want_a: bool,
    want_b: bool,
) -> Gradients:
    da = db = None
    if want_a:
        left = (b, dy, trans_b, True) if trans_a else (dy, b, False, not trans_b)
        da = cast(sum_to(batched_product(*left, to="float32"), a.shape), dtypes[0])
    if want_b:
        right = (dy, a, True, trans_a) if trans_b else (a, dy, not trans_a, False)
        db = cast(sum_to(batched_product(*right, to="float32"), b.shape), dtypes[1])
    return da, db


def dense(
    x: Any, w: Any, b: Any = None, activation: str = "linear", alpha: float | None = None
) -> Tensor:
    """Multiply by weights, add a bias and apply an activation, as `mark1.ops.dense` does.

    Bias and activation are applied to the sums in float32, before the one rounding. The gradient
    of float32 weights is their float32 sums.

    Args:
        x: (..., C); one that is not bfloat16 is rounded to it.
        w: (C, O), likewise.
        b: (O,), used in float32, or None.
        activation: name of one of `mark1.activations`.
        alpha: its parameter, where it has one: a slope.

    Returns:
        (..., O) in bfloat16.

    Raises:
        ValueError: if the inner dimensions differ, or there is no such activation.

    Example:
        >>> dense(_core.convert([[1.0, -2.0]], "bfloat16"), [[1.0], [1.0]], [0.5]).item()
        -0.5
    """
    fused = alpha is None and activation in FUSED
    index = _index(activation) if fused else -1
    (x16, x_dtype), (w16, w_dtype) = _operand(x), _operand(w)
    y = _core.bf16_gemm(x16, w16, b, False, False, "dense", index)
    if _state.stack:
        saved = (
            x16,
            w16,
            y if fused else None,
            index,
            x_dtype if _wanted(x16) else None,
            w_dtype if _wanted(w16) else None,
            b.dtype if b is not None and _wanted(b) else None,
        )
        record(_dense_rule, (x16, w16, b), y, saved)
    if fused or activation == "linear":
        return y
    from mark1 import activations

    function = activations.get(activation)
    out: Tensor = function(y) if alpha is None else function(y, alpha)
    return out


def _dense_rule(
    dy: Tensor,
    x: Tensor,
    w: Tensor,
    y: Tensor | None,
    index: int,
    x_dtype: str | None,
    w_dtype: str | None,
    b_dtype: str | None,
) -> Gradients:
    dz = cast(dy, "float32")
    if y is not None:
        dz = activation_backward(dz, cast(y, "float32"), index)
    rounded = dy if y is None else cast(dz, "bfloat16")
    dx = product(rounded, w, False, True, to=x_dtype) if x_dtype else None
    dw = product(x, rounded, True, to=w_dtype) if w_dtype else None
    db = cast(sum_over(dz, axis=tuple(range(dz.ndim - 1))), b_dtype) if b_dtype else None
    return dx, dw, db


def _operand(x: Any) -> tuple[Tensor, str]:
    """Return an operand in bfloat16, and the dtype of its gradient: its own before."""
    if not isinstance(x, (Tensor, _core.Variable)):
        return _core.convert(x, "bfloat16"), "bfloat16"
    wide = x.dtype == "float32"
    return cast(x, "bfloat16"), "float32" if wide else "bfloat16"
