"""Second derivatives of activations as operations, from which all higher ones follow.

Kernels go as far as the second derivative. Formulas are those of `csrc/ops/activation/`: the
derivative of the slope with respect to what is saved, x or y.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.broadcast import multiply
from mark1.ops.rounding import abs as magnitude
from mark1.ops.rounding import clip, sign
from mark1.ops.smooth import sigmoid, softplus, tanh
from mark1.ops.unary import cos, exp, sin, sqrt
from mark1.ops.where import where

Bend = Callable[[Any, float], Any]  # of what is saved, and of alpha


def _celu(x: Any, alpha: float) -> Tensor:
    return where(x > 0.0, 0.0, exp(clip(x, -math.inf, 0.0) / alpha) / alpha)


def _softsign(x: Any, alpha: float) -> Tensor:
    y = 1.0 / (1.0 + magnitude(x))
    return sign(x) * y * y * y * -2.0


def _squareplus(x: Any, alpha: float) -> Tensor:
    r: Any = sqrt(x * x + alpha)
    y: Tensor = 0.5 * alpha / r / r / r
    return y


def _silu(x: Any, alpha: float) -> Tensor:
    s, c = sigmoid(x), clip(x, -1000.0, 1000.0)
    return s * (1.0 - s) * (c * (1.0 - 2.0 * s) + 2.0)


def _gelu(x: Any, alpha: float) -> Tensor:
    c = clip(x, -1000.0, 1000.0)
    return exp(-0.5 * c * c) * (2.0 - c * c) / math.sqrt(2.0 * math.pi)


def _gelu_tanh(x: Any, alpha: float) -> Tensor:
    c = clip(x, -50.0, 50.0)
    first = 2.0 * math.sqrt(2.0 / math.pi)
    third = 0.044715 * first
    s = sigmoid(c * (first + third * c * c))
    du, ddu = 3.0 * third * c * c + first, 6.0 * third * c
    return s * (1.0 - s) * (c * (du * du * (1.0 - 2.0 * s) + ddu) + 2.0 * du)


def _mish(x: Any, alpha: float) -> Tensor:
    s, t, c = sigmoid(x), tanh(softplus(x)), clip(x, -1000.0, 1000.0)
    return (1.0 - t * t) * s * (2.0 + c * (1.0 - s - 2.0 * t * s))


def _tanh_shrink(x: Any, alpha: float) -> Tensor:
    t = tanh(x)
    return 2.0 * t * (1.0 - t * t)


def _log1p(x: Any, alpha: float) -> Tensor:
    u = x + 1.0
    y: Tensor = -1.0 / (u * u)
    return y


def _erf(x: Any, alpha: float) -> Tensor:
    c = clip(x, -100.0, 100.0)
    return c * exp(-c * c) * (-4.0 / math.sqrt(math.pi))


def _arctan(x: Any, alpha: float) -> Tensor:
    s = 1.0 / (x * x + 1.0)
    y: Tensor = -2.0 * x * s * s
    return y


def _arcsin(x: Any, alpha: float) -> Tensor:
    rest = (1.0 - x) * (1.0 + x)
    y: Tensor = x / (rest * sqrt(rest))
    return y


def _arccos(x: Any, alpha: float) -> Tensor:
    return -_arcsin(x, alpha)


def _erfinv(y: Any, alpha: float) -> Tensor:
    out: Tensor = y * exp(y * y) * math.sqrt(math.pi)
    return out


# Those that do not stand here have a bend that is constant, piece by piece.
_BENDS: dict[str, Bend] = {
    "sigmoid": lambda y, _: 1.0 - 2.0 * y,
    "tanh": lambda y, _: -2.0 * y,
    "softplus": lambda y, _: exp(-y),
    "log_sigmoid": lambda y, _: -exp(y),
    "celu": _celu,
    "softsign": _softsign,
    "squareplus": _squareplus,
    "silu": _silu,
    "gelu": _gelu,
    "gelu_tanh": _gelu_tanh,
    "mish": _mish,
    "tanh_shrink": _tanh_shrink,
    "sqrt": lambda y, _: -0.5 / (y * y),
    "rsqrt": lambda y, _: y * y * -1.5,
    "reciprocal": lambda y, _: -2.0 * y,
    "log": lambda x, _: -1.0 / (x * x),
    "log1p": _log1p,
    "sin": lambda x, _: -sin(x),
    "cos": lambda x, _: -cos(x),
    "tan": lambda y, _: 2.0 * y,
    "erf": _erf,
    "arctan": _arctan,
    "arcsin": _arcsin,
    "arccos": _arccos,
    "erfinv": _erfinv,
}


@functools.cache
def _by_index() -> dict[int, Bend]:
    return {_core.activation_index(name): bend for name, bend in _BENDS.items()}


def times_third(index: int, factor: Tensor, saved: Tensor, alpha: float) -> Tensor:
    """A tensor times the third derivative, that of the bend with respect to what is saved.

    Args:
        index: position of the activation in the kernels' list.
        factor: any shape.
        saved: output or input of the activation, of factor's shape.
        alpha: its first parameter.

    Returns:
        A tensor of factor's shape, which can be differentiated again.

    Example:
        >>> y = _core.convert([0.5])
        >>> times_third(_core.activation_index("tanh"), _core.convert([3.0]), y, 0.0).numpy()
        array([-6.], dtype=float32)
    """
    from mark1.tape import GradientTape

    bend = _by_index().get(index)
    if bend is None:
        return multiply(sign(saved), 0.0)  # which has derivatives: none is missing, all are 0
    with GradientTape() as tape:
        tape.watch(saved)
        bent = bend(saved, alpha)
    out: Tensor = tape.gradient(bent, saved, output_gradients=factor)
    return out
