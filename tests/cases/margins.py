"""Pictures with margins and without; of either end and the size any two are given."""

from __future__ import annotations

from typing import Any

import numpy as np

import mark1
from tests.cases.base import Array, Case, composed


def _pad(x: Array, **_: Any) -> Array:
    return np.pad(x, ((0, 0), (1, 2), (0, 3), (0, 0)))


def _crop(x: Array, **_: Any) -> Array:
    return x[:, 1:-2, :-3]


def _case(function: str, define: Any, margin: str, given: dict[str, int]) -> Case:
    attributes = {key if "target" in key else f"{key}_{margin}": n for key, n in given.items()}
    return composed(
        "margins",
        function,
        define,
        (2, 6, 7, 3),
        attributes=attributes,
        call=lambda x, **a: getattr(mark1.ops.image, function)(x, **a),
    )


CASES = [
    _case("pad_images", _pad, "padding", {"top": 1, "bottom": 2, "left": 0, "right": 3}),
    _case("pad_images", _pad, "padding", {"target_height": 9, "bottom": 2, "left": 0, "right": 3}),
    _case("pad_images", _pad, "padding", {"top": 1, "bottom": 2, "left": 0, "target_width": 10}),
    _case("crop_images", _crop, "cropping", {"top": 1, "bottom": 2, "left": 0, "right": 3}),
    _case("crop_images", _crop, "cropping", {"top": 1, "target_height": 3, "left": 0, "right": 3}),
    _case("crop_images", _crop, "cropping", {"top": 1, "bottom": 2, "target_width": 4, "right": 3}),
]
