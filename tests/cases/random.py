"""Random numbers: Philox in NumPy integers, the standard library's inverse normal distribution."""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist
from typing import Any

import numpy as np

from tests.cases.base import Array, Case, Input

_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


def philox(seed: int, call: int, blocks: int, stream: int = 0) -> Array:
    """Words of the first blocks, in the notation of the paper: counter c, key k."""
    c = [np.zeros(blocks, np.uint64) for _ in range(4)]
    c[0] += np.arange(blocks, dtype=np.uint64)
    c[2] += np.uint64(stream)
    c[3] += np.uint64(call % 2**32)
    k0, k1 = seed % 2**32, (seed >> 32) % 2**32
    for _ in range(10):
        p0 = np.uint64(0xD2511F53) * c[0]
        p1 = np.uint64(0xCD9E8D57) * c[2]
        c = [
            (p1 >> _HALF) ^ c[1] ^ np.uint64(k0),
            p1 & _LOW,
            (p0 >> _HALF) ^ c[3] ^ np.uint64(k1),
            p0 & _LOW,
        ]
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    return np.stack(c, axis=1).reshape(-1)


def words(state: Array, n: int, dtype: str) -> tuple[Array, int]:
    """n random integers and how many bits they have."""
    seed, call = int(state[0]), int(state[1])
    if dtype == "float32":
        return philox(seed, call, n // 4 + 1)[:n], 32
    w = philox(seed, call, n // 2 + 1)[: 2 * n]
    return w[::2] | w[1::2] << _HALF, 64


def _uniform(state: Array, shape: Any, low: float, high: float, dtype: str) -> Array:
    w, bits = words(state, int(np.prod(shape)), dtype)
    kept = 24 if bits == 32 else 53
    u = (w >> np.uint64(bits - kept)).astype(np.float64) * 2.0**-kept
    return (low + (high - low) * u).reshape(shape)


def _quantiles(state: Array, shape: Any, dtype: str, beyond: float) -> Array:
    w, bits = words(state, int(np.prod(shape)), dtype)
    if bits == 32:
        t = ((w & np.uint64(2**31 - 1)).astype(np.float64) + 0.5) * 2.0**-31
    else:
        t = ((w << np.uint64(1) >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
    t = beyond + (1 - beyond) * t
    inverse = NormalDist().inv_cdf
    z = np.array([-inverse(p / 2) for p in np.minimum(t, 1.0)])
    return (z * np.where(w >> np.uint64(bits - 1), -1.0, 1.0)).reshape(shape)


def _normal(state: Array, shape: Any, mean: float, stddev: float, dtype: str) -> Array:
    return mean + stddev * _quantiles(state, shape, dtype, 0.0)


def _truncated(state: Array, shape: Any, mean: float, stddev: float, dtype: str) -> Array:
    return mean + stddev * _quantiles(state, shape, dtype, 2 * NormalDist().cdf(-2.0))


def _integers(state: Array, shape: Any, low: int, high: int, dtype: str) -> Array:
    w, _ = words(state, int(np.prod(shape)), "float64")
    values = [low + (int(v) * (high - low) >> 64) for v in w]
    return np.array(values, dtype).reshape(shape)


def _permutation(state: Array, n: int) -> Array:
    w = iter(philox(int(state[0]), int(state[1]), n + 8))
    out = np.zeros(n, np.int64)
    for i in range(n):
        while True:
            product = int(next(w)) * (i + 1)
            if product % 2**32 >= 2**32 % (i + 1):
                break
        j = product >> 32
        out[i], out[j] = out[j], i
    return out


def _case(function: str, core: str, define: Any, ulps: float, name: str, *arguments: Any) -> Case:
    from mark1 import _core

    # Errors are relative to the largest number: a draw close to zero is a difference.
    scale = abs(arguments[1]) + 8 * abs(arguments[2]) if len(arguments) > 1 else 1.0
    return Case(
        op="random",
        function=function,
        define=lambda state: define(state, *arguments),
        inputs=(Input((2,), dtype="int64"),),
        name=name,
        call=lambda state: getattr(_core, core)(
            *((arguments[0], state, *arguments[1:])[: len(arguments) + 1])
        ),
        ulps=ulps,
        scale=lambda state: np.full(np.shape(define(state, *arguments)), scale),
        dtypes=(arguments[-1],) if isinstance(arguments[-1], str) else ("float32",),
        ranges=("normal",),
        bit_ranges=("normal",),
        plain=True,
    )


_SHAPES = [(), (0,), (1,), (3,), (5,), (33,), (131,), (7, 19), (1031,), (40_009,)]

CASES = [
    case
    for shape in _SHAPES
    for dtype in ("float32", "float64")
    for case in (
        _case("uniform", "random_uniform", _uniform, 1, f"{shape}-{dtype}",
              shape, -1.0, 2.0, dtype),
        _case("normal", "random_normal", _normal, 8, f"{shape}-{dtype}", shape, 0.5, 2.0, dtype),
        _case("truncated_normal", "random_truncated_normal", _truncated, 8, f"{shape}-{dtype}",
              shape, 0.0, 1.0, dtype),
    )
] + [
    _case("randint", "random_integers", _integers, 0.5, f"{shape}-{dtype}", shape, -5, 7, dtype)
    for shape in _SHAPES
    for dtype in ("int32", "int64")
] + [
    _case("permutation", "random_permutation", _permutation, 0.5, str(n), n)
    for n in (0, 1, 2, 5, 255, 256, 1031)
]  # fmt: skip


def _benchmark(case: Case) -> Case:
    generator = np.random.default_rng(0)
    fast = generator.standard_normal if case.function == "normal" else generator.random
    return replace(
        case,
        bytes=4e6,
        numpy_call=lambda state, out: fast(out.shape, np.float32, out),
    )


BENCHMARKS = [
    _benchmark(
        _case("uniform", "random_uniform", _uniform, 1, "1e6", (1_000_000,), 0.0, 1.0, "float32")
    ),
    _benchmark(
        _case("normal", "random_normal", _normal, 8, "1e6", (1_000_000,), 0.0, 1.0, "float32")
    ),
]
