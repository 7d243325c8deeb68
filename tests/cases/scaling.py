"""Arrays stretched and moved along some axes."""

from __future__ import annotations

import math

import numpy as np

import mark1
from tests.cases.base import Array, Case, composed

SCALE, TRANSLATION = np.array([1.7, 0.6]), np.array([-0.7, 1.2])


def _kernel(x: float, method: str) -> float:
    if method == "linear":
        return max(0.0, 1 - x)
    if method == "cubic":
        if x >= 2:
            return 0.0
        if x >= 1:
            return ((-0.5 * x + 2.5) * x - 4) * x + 2
        return (1.5 * x - 2.5) * x * x + 1
    radius = float(method[-1])
    if x > radius:
        return 0.0
    angle = math.pi * x
    return 1.0 if x <= 1e-3 else radius * math.sin(angle) * math.sin(angle / radius) / angle**2


def _shares(m: int, n: int, k: int, method: str, antialias: bool) -> Array:
    shares = np.zeros((m, n))
    for i in range(n):
        place = (i + 0.5 - TRANSLATION[k]) / SCALE[k] - 0.5
        if -0.5 <= place <= m - 0.5:
            width = max(1 / SCALE[k], 1.0) if antialias else 1.0
            column = np.array([_kernel(abs(place - j) / width, method) for j in range(m)])
            shares[:, i] = column / column.sum()
    return shares


def _define(x: Array, method: str, antialias: bool, magnitude: bool = False) -> Array:
    rows = _shares(x.shape[1], 9, 0, method, antialias)
    columns = _shares(x.shape[2], 4, 1, method, antialias)
    if magnitude:
        rows, columns = np.abs(rows), np.abs(columns)
    return np.einsum("nhwc,hi,wj->nijc", x, rows, columns)


def _case(method: str, antialias: bool = True) -> Case:
    return composed(
        "scaling",
        "scale_and_translate",
        _define,
        (2, 5, 6, 3),
        ranges=("normal",),
        attributes={"method": method, "antialias": antialias},
        call=lambda x, **a: mark1.ops.image.scale_and_translate(
            x, (2, 9, 4, 3), SCALE, TRANSLATION, (1, -2), **a
        ),
        length=6,
        scale=lambda x, **a: _define(np.abs(x), **a, magnitude=True),
    )


CASES = [
    *(_case(method) for method in ("linear", "cubic", "lanczos3", "lanczos5")),
    _case("cubic", antialias=False),
]
