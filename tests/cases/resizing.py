"""Pictures of another size; tests/layers/test_pictures.py compares them with Keras."""

from __future__ import annotations

from typing import Any

import numpy as np

import mark1
from tests.cases.base import Array, Case, composed


def _kernel(x: Array, method: str) -> Array:
    if method == "bilinear":
        return np.maximum(0, 1 - x)
    if method == "bicubic":
        near, far = 1.5 * x**3 - 2.5 * x**2 + 1, -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
        return np.where(x < 1, near, np.where(x < 2, far, 0))
    return np.where(x < 3, np.sinc(x) * np.sinc(x / 3), 0)


def _along(x: Array, n: int, axis: int, method: str, antialias: bool) -> Array:
    m = x.shape[axis]
    place = (np.arange(n) + 0.5) * m / n - 0.5
    if method == "nearest":
        return np.take(x, np.floor(place + 0.5).astype(int), axis)
    width = max(m / n, 1.0) if antialias else 1.0
    weights = _kernel(abs(place - np.arange(m)[:, None]) / width, method)
    weights = weights / weights.sum(axis=0)
    return np.moveaxis(np.tensordot(x, weights, (axis, 0)), -1, axis)


def _resize(x: Array, size: Any, interpolation: str, antialias: bool) -> Array:
    for axis, n in zip((1, 2), size, strict=True):
        if x.shape[axis] != n:
            x = _along(x, n, axis, interpolation, antialias)
    return x


def _case(
    shape: tuple[int, ...], size: tuple[int, int], method: str, antialias: bool = False
) -> Case:
    return composed(
        "resizing",
        "resize",
        _resize,
        shape,
        ranges=("normal", "ties", "large"),
        attributes={"size": size, "interpolation": method, "antialias": antialias},
        call=lambda x, **a: mark1.ops.image.resize(x, **a),
        length=4 * max(shape[1:3]),
        ulps=16,
        scale=lambda x, **a: np.full((), 3 * np.abs(x).max(initial=0)),
    )


CASES = [
    *(_case((2, 5, 4, 3), (3, 7), m) for m in ("bilinear", "nearest", "bicubic", "lanczos3")),
    *(_case((2, 9, 8, 1), (4, 3), m, True) for m in ("bilinear", "bicubic", "lanczos3")),
    _case((1, 5, 5, 2), (5, 5), "bicubic"),
]
