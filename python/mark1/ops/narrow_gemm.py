"""Products of matrices of 16 bits, summed in float32: what `matmul` and `dense` are for them."""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.activation import activation_backward
from mark1.ops.cast import NARROW, cast
from mark1.ops.dense import FUSED, _index
from mark1.ops.matmul import _wanted
from mark1.ops.reduce import sum as sum_over
from mark1.ops.reduce import sum_to
from mark1.ops.reshape import reshape
from mark1.tape import Gradients, _state, record

_PRODUCTS = {"bfloat16": _core.bf16_gemm, "float16": _core.f16_gemm}
_BATCHED = {"bfloat16": _core.batched_bf16_gemm, "float16": _core.batched_f16_gemm}


def narrow_dtype(*operands: Any) -> str:
    """Return the dtype of the first operand that has 16 bits.

    >>> narrow_dtype(1.0, _core.convert([1.0], "float16"))
    'float16'
    """
    return next(
        x.dtype for x in operands if isinstance(x, (Tensor, _core.Variable)) and x.dtype in NARROW
    )


def matmul(x1: Any, x2: Any) -> Tensor:
    """Multiply matrices of 16 bits, as `mark1.ops.matmul` multiplies others.

    bfloat16: blocks of 32 values of k; within one, chains of fused multiply-adds over elements of
    even and of odd index; even + odd is added to the blocks before, all in float32 without
    denormals. float16: as float32. The result is rounded once.

    Args:
        x1: (..., m, k) or (k,); one of another dtype, such as a variable, is rounded.
        x2: (k, n), (..., k, n) or (k,), likewise.

    Returns:
        (..., m, n) in the dtype of the operand of 16 bits.

    Raises:
        ValueError: if the inner dimensions differ or leading axes do not broadcast.

    Source:
        TDPBF16PS in Intel's Software Developer's Manual, volume 2, defines the order of bfloat16.

    Example:
        >>> x = _core.convert([[1.0, 2.0]], "bfloat16")
        >>> matmul(x, [[3.0], [0.5]]).item()
        4.0
    """
    dtype = narrow_dtype(x1, x2)
    (a, a_dtype), (b, b_dtype) = _operand(x1, dtype), _operand(x2, dtype)
    vectors = (a.ndim == 1, b.ndim == 1)
    if vectors[0]:
        a = reshape(a, (1, a.shape[0]))
    if vectors[1]:
        b = reshape(b, (b.shape[0], 1))
    y = product(a, b, dtypes=(a_dtype, b_dtype), batched=b.ndim > 2)
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
    to: str | None = None,
    dtypes: tuple[str, str] | None = None,
    batched: bool = False,
) -> Tensor:
    """Multiply matrices or their transposes; see `mark1.ops.matmul.product`.

    Args:
        a: (..., m, k), with trans_a (..., k, m); rounded if b alone has 16 bits.
        b: (k, n), with trans_b (n, k); batched: (..., k, n) or (..., n, k). Likewise.
        trans_a: whether the transpose of a is meant.
        trans_b: whether the transpose of b is meant.
        to: dtype of the result; the operands' if None.
        dtypes: of the gradients; the operands' if None. Those of what was rounded from float32 need
            no rounding.
        batched: whether leading axes are many products and broadcast together.

    Returns:
        (..., m, n).

    Example:
        >>> x = _core.convert([[1.0, 2.0]], "float16")
        >>> product(x, x, trans_b=True, to="float32").item()
        5.0
    """
    dtype = narrow_dtype(a, b)
    to = to or dtype
    if batched:
        y = _BATCHED[dtype](a, b, trans_a, trans_b, to)
    else:
        y = _PRODUCTS[dtype](a, b, None, trans_a, trans_b, "matmul", -1, to)
    if _state.stack:
        wanted = (_wanted(a), _wanted(b))
        saved = (a, b, trans_a, trans_b, dtypes or (dtype, dtype), batched, wanted)
        record(_product_rule, (a, b), y, saved)
    return y


def _product_rule(
    dy: Tensor,
    a: Tensor,
    b: Tensor,
    trans_a: bool,
    trans_b: bool,
    dtypes: tuple[str, str],
    batched: bool,
    wanted: tuple[bool, bool],
) -> Gradients:
    def gradient(
        operands: tuple[Tensor, Tensor, bool, bool], shape: tuple[int, ...], dtype: str
    ) -> Tensor:
        if not batched:
            return product(*operands, to=dtype)
        # What a matrix gets from several products is added up before it is rounded.
        return cast(sum_to(product(*operands, to="float32", batched=True), shape), dtype)

    da = db = None
    if wanted[0]:
        left = (b, dy, trans_b, True) if trans_a else (dy, b, False, not trans_b)
        da = gradient(left, a.shape, dtypes[0])
    if wanted[1]:
        right = (dy, a, True, trans_a) if trans_b else (a, dy, not trans_a, False)
        db = gradient(right, b.shape, dtypes[1])
    return da, db


def dense(
    x: Any, w: Any, b: Any = None, activation: str = "linear", alpha: float | None = None
) -> Tensor:
    """Multiply by weights, add a bias and apply an activation, as `mark1.ops.dense` does.

    Bias and activation are applied to the sums in float32, before the one rounding. The gradient
    of float32 weights is their float32 sums.

    Args:
        x: (..., C) of 16 bits.
        w: (C, O); rounded to the dtype of x.
        b: (O,), used in float32, or None.
        activation: name of one of `mark1.activations`.
        alpha: its parameter, where it has one: a slope.

    Returns:
        (..., O) in the dtype of x.

    Raises:
        ValueError: if the inner dimensions differ, or there is no such activation.

    Example:
        >>> dense(_core.convert([[1.0, -2.0]], "bfloat16"), [[1.0], [1.0]], [0.5]).item()
        -0.5
    """
    fused = alpha is None and activation in FUSED
    index = _index(activation) if fused else -1
    dtype = narrow_dtype(x)
    (narrow_x, x_dtype), (narrow_w, w_dtype) = _operand(x, dtype), _operand(w, dtype)
    y = _PRODUCTS[dtype](narrow_x, narrow_w, b, False, False, "dense", index)
    if _state.stack:
        saved = (
            narrow_x,
            narrow_w,
            y if fused else None,
            index,
            x_dtype if _wanted(narrow_x) else None,
            w_dtype if _wanted(narrow_w) else None,
            b.dtype if b is not None and _wanted(b) else None,
        )
        record(_dense_rule, (narrow_x, narrow_w, b), y, saved)
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
    rounded = dy if y is None else cast(dz, x.dtype)
    dx = product(rounded, w, False, True, to=x_dtype) if x_dtype else None
    dw = product(x, rounded, True, to=w_dtype) if w_dtype else None
    db = cast(sum_over(dz, axis=tuple(range(dz.ndim - 1))), b_dtype) if b_dtype else None
    return dx, dw, db


def _operand(x: Any, dtype: str) -> tuple[Tensor, str]:
    """Return an operand in 16 bits, and the dtype of its gradient: its own before."""
    if not isinstance(x, (Tensor, _core.Variable)):
        return _core.convert(x, dtype), dtype
    wide = x.dtype == "float32"
    return cast(x, dtype), "float32" if wide else dtype
