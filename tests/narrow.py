"""Formats of 16 bits in NumPy, and what products of them are tested with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mark1 import _core
from tests.cases.base import Case, Input

Array = npt.NDArray[Any]


def rounded(x: Array) -> Array:
    """Nearest values of bfloat16, ties to even; from float64 in one rounding.

    Scaled so that the last of eight bits counts one; below 2^-126 the steps stay as they are.
    """
    with np.errstate(all="ignore"):
        wide = x.astype(np.float64)
        _, exponent = np.frexp(wide)
        step = np.ldexp(1.0, np.maximum(exponent - 8, -133))
        near = np.rint(wide / step) * step
        near = np.where(np.abs(near) >= 2.0**128, np.copysign(np.inf, near), near)
        return np.where(np.isfinite(wide), near, wide).astype(x.dtype)


def rounded_to_half(x: Array) -> Array:
    """Nearest values of float16, as NumPy has them."""
    with np.errstate(all="ignore"):
        return x.astype(np.float16).astype(x.dtype)


def product_cases(
    op: str, rounded: Callable[[Array], Array], sizes: Sequence[tuple[int, int, int]] = ()
) -> list[Case]:
    """Products of these sizes, or of every form; what comes in is rounded on both sides."""

    def call(a, b, bias=None, trans_a=False, trans_b=False, activation=-1):
        function = getattr(_core, op)
        return function(a, b, bias, trans_a, trans_b, "matmul", activation, "float32")

    def batched(a, b, trans_a=False, trans_b=False):
        return getattr(_core, f"batched_{op}")(a, b, trans_a, trans_b, "float32")

    def turned(x, turn):
        return np.swapaxes(x, -1, -2) if turn else x

    def define(a, b, bias=0.0, trans_a=False, trans_b=False, activation=-1):
        y = turned(rounded(a), trans_a) @ turned(rounded(b), trans_b) + bias
        return np.maximum(y, 0) if activation >= 0 else y

    def scale(a, b, bias=0.0, trans_a=False, trans_b=False, activation=-1):
        return define(np.abs(a), np.abs(b), np.abs(bias), trans_a, trans_b)

    def case(m, k, n, trans_a=False, trans_b=False, bias=False, relu=False, batch=()):
        a = (k, m) if trans_a else (m, k)
        b = (n, k) if trans_b else (k, n)
        inputs = [Input((*batch, *a)), Input((*batch, *b))]
        if bias:
            inputs.append(Input((n,)))
        attributes = {"trans_a": trans_a, "trans_b": trans_b}
        if relu:
            attributes["activation"] = _core.activation_index("relu")
        turns = "".join(letter for letter, turn in (("a", trans_a), ("b", trans_b)) if turn)
        parts = (turns, "relu" if relu else "", "batched" if batch else "")
        return Case(
            op=op,
            function=op,
            name="-".join(filter(None, parts)),
            call=batched if batch else call,
            define=define,
            inputs=tuple(inputs),
            attributes=attributes,
            differentiable=(),  # differences do not see through roundings: see tests/ops
            length=max(k, 1),
            scale=scale,
            ranges=("normal", "zeros", "ties", "large"),
            dtypes=("float32",),
            flops=2.0 * m * k * n,
            bytes=4.0 * (m * k + k * n + m * n),
            composite=op == "f16_gemm",
        )

    if sizes:
        return [case(*size) for size in sizes]
    sizes = [(1, 1, 1), (1, 31, 17), (3, 32, 33), (14, 64, 32), (33, 100, 65), (70, 301, 41)]
    cases = [case(*size) for size in (*sizes, (2, 0, 3))]
    cases += [case(*size, trans_b=True) for size in sizes[1:]]
    cases += [case(*size, trans_a=True) for size in sizes[1:]]
    return [
        *cases,
        case(29, 45, 37, bias=True),
        case(29, 45, 37, bias=True, relu=True),
        case(5, 40, 70, batch=(3,)),
        case(34, 7, 9, trans_b=True, batch=(2, 2)),
        case(6, 600, 2),
    ]
