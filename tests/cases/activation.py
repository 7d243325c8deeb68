"""Activations: every value range, kinks and both derivatives. Definitions are Keras' formulas."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tests.cases.base import SIZES, Array, Case, Input

_SHAPES: list[tuple[int, ...]] = [(), (0,), (7,), (35,), (5, 67), (1031,)]


def _tail(x: Array) -> Array:
    """P(X <= x), X standard normal; erfc's argument is corrected for its rounding."""
    wide = -x.astype(np.longdouble) / np.sqrt(np.longdouble(2))
    z = wide.astype(np.float64)
    lost = np.where((z > 0) & (z < 40), (wide - z) * (wide + z), 0).astype(np.float64)
    return 0.5 * np.vectorize(math.erfc, otypes=[np.float64])(z) * np.exp(-lost)


def _narrow(f: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x: f(x).astype(np.float64)


def _zero_times(x: Array, factor: Array) -> Array:
    """x * factor, where a factor of zero wins over an infinite x."""
    return np.where((factor == 0) & ~np.isnan(x), 0.0, x * factor).astype(np.float64)


def _sigmoid(x: Array) -> Array:
    x = x.astype(np.longdouble)  # so that products with denormal results are exact enough
    e = np.exp(-np.abs(x))
    return np.where(np.isnan(x), x, np.where(x < 0, e, 1.0) / (1 + e))


def _softplus(x: Array) -> Array:
    x = x.astype(np.longdouble)
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def _gelu_scale(x: Array, **_: Any) -> Array:
    """erfc of libm is not exact where its result is denormal."""
    return np.maximum(np.abs(_gelu(x, False)), 1e-290)


def _gelu_tanh_scale(x: Array, **_: Any) -> Array:
    """The exponent 2u ~ 0.07 x^3 of the left tail is rounded, which the exponential magnifies."""
    y = np.maximum(np.abs(_gelu_tanh(x)), 1e-290)
    return y * np.maximum(1, 2 * np.abs(x) + 0.1 * np.abs(x) ** 3)


def _gelu_tanh(x: Array) -> Array:
    return _zero_times(x, _sigmoid(2 * np.sqrt(2 / np.pi) * (x + 0.044715 * x * x * x)))


def _gelu(x: Array, approximate: bool = True) -> Array:
    return _gelu_tanh(x) if approximate else _zero_times(x, _tail(x))


def _mish(x: Array) -> Array:
    return _zero_times(x, np.tanh(_softplus(x)))


def _general_relu(
    x: Array, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> Array:
    top = np.inf if max_value is None else max_value
    low = negative_slope * (x - threshold) if negative_slope else np.zeros_like(x)
    y = np.where(x >= threshold, np.minimum(x, top), low)
    return np.where(np.isnan(x), x, y)


def _selu(x: Array) -> Array:
    scale, alpha = 1.0507009873554805, 1.6732632423543772
    return np.where(x > 0, scale * x, scale * alpha * np.expm1(x))


def _squareplus(x: Array, b: float = 4.0) -> Array:
    t = 0.5 * np.hypot(x, np.sqrt(b)) + 0.5 * np.abs(x)
    return np.where(x > 0, t, b / 4 / t)


def _tanh_shrink(x: Array) -> Array:
    wide = x.astype(np.longdouble)
    small = sum(c * wide**k for k, c in _TANH_SERIES)
    return np.where(np.abs(x) < 0.02, small, wide - np.tanh(wide)).astype(np.float64)


_TANH_SERIES = [
    (3, np.longdouble(1) / 3), (5, -np.longdouble(2) / 15), (7, np.longdouble(17) / 315),
    (9, -np.longdouble(62) / 2835), (11, np.longdouble(1382) / 155925),
]  # fmt: skip


def _softsign(x: Array) -> Array:
    return np.where(np.isinf(x), np.sign(x), x / (1 + np.abs(x)))


def _hard_sigmoid(x: Array) -> Array:
    return np.clip(x + 3, 0, 6) / 6


def _soft_shrink(x: Array, threshold: float = 0.5) -> Array:
    y = np.where(x > threshold, x - threshold, np.where(x < -threshold, x + threshold, 0.0))
    return np.where(np.isnan(x), x, y)


def _one(x: Array, **_: Any) -> Array:
    return np.ones_like(x)


def _at_least_one(x: Array, **_: Any) -> Array:
    return np.maximum(np.abs(x), 1.0)


# function, definition, attributes, kinks, ulps, scale of the error (None: the result)
_Function = Callable[..., Any]
_LIST: list[
    tuple[str, _Function, dict[str, Any], Sequence[float], float, _Function | None]
] = [
    ("linear", lambda x: x, {}, (), 0.5, None),
    ("step", lambda x: np.where(np.isnan(x), x, 1.0 * (x >= 0)), {}, (0,), 0.5, None),
    ("sigmoid", _narrow(_sigmoid), {}, (), 2, None),
    ("tanh", np.tanh, {}, (), 2, None),
    ("relu", lambda x: np.maximum(x, 0), {}, (0,), 0.5, None),
    ("leaky_relu", lambda x, negative_slope=0.2: np.where(x > 0, x, negative_slope * x),
     {}, (0,), 1, None),
    ("leaky_relu", lambda x, negative_slope=0.2: np.where(x > 0, x, negative_slope * x),
     {"negative_slope": 0.5}, (0,), 1, None),
    ("general_relu", _general_relu, {}, (0,), 0.5, None),
    ("general_relu", _general_relu, {"negative_slope": 0.25, "max_value": 1.5, "threshold": 0.5},
     (0.5, 1.5), 1, _at_least_one),
    ("relu6", lambda x: np.clip(x, 0, 6), {}, (0, 6), 0.5, None),
    ("softplus", _narrow(_softplus), {}, (), 2, None),
    ("log_sigmoid", _narrow(lambda x: -_softplus(-x)), {}, (), 2, None),
    ("exponential", np.exp, {}, (), 2, None),
    ("elu", lambda x, alpha=1.0: np.where(x > 0, x, alpha * np.expm1(x)), {}, (0,), 2.5, None),
    ("elu", lambda x, alpha=1.0: np.where(x > 0, x, alpha * np.expm1(x)), {"alpha": 0.5}, (0,),
     2.5, None),
    ("selu", _selu, {}, (0,), 3, None),
    ("celu", lambda x, alpha=1.0: np.where(x > 0, x, alpha * np.expm1(x / alpha)), {}, (0,), 2.5,
     None),
    ("celu", lambda x, alpha=1.0: np.where(x > 0, x, alpha * np.expm1(x / alpha)), {"alpha": 2.0},
     (0,), 2.5, None),
    ("softsign", _softsign, {}, (0,), 1.5, None),
    ("squareplus", _squareplus, {}, (), 3, None),
    ("squareplus", _squareplus, {"b": 0.25}, (), 3, None),
    ("silu", lambda x: _zero_times(x, _sigmoid(x)), {}, (), 3, None),
    ("gelu", _gelu, {}, (), 3, _gelu_tanh_scale),
    ("gelu", _gelu, {"approximate": False}, (), 4, _gelu_scale),
    ("mish", _mish, {}, (), 4, None),
    ("hard_sigmoid", _hard_sigmoid, {}, (-3, 3), 1, _one),
    ("hard_silu", lambda x: _zero_times(x, _hard_sigmoid(x)), {}, (-3, 3), 2, _at_least_one),
    ("hard_tanh", lambda x: np.clip(x, -1, 1), {}, (-1, 1), 0.5, None),
    ("tanh_shrink", _tanh_shrink, {}, (), 4,
     lambda x: np.abs(np.where(np.abs(x) < 0.55, _tanh_shrink(x), x))),
    ("soft_shrink", _soft_shrink, {}, (-0.5, 0.5), 1, _at_least_one),
    ("soft_shrink", _soft_shrink, {"threshold": 1.0}, (-1, 1), 1, _at_least_one),
    ("hard_shrink", lambda x, threshold=0.5: np.where(np.abs(x) <= threshold, 0.0, x), {},
     (-0.5, 0.5), 0.5, None),
    ("threshold", lambda x, threshold, default_value: np.where(x <= threshold, default_value, x),
     {"threshold": 0.25, "default_value": -0.5}, (0.25,), 0.5, None),
]  # fmt: skip


def _cases(shapes: Sequence[tuple[int, ...]], **more: Any) -> list[Case]:
    return [
        Case(
            op="activation",
            function=function,
            define=define,
            inputs=(Input(shape),),
            attributes=attributes,
            name="_".join(f"{k}={v}" for k, v in attributes.items()),
            kinks=kinks,
            ulps=ulps,
            scale=scale,
            bytes=8.0 * int(np.prod(shape)),
            numpy_call=more.get("numpy", {}).get(function),
        )
        for function, define, attributes, kinks, ulps, scale in _LIST
        for shape in shapes
    ]


CASES = _cases(_SHAPES) + [
    c for c in _cases([(n,) for n in SIZES if (n,) not in _SHAPES]) if c.function == "mish"
] + [c for c in _cases([(40_009,)]) if c.function in ("relu", "gelu", "sigmoid")]  # fmt: skip

_NUMPY = {
    "relu": lambda x, out: np.maximum(x, 0, out=out),
    "tanh": lambda x, out: np.tanh(x, out=out),
    "exponential": lambda x, out: np.exp(x, out=out),
    "sigmoid": lambda x, out: np.divide(1, np.add(np.exp(np.negative(x, out), out), 1, out), out),
}

BENCHMARKS = [
    c
    for c in _cases([(16_384,), (16_777_216,)], numpy=_NUMPY)
    if c.function in ("relu", "sigmoid", "tanh", "softplus", "exponential", "gelu", "silu", "mish")
]
