"""Grey, and hue, saturation and value."""

from __future__ import annotations

import colorsys
from typing import Any

import numpy as np

import mark1
from tests.cases.base import Array, Case, Input, composed


def _each(function: Any) -> Any:
    def define(x: Array) -> Array:
        flat = [function(*map(float, pixel)) for pixel in x.reshape(-1, 3)]
        return np.array(flat).reshape(x.shape)

    return define


def _grey(x: Array) -> Array:
    return (x * [0.2989, 0.587, 0.114]).sum(axis=-1, keepdims=True)


def _case(function: str, define: Any, shape: tuple[int, ...], values: str = "positive") -> Case:
    return composed(
        "colors",
        function,
        define,
        Input(shape, values),
        ranges=("normal",),
        call=lambda x: getattr(mark1.ops.image, function)(x),
        length=3,
        ulps=16,
        scale=lambda x: np.full((), 1 + np.abs(x).max(initial=0)),
        # Where one of the six parts of the circle ends, the slope jumps.
        kinks=(lambda x: np.sin(6 * np.pi * x[..., 0])) if function == "hsv_to_rgb" else (),
    )


CASES = [
    _case("rgb_to_grayscale", _grey, (2, 3, 4, 3)),
    _case("rgb_to_grayscale", _grey, (3, 5, 3)),
    _case("rgb_to_hsv", _each(colorsys.rgb_to_hsv), (2, 3, 5, 3)),
    _case("hsv_to_rgb", _each(colorsys.hsv_to_rgb), (2, 3, 5, 3), "probability"),
]
