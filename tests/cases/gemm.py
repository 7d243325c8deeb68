"""matmul and its transposed products: sizes around tiles, chunks of 256 and groups of 16,384."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.cases.base import Array, Case, Input

# Products of extremes overflow in the middle of a sum: infinities are a matter of the order then.
_RANGES = ("normal", "zeros", "ties", "large", "denormal")

# (m, k, n)
_SIZES = [
    (1, 1, 1),
    (0, 3, 5),
    (3, 5, 0),
    (3, 0, 5),
    (1, 7, 10),
    (2, 3, 4),
    (4, 33, 17),
    (5, 16, 31),
    (7, 31, 8),
    (8, 10, 49),
    (13, 19, 33),
    (14, 64, 32),
    (15, 61, 67),
    (16, 17, 16),
    (29, 37, 15),
    (31, 5, 131),
    (61, 67, 7),
    (3, 255, 33),
    (15, 256, 35),
    (17, 257, 19),
    (6, 511, 47),
    (9, 513, 65),
    (2, 16_383, 3),
    (1, 16_384, 17),
    (3, 16_385, 5),
    (15, 16_685, 33),
]

# Enough for packed operands, blocks of columns and several members of a team.
_LARGE = [(131, 300, 150), (67, 301, 801), (129, 70, 1031)]


def _bytes(m: int, k: int, n: int) -> float:
    return 4.0 * (m * k + k * n + m * n)


def _matmul(x: tuple[int, ...], w: tuple[int, ...], gradient: bool = True) -> Case:
    k = x[-1]
    outputs = int(np.prod(x[:-1]))
    return Case(
        op="gemm",
        function="matmul",
        define=lambda x, w: x @ w,
        inputs=(Input(x), Input(w)),
        differentiable=None if gradient else (),
        second_order=k < 300,
        length=max(k, 1),
        ranges=_RANGES,
        scale=lambda x, w: np.abs(x) @ np.abs(w),
        flops=2.0 * outputs * k * (w[-1] if len(w) > 1 else 1),
        bytes=_bytes(outputs, k, w[-1] if len(w) > 1 else 1),
        numpy_call=lambda x, w, out: np.matmul(x, w, out=out),
        torch_call=lambda x, w: x @ w,
    )


def _product(m: int, k: int, n: int, trans_a: bool, trans_b: bool, gradient: bool = True) -> Case:
    def call(a: Any, b: Any) -> Any:
        from mark1.ops.matmul import product

        return product(a, b, trans_a, trans_b)

    def define(a: Any, b: Any) -> Any:
        return (a.T if trans_a else a) @ (b.T if trans_b else b)

    return Case(
        op="gemm",
        function="product",
        name="t" * trans_a + "n" * (not trans_a) + "t" * trans_b + "n" * (not trans_b),
        define=define,
        call=call,
        inputs=(Input((k, m) if trans_a else (m, k)), Input((n, k) if trans_b else (k, n))),
        differentiable=None if gradient else (),
        second_order=k < 300,
        length=max(k, 1),
        ranges=_RANGES,
        scale=lambda a, b: define(np.abs(a), np.abs(b)),
        flops=2.0 * m * n * k,
        bytes=_bytes(m, k, n),
        numpy_call=lambda a, b, out: np.matmul(
            a.T if trans_a else a, b.T if trans_b else b, out=out
        ),
        torch_call=define,
    )


def _batched(
    a: tuple[int, ...], b: tuple[int, ...], trans_a: bool = False, trans_b: bool = False
) -> Case:
    def call(a: Any, b: Any) -> Any:
        from mark1.ops.matmul import batched_product

        return batched_product(a, b, trans_a, trans_b)

    def define(a: Any, b: Any) -> Any:
        return (a.swapaxes(-1, -2) if trans_a else a) @ (b.swapaxes(-1, -2) if trans_b else b)

    *_, m, k = a[:-2] + (a[-2:][::-1] if trans_a else a[-2:])
    n = b[-2] if trans_b else b[-1]
    count = int(np.prod(np.broadcast_shapes(a[:-2], b[:-2])))
    return Case(
        op="gemm",
        function="batched_product",
        name="nt"[trans_a] + "nt"[trans_b],
        define=define,
        call=call,
        inputs=(Input(a), Input(b)),
        second_order=k < 300,
        length=max(k, 1),
        ranges=_RANGES,
        scale=lambda a, b: define(np.abs(a), np.abs(b)),
        flops=2.0 * count * m * n * k,
        bytes=4.0 * (np.prod(a) + np.prod(b) + count * m * n),
        numpy_call=lambda a, b, out: np.matmul(
            a.swapaxes(-1, -2) if trans_a else a, b.swapaxes(-1, -2) if trans_b else b, out=out
        ),
        torch_call=define,
    )


_ACTIVATIONS: dict[str, Any] = {
    "linear": lambda z: z,
    "relu": lambda z: np.where(z > 0, z, 0 * z),
    "tanh": np.tanh,
    "selu": lambda z: 1.0507009873554805 * np.where(z > 0, z, 1.6732632423543772 * np.expm1(z)),
    "silu": lambda z: z / (1 + np.exp(-z)),  # its derivative needs z: launched apart
}


def _dense(m: int, k: int, n: int, activation: str, bias: bool = True) -> Case:
    def define(x: Array, w: Array, *b: Array) -> Array:
        return np.asarray(_ACTIVATIONS[activation](x @ w + (b[0] if b else 0.0)))

    def call(x: Any, w: Any, *b: Any) -> Any:
        import mark1

        return mark1.ops.dense(x, w, b[0] if b else None, activation=activation)

    return Case(
        op="gemm",
        function="dense",
        name=activation,
        define=define,
        call=call,
        inputs=(Input((m, k)), Input((k, n))) + ((Input((n,)),) if bias else ()),
        kinks=(lambda x, w, *b: x @ w + (b[0] if b else 0.0))
        if activation in ("relu", "selu")
        else (),
        length=k + 1,
        ulps=3.0,
        ranges=("normal", "zeros", "ties", "denormal"),
        scale=lambda x, w, *b: np.abs(x) @ np.abs(w) + (np.abs(b[0]) if b else 0.0),
        flops=2.0 * m * n * k,
        bytes=_bytes(m, k, n),
    )


CASES = (
    [_matmul((m, k), (k, n)) for m, k, n in _SIZES]
    + [_matmul((m, k), (k, n), gradient=False) for m, k, n in _LARGE]
    + [
        _product(m, k, n, trans_a, trans_b)
        for m, k, n in [(5, 7, 11), (16, 31, 33), (35, 257, 49)]
        for trans_a, trans_b in [(True, False), (False, True), (True, True)]
    ]
    + [
        _product(131, 300, 150, True, True, gradient=False),
        _product(2, 16_400, 19, False, True, gradient=False),
        _product(19, 16_400, 2, True, False, gradient=False),
    ]
    # Few rows times a transposed b, and few columns: their lanes run along the other side.
    + [
        _product(m, k, n, trans_a, True, gradient=False)
        for m, k, n in [(1, 40, 67), (2, 257, 33), (3, 31, 16), (5, 16, 49), (8, 300, 15)]
        for trans_a in (False, True)
    ]
    + [
        _product(m, k, n, trans_a, trans_b, gradient=False)
        for m, k, n in [(33, 100, 1), (67, 33, 2), (17, 257, 3), (35, 20, 4), (1031, 7, 5)]
        for trans_a in (False, True)
        for trans_b in (False, True)
    ]
    + [
        _product(1, 600, 1031, False, True, gradient=False),
        _product(1031, 600, 1, False, False, gradient=False),
        _product(35, 16_700, 2, False, False, gradient=False),
        _product(35, 16_700, 2, True, False, gradient=False),
        _matmul((2, 3, 35, 7), (2, 3, 7, 2)),
        _batched((3, 2, 7), (3, 35, 7), trans_b=True),
        _dense(33, 20, 2, "tanh"),
        _dense(19, 7, 1, "relu"),
        _dense(1031, 20, 3, "linear"),
    ]
    + [
        _matmul((7,), (7,)),
        _matmul((7,), (7, 5)),
        _matmul((3, 7), (7,)),
        _matmul((2, 3, 7), (7,)),
        _matmul((2, 3, 7), (7, 5)),
        _matmul((2, 3, 7), (2, 7, 5)),
        _matmul((2, 1, 3, 7), (4, 7, 5)),
        _matmul((4, 3, 7), (2, 1, 7, 5)),
        _matmul((7,), (2, 7, 5)),
    ]
    + [
        _batched((5, 4, 7), (5, 7, 3)),
        _batched((5, 7, 4), (5, 7, 33), trans_a=True),
        _batched((2, 3, 9, 6), (2, 3, 35, 6), trans_b=True),
        _batched((3, 2, 6, 5), (3, 2, 4, 6), trans_a=True, trans_b=True),
        _batched((1, 17, 6), (4, 6, 5)),
        _batched((2, 3, 4, 6), (2, 1, 6, 5)),
        _batched((2, 3, 6, 4), (2, 1, 6, 5), trans_a=True),
        _batched((3, 1, 4, 6), (5, 6, 2)),
        _batched((2, 1, 3, 2, 4), (5, 1, 4, 3)),
        _batched((3, 19, 300), (3, 300, 21)),
        _batched((2, 4, 0), (2, 0, 3)),
        _batched((2, 0, 3), (2, 3, 4)),
    ]
    + [_dense(5, 7, 11, activation) for activation in _ACTIVATIONS]
    + [_dense(3, 5, 4, "relu", bias=False), _dense(1, 9, 1, "tanh"), _dense(4, 0, 3, "tanh")]
    + [_dense(17, 19, 33, "tanh"), _dense(0, 5, 4, "relu"), _dense(6, 33, 17, "selu")]
)

# Of layers: (inputs, outputs).
_WEIGHTS = [(784, 128), (1024, 1024), (4096, 1024)]

BENCHMARKS = (
    # A layer's product and its two gradients, and one row at a time.
    [
        _product(*sizes, trans_a, trans_b)
        for m in (1, 8, 32, 64)
        for k, n in _WEIGHTS
        for sizes, trans_a, trans_b in [
            ((m, k, n), False, False),
            ((m, n, k), False, True),
            ((k, m, n), True, False),
        ]
    ]
    + [_product(n, n, n, False, False) for n in (256, 512, 1024, 2048)]
    + [
        _product(*sizes, trans_a, trans_b)
        for n in (1, 2, 4, 8)
        for sizes, trans_a, trans_b in [
            ((200, 100, n), False, False),
            ((200, n, 100), False, True),
            ((100, 200, n), True, False),
        ]
    ]
    + [_matmul((128, 784), (784, 128)), _matmul((32, 128), (128, 10))]
    + [
        _batched((1000, 8, 8), (1000, 8, 8)),
        _batched((32, 64, 32), (32, 64, 32), trans_b=True),
        _batched((32, 64, 64), (32, 64, 32)),
        _batched((32, 64, 64), (32, 64, 32), trans_a=True),
        _batched((4, 256, 256), (4, 256, 256)),
    ]
)
