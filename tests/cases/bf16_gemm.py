"""Products of bfloat16 matrices; what comes in as float32 is rounded on both sides."""

from __future__ import annotations

import numpy as np

from mark1 import _core
from tests.bf16 import rounded
from tests.cases.base import Case, Input


def _call(a, b, bias=None, trans_a=False, trans_b=False, activation=-1):
    return _core.bf16_gemm(a, b, bias, trans_a, trans_b, "matmul", activation, "float32")


def _batched(a, b, trans_a=False, trans_b=False):
    return _core.batched_bf16_gemm(a, b, trans_a, trans_b, "float32")


def _turned(x, turn):
    return np.swapaxes(x, -1, -2) if turn else x


def _define(a, b, bias=0.0, trans_a=False, trans_b=False, activation=-1):
    y = _turned(rounded(a), trans_a) @ _turned(rounded(b), trans_b) + bias
    return np.maximum(y, 0) if activation >= 0 else y


def _scale(a, b, bias=0.0, trans_a=False, trans_b=False, activation=-1):
    return _define(np.abs(a), np.abs(b), np.abs(bias), trans_a, trans_b)


def _case(m, k, n, trans_a=False, trans_b=False, bias=False, relu=False, batch=()):
    a = (k, m) if trans_a else (m, k)
    b = (n, k) if trans_b else (k, n)
    inputs = [Input((*batch, *a)), Input((*batch, *b))]
    if bias:
        inputs.append(Input((n,)))
    attributes = {"trans_a": trans_a, "trans_b": trans_b}
    if relu:
        attributes["activation"] = _core.activation_index("relu")
    turns = "".join(letter for letter, turn in (("a", trans_a), ("b", trans_b)) if turn)
    return Case(
        op="bf16_gemm",
        function="bf16_gemm",
        name="-".join(filter(None, (turns, "relu" if relu else "", "batched" if batch else ""))),
        call=_batched if batch else _call,
        define=_define,
        inputs=tuple(inputs),
        attributes=attributes,
        differentiable=(),  # differences do not see through roundings: see tests/ops/test_bf16.py
        length=max(k, 1),
        scale=_scale,
        ranges=("normal", "zeros", "ties", "large"),
        dtypes=("float32",),
        flops=2.0 * m * k * n,
        bytes=4.0 * (m * k + k * n + m * n),
    )


SIZES = [(1, 1, 1), (1, 31, 17), (3, 32, 33), (14, 64, 32), (33, 100, 65), (70, 301, 41), (2, 0, 3)]

CASES = [_case(*size) for size in SIZES]
CASES += [_case(*size, trans_b=True) for size in SIZES[1:6]]
CASES += [_case(*size, trans_a=True) for size in SIZES[1:6]]
CASES += [
    _case(29, 45, 37, bias=True),
    _case(29, 45, 37, bias=True, relu=True),
    _case(5, 40, 70, batch=(3,)),
    _case(34, 7, 9, trans_b=True, batch=(2, 2)),
    _case(6, 600, 2),
]
BENCHMARKS = [_case(1024, 1024, 1024)]
