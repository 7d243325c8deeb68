"""Convolutions and their gradients: odd sizes, every padding, strides, dilations and groups."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.cases.base import Array, Case, Input
from tests.convolution import (
    Shape,
    TorchConv,
    axes_of,
    each,
    filter_gradient,
    forward,
    input_gradient,
    output_of,
)

# Products of extremes overflow in the middle of a sum: infinities are a matter of the order then.
_RANGES = ("normal", "zeros", "ties", "large", "denormal")
_BIT_RANGES = ("normal", "large", "special")

_ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "linear": lambda z: z,
    "relu": lambda z: np.where(z > 0, z, 0 * z),
    "tanh": np.tanh,
    "silu": lambda z: z / (1 + np.exp(-z)),
}


def _define_conv(
    x: Array,
    w: Array,
    b: Array | None = None,
    strides: Any = 1,
    padding: str = "valid",
    dilation_rate: Any = 1,
) -> Array:
    y = forward(x, w, axes_of(x.shape, w.shape, strides, padding, dilation_rate))
    return y if b is None else y + b


def _conv(
    x: Shape,
    w: Shape,
    bias: bool = False,
    activation: str = "linear",
    gradient: bool = True,
    **attributes: Any,
) -> Case:
    function = _ACTIVATIONS[activation]

    def call(x: Any, w: Any, b: Any = None, **attributes: Any) -> Any:
        import mark1

        return mark1.ops.conv(x, w, bias=b, activation=activation, **attributes)

    terms = math.prod(w[:-1])
    axes = axes_of(
        x,
        w,
        attributes.get("strides", 1),
        attributes.get("padding", "valid"),
        attributes.get("dilation_rate", 1),
    )
    y = output_of(x, w, axes)
    return Case(
        op="conv",
        function="conv",
        name=_name(activation=activation, **attributes),
        define=lambda *operands, **a: function(_define_conv(*operands, **a)),
        call=call,
        inputs=(Input(x), Input(w)) + ((Input(w[-1:]),) if bias else ()),
        attributes=attributes,
        differentiable=None if gradient else (),
        kinks=_define_conv if activation == "relu" else (),
        second_order=terms < 100 and math.prod(x) < 2000,
        length=terms + 1,
        ulps=0.5 if activation == "linear" else 3.0,
        ranges=_RANGES if activation == "linear" else ("normal", "zeros", "ties", "denormal"),
        bit_ranges=_BIT_RANGES,
        scale=lambda *operands, **a: _define_conv(*map(np.abs, operands), **a),
        flops=2.0 * math.prod(y) * terms,
        bytes=4.0 * (math.prod(x) + math.prod(w) + math.prod(y)),
        torch_call=TorchConv.maybe(axes, x, w, 0),
    )


def _name(**attributes: Any) -> str:
    short = {"strides": "s", "dilation_rate": "d", "output_padding": "o"}
    parts = []
    for key, value in attributes.items():
        text = "x".join(map(str, value)) if isinstance(value, tuple) else str(value)
        if value not in ("linear", "valid"):
            parts.append(short.get(key, "") + text)
    return "-".join(parts)


def _define_depthwise(x: Array, w: Array, **attributes: Any) -> Array:
    return _define_conv(x, w.reshape(*w.shape[:-2], 1, -1), **attributes)


def _depthwise(x: Shape, w: Shape, gradient: bool = True, **attributes: Any) -> Case:
    return Case(
        op="conv",
        function="depthwise_conv",
        name=_name(**attributes),
        define=_define_depthwise,
        inputs=(Input(x), Input(w)),
        attributes=attributes,
        differentiable=None if gradient else (),
        length=math.prod(w[:-2]),
        ranges=_RANGES,
        bit_ranges=_BIT_RANGES,
        scale=lambda x, w, **a: _define_depthwise(np.abs(x), np.abs(w), **a),
    )


def _define_separable(x: Array, w: Array, mix: Array, **attributes: Any) -> Array:
    return _define_conv(_define_depthwise(x, w, **attributes), mix)


def _separable(x: Shape, w: Shape, outputs: int, **attributes: Any) -> Case:
    mixed = w[-2] * w[-1]
    return Case(
        op="conv",
        function="separable_conv",
        name=_name(**attributes),
        define=_define_separable,
        inputs=(Input(x), Input(w), Input((*(1,) * (len(x) - 2), mixed, outputs))),
        attributes=attributes,
        length=math.prod(w[:-2]) + mixed,
        ranges=("normal", "zeros", "ties"),
        bit_ranges=_BIT_RANGES,
        scale=lambda *operands, **a: _define_separable(*map(np.abs, operands), **a),
    )


def _define_transpose(
    x: Array,
    w: Array,
    strides: Any = 1,
    padding: str = "valid",
    output_padding: Any = None,
    dilation_rate: Any = 1,
) -> Array:
    """Every input spread over its window, of which Keras' padding keeps a part."""
    rank = x.ndim - 2
    axes, sizes = [], []
    for i, (n, k) in enumerate(zip(x.shape[1:-1], w.shape, strict=False)):
        s, d = each(strides, rank)[i], each(dilation_rate, rank)[i]
        extent = (k - 1) * d + 1
        low = 0
        size = (n - 1) * s + extent
        if padding == "valid":
            added = output_padding or 0
            size = (n - 1) * s + extent + added if output_padding is not None else n * s
            size = max(size, (n - 1) * s + extent)
        else:
            added = s - extent % 2 if output_padding is None else output_padding
            size = (n - 1) * s + extent % 2 + added
            total = extent + extent % 2 - 2 + added
            low = extent - 1 - min((total + 1) // 2, extent - 1)
        sizes.append(size)
        axes.append((s, d, low, max((n - 1) * s + extent - size - low, 0)))
    return input_gradient(x, w, (x.shape[0], *sizes, w.shape[-2]), tuple(axes))


def _transpose(x: Shape, w: Shape, **attributes: Any) -> Case:
    return Case(
        op="conv",
        function="conv_transpose",
        name=_name(**attributes),
        define=_define_transpose,
        inputs=(Input(x), Input(w)),
        attributes=attributes,
        length=math.prod(w[:-2]) * w[-1],
        ranges=_RANGES,
        bit_ranges=_BIT_RANGES,
        scale=lambda x, w, **a: _define_transpose(np.abs(x), np.abs(w), **a),
    )


def _gradients(x: Shape, w: Shape, gradient: bool = False, **attributes: Any) -> list[Case]:
    """The two products that gradients are made of, called by themselves."""
    strides, padding, dilation = (
        attributes.get("strides", 1),
        attributes.get("padding", "valid"),
        attributes.get("dilation_rate", 1),
    )
    axes = axes_of(x, w, strides, padding, dilation)
    y = output_of(x, w, axes)

    def call_input(dy: Any, w: Any) -> Any:
        from mark1.ops import conv_products

        return conv_products.input_gradient(dy, w, x, axes)

    def call_filter(x: Any, dy: Any) -> Any:
        from mark1.ops import conv_products

        return conv_products.filter_gradient(x, dy, w, axes)

    common: dict[str, Any] = {
        "op": "conv",
        "name": _name(**attributes),
        "differentiable": None if gradient else (),
        "second_order": False,
        "ranges": _RANGES,
        "bit_ranges": _BIT_RANGES,
        "flops": 2.0 * math.prod(y) * math.prod(w[:-1]),
        "bytes": 4.0 * (math.prod(x) + math.prod(w) + math.prod(y)),
    }
    return [
        Case(
            function="input_gradient",
            define=lambda dy, w: input_gradient(dy, w, x, axes),
            call=call_input,
            inputs=(Input(y), Input(w)),
            length=math.prod(w[:-2]) * w[-1],
            scale=lambda dy, w: input_gradient(np.abs(dy), np.abs(w), x, axes),
            torch_call=TorchConv.maybe(axes, x, w, 1),
            **common,
        ),
        Case(
            function="filter_gradient",
            define=lambda x, dy: filter_gradient(x, dy, w, axes),
            call=call_filter,
            inputs=(Input(x), Input(y)),
            length=math.prod(y[:-1]),
            scale=lambda x, dy: filter_gradient(np.abs(x), np.abs(dy), w, axes),
            torch_call=TorchConv.maybe(axes, x, w, 2),
            **common,
        ),
    ]


CASES = [
    # One axis.
    _conv((2, 7, 3), (3, 3, 4)),
    _conv((2, 8, 3), (3, 3, 4), strides=2, padding="same"),
    _conv((1, 9, 2), (3, 2, 17), dilation_rate=2, padding="causal"),
    _conv((2, 11, 4), (4, 2, 6), strides=3, padding="same", dilation_rate=2),
    _conv((1, 300, 5), (7, 5, 33), padding="same", gradient=False),
    # Two axes.
    _conv((2, 5, 6, 3), (3, 3, 3, 4), padding="same"),
    _conv((2, 5, 7, 3), (3, 2, 3, 5), bias=True),
    _conv((3, 9, 8, 2), (3, 3, 2, 3), strides=2, padding="same"),
    _conv((1, 9, 10, 2), (2, 4, 2, 3), strides=(3, 2)),
    _conv((2, 8, 7, 2), (3, 2, 2, 3), dilation_rate=(2, 3), padding="same"),
    _conv((1, 9, 11, 2), (3, 2, 2, 3), strides=(2, 3), dilation_rate=(2, 2), padding="same"),
    _conv((1, 3, 4, 2), (5, 6, 2, 3), padding="same"),
    _conv((2, 6, 5, 4), (3, 3, 2, 6), padding="same"),
    _conv((2, 6, 5, 6), (2, 3, 2, 9), strides=2, padding="same"),
    _conv((2, 4, 5, 7), (1, 1, 7, 5), bias=True, activation="tanh"),
    _conv((2, 5, 5, 7), (1, 1, 7, 5), strides=2),
    _conv((1, 4, 5, 7), (1, 1, 7, 5), strides=2, padding="same"),
    _conv((2, 4, 3, 2), (2, 2, 2, 3), bias=True, activation="relu", padding="same"),
    _conv((2, 4, 3, 2), (2, 2, 2, 3), bias=True, activation="silu"),
    _conv((0, 4, 3, 2), (2, 2, 2, 3)),
    _conv((1, 1, 1, 1), (1, 1, 1, 1), padding="same"),
    _conv((2, 9, 7, 33), (3, 3, 33, 17), padding="same", bias=True, activation="tanh"),
    _conv((1, 20, 19, 31), (3, 3, 31, 35), strides=2, padding="same", gradient=False),
    # Three axes.
    _conv((1, 4, 5, 3, 2), (2, 3, 2, 2, 3), padding="same"),
    _conv((2, 5, 4, 6, 2), (3, 2, 3, 1, 4), strides=(2, 1, 3)),
    # Sums of more than a group of chunks.
    _conv((1, 5, 5500), (3, 5500, 3), padding="same", gradient=False),
    # A filter that is read from beyond L2.
    _conv((1, 17, 1, 400), (3, 1, 400, 150), padding="same", gradient=False),
    *_gradients((1, 17, 1, 400), (3, 1, 400, 150), padding="same"),
    *_gradients((1, 6, 7, 3), (3, 2, 3, 4), padding="same", strides=2, gradient=True),
    *_gradients((3, 19, 9, 5), (3, 3, 5, 37), padding="same"),
    *_gradients((2, 17, 21, 6), (3, 3, 2, 9), strides=(2, 3)),
    *_gradients((1, 3, 150, 111, 2), (1, 3, 1, 2, 3), padding="same"),
    _depthwise((2, 6, 5, 3), (3, 3, 3, 1), padding="same"),
    _depthwise((2, 7, 5, 2), (3, 2, 2, 3), strides=2),
    _depthwise((2, 9, 5), (3, 5, 1), padding="causal", dilation_rate=2),
    _depthwise((1, 19, 21, 67), (3, 3, 67, 1), strides=2, padding="same", gradient=False),
    _depthwise((1, 20, 21, 3), (17, 17, 3, 1), padding="same", gradient=False),
    _depthwise((2, 33, 9, 35), (3, 3, 35, 1), padding="same"),
    # Groups of few outputs: several blocks of columns and stretches of lines, channels dealt out to
    # columns in every way, sums of more than a group of chunks.
    _depthwise((1, 3, 310, 130), (3, 3, 130, 1), padding="same", gradient=False),
    *_gradients((1, 3, 310, 130), (3, 3, 1, 130), padding="same"),
    _conv((1, 3, 300, 6), (2, 3, 2, 9), padding="same", gradient=False),
    *_gradients((1, 3, 300, 6), (2, 3, 2, 9), padding="same"),
    _conv((1, 5, 7, 64), (3, 3, 4, 16), padding="same", gradient=False),
    *_gradients((1, 5, 7, 64), (3, 3, 4, 16), padding="same", dilation_rate=2),
    *_gradients((1, 4, 5, 3, 36), (2, 2, 3, 2, 18), padding="same", strides=(1, 2, 1)),
    *_gradients((1, 130, 130, 3), (3, 5, 1, 3), padding="same"),
    _conv((1, 4, 18000), (2, 9000, 2), gradient=False),
    # Groups of more.
    _conv((2, 7, 9, 12), (3, 3, 4, 60), padding="same", gradient=False),
    *_gradients((2, 7, 9, 12), (3, 3, 4, 60), padding="same", strides=2),
    *_gradients((2, 9, 8, 51), (2, 3, 17, 54), dilation_rate=2),
    _separable((2, 5, 6, 3), (3, 3, 3, 2), 4, padding="same"),
    _separable((2, 7, 3), (3, 3, 1), 5, strides=2),
    _transpose((2, 4, 3), (3, 2, 3)),
    _transpose((2, 3, 4, 3), (3, 3, 2, 3), strides=2, padding="same"),
    _transpose((1, 3, 4, 2), (2, 3, 5, 2), strides=(3, 2)),
    _transpose((1, 3, 4, 2), (3, 4, 5, 2), strides=2, padding="same", output_padding=1),
    _transpose((1, 3, 4, 2), (3, 2, 5, 2), strides=3, output_padding=1),
    _transpose((1, 4, 3, 2), (3, 2, 5, 2), dilation_rate=2, padding="same"),
    _transpose((1, 2, 3, 2, 2), (2, 3, 2, 3, 2), strides=2, padding="same"),
]

# x, w, strides, padding, dilation. 7x7 has its zeros in x: "same" would put one more at the end,
# which torch does not.
_MEASURED: list[tuple[Shape, Shape, int, str, int]] = [
    ((32, 32, 32, 64), (3, 3, 64, 64), 1, "same", 1),
    ((8, 56, 56, 64), (3, 3, 64, 64), 1, "same", 1),
    ((32, 31, 31, 32), (3, 3, 32, 64), 1, "same", 1),
    ((32, 16, 16, 256), (1, 1, 256, 64), 1, "same", 1),
    ((32, 64, 64, 3), (3, 3, 3, 32), 1, "same", 1),
    ((32, 28, 28, 1), (3, 3, 1, 32), 1, "same", 1),
    ((8, 229, 229, 3), (7, 7, 3, 64), 2, "valid", 1),
    # Depthwise, with two filters per channel, and in groups.
    ((32, 32, 32, 64), (3, 3, 1, 64), 1, "same", 1),
    ((32, 57, 57, 128), (3, 3, 1, 128), 2, "valid", 1),
    ((32, 32, 32, 32), (3, 3, 1, 64), 1, "same", 1),
    ((32, 32, 32, 64), (3, 3, 4, 64), 1, "same", 1),
    ((32, 32, 32, 64), (3, 3, 16, 64), 1, "same", 1),
    # Strides, dilations, one axis and three.
    ((32, 33, 33, 64), (3, 3, 64, 128), 2, "valid", 1),
    ((16, 32, 32, 64), (3, 3, 64, 64), 1, "same", 2),
    ((32, 256, 64), (5, 64, 64), 1, "same", 1),
    ((32, 1024, 1), (9, 1, 32), 1, "same", 1),
    ((4, 16, 16, 16, 16), (3, 3, 3, 16, 32), 1, "same", 1),
]

# A convolution, then the gradients of its input and of its filter.
BENCHMARKS = [
    case
    for x, w, strides, padding, dilation_rate in _MEASURED
    for case in (
        _conv(x, w, strides=strides, padding=padding, dilation_rate=dilation_rate),
        *_gradients(x, w, strides=strides, padding=padding, dilation_rate=dilation_rate),
    )
]
