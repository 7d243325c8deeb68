"""Cross-entropy of labels, of rows of probabilities and of bits, from logits and otherwise."""

from __future__ import annotations

from typing import Any

import numpy as np

import mark1
from tests.cases.base import Array, Case, Input

_EPSILON = 1e-7

_SHAPES = [(1, 2), (5, 10), (4, 16), (3, 31), (2, 33), (0, 3), (2, 3, 7), (2, 131), (1, 4099),
           (301, 10)]  # fmt: skip


def _log_probabilities(x: Array, from_logits: bool) -> Array:
    if from_logits:
        d = x - x.max(-1, keepdims=True)
        return d - np.log(np.exp(d).sum(-1, keepdims=True))
    q = x / x.sum(-1, keepdims=True)
    return np.log(np.clip(q, _EPSILON, 1 - _EPSILON))


def sparse(target: Array, output: Array, from_logits: bool) -> Array:
    if output.size == 0:
        return np.zeros(output.shape[:-1])
    index = target.astype(np.int64)[..., None]
    return -np.take_along_axis(_log_probabilities(output, from_logits), index, -1)[..., 0]


def dense(target: Array, output: Array, from_logits: bool) -> Array:
    if output.size == 0:
        return np.zeros(output.shape[:-1])
    return -(target * _log_probabilities(output, from_logits)).sum(-1)


def binary(target: Array, output: Array, from_logits: bool) -> Array:
    if from_logits:
        return np.maximum(output, 0) + np.log1p(np.exp(-np.abs(output))) - output * target
    c = np.clip(output, _EPSILON, 1 - _EPSILON)
    return -(target * np.log(c) + (1 - target) * np.log(1 - c))


def _row_scale(target: Array, output: Array, from_logits: bool) -> Array:
    if output.size == 0:
        return np.zeros(output.shape[:-1])
    weight = np.abs(target).sum(-1) if target.shape == output.shape else 1.0
    # Differences of logits cancel; the logarithm of a probability close to 1 is about 0.
    return weight * (1 + np.abs(_log_probabilities(output, from_logits)).max(-1))


def _binary_scale(target: Array, output: Array, from_logits: bool) -> Array:
    if from_logits:
        return 1 + np.abs(output) * (1 + np.abs(target))
    # 1 - c cancels: its relative error grows with 1 / (1 - c).
    c = np.clip(output, _EPSILON, 1 - _EPSILON)
    return binary(target, output, False) + np.abs(1 - target) * c / (1 - c) + 1


def _rows(function: str, shape: tuple[int, ...], from_logits: bool, dtype: str = "int32") -> Case:
    labels = function.startswith("sparse")
    target = (
        Input(shape[:-1], f"labels:{shape[-1]}", dtype) if labels else Input(shape, "probability")
    )
    return Case(
        op="cross_entropy",
        function=function,
        define=sparse if labels else dense,
        inputs=(target, Input(shape, "normal" if from_logits else "positive")),
        attributes={"from_logits": from_logits},
        name=("logits" if from_logits else "probabilities")
        + ("" if dtype == "int32" else f"-{dtype}"),
        # The gradient along targets of probabilities takes time with the square of the classes.
        differentiable=(1,) if not labels and not from_logits and shape[-1] > 1000 else None,
        length=shape[-1],
        ulps=8,
        scale=_row_scale,
        ranges=("normal", "zeros", "ties", "large", "denormal") if from_logits else ("normal",),
        bytes=4.0 * float(np.prod(shape)),
    )


def _bits(shape: tuple[int, ...], from_logits: bool) -> Case:
    return Case(
        op="cross_entropy",
        function="binary_crossentropy",
        define=binary,
        inputs=(
            Input(shape, "probability"),
            Input(shape, "normal" if from_logits else "probability"),
        ),
        attributes={"from_logits": from_logits},
        name="logits" if from_logits else "probabilities",
        # Rows of many probabilities hold small ones, where differences do not settle.
        differentiable=None if from_logits or shape[-1] <= 3 else (),
        ulps=8,
        scale=_binary_scale,
        ranges=("normal", "zeros", "ties", "large", "denormal") if from_logits else ("normal",),
        bytes=12.0 * float(np.prod(shape)),
    )


def _after(activation: str, function: str) -> Case:
    """A loss of an activation's output: starts from the logits it remembers."""

    def call(target: Any, x: Any) -> Any:
        return getattr(mark1.ops, function)(target, getattr(mark1.ops, activation)(x))

    definition = {"softmax": sparse, "sigmoid": binary}[activation]
    target = Input((6, 9), "01")
    if activation == "softmax":
        target = Input((6,), "labels:9", "int64")
    return Case(
        op="cross_entropy",
        function=function,
        define=lambda target, x: definition(target, x, True),
        inputs=(target, Input((6, 9))),
        name=f"after-{activation}",
        call=call,
        differentiable=(1,),
        length=9,
        ulps=8,
        scale=lambda target, x: (
            _row_scale(target, x, True)
            if activation == "softmax"
            else _binary_scale(target, x, True)
        ),
        ranges=("normal", "zeros", "ties", "large"),
    )


_NAMES = ("sparse_categorical_crossentropy", "categorical_crossentropy")

CASES = [
    *(_rows(f, shape, logits) for f in _NAMES for shape in _SHAPES for logits in (True, False)),
    *(
        _rows("sparse_categorical_crossentropy", (5, 10), True, dtype)
        for dtype in ("uint8", "int64")
    ),
    *(
        _bits(shape, logits)
        for shape in [*_SHAPES[:8], (17, 3), (40, 2)]
        for logits in (True, False)
    ),
    _after("softmax", "sparse_categorical_crossentropy"),
    _after("sigmoid", "binary_crossentropy"),
]

BENCHMARKS = [
    _rows("sparse_categorical_crossentropy", shape, True)
    for shape in ((32, 10), (1024, 1000), (65_536, 10))
]
