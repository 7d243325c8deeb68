"""Pictures under maps of their plane, and the gradient of that."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from mark1.ops.affine_transform import _MODES
from tests.cases.base import Array, Case, Input

# One transform for each of at most three pictures: turned, shifted far out, in perspective. No
# place is halfway between pixels, where the nearest one jumps.
_TRANSFORMS = np.array(
    [
        [0.8, -0.6, 1.37, 0.6, 0.8, -0.73, 0, 0],
        [1.1, 0.0, -5.21, 0.0, -0.9, 7.53, 0, 0],
        [0.9, 0.1, 0.3, -0.2, 1.2, 0.1, 0.02, -0.01],
    ]
)


def _fixed(mode: str, i: int, n: int) -> int:
    """The pixel that stands for pixel i of a row of n; -1 for the fill."""
    if 0 <= i < n:
        return i
    if mode == "constant":
        return -1
    if mode == "nearest":
        return min(max(i, 0), n - 1)
    if mode == "wrap":
        return i % n
    line = [*range(n), *(range(n - 1, -1, -1) if mode == "reflect" else range(n - 2, 0, -1))]
    return line[i % len(line)]


@cache
def _weights(
    shape: tuple[int, ...], size: tuple[int, ...], mode: str, nearest: bool, dtype: Any
) -> list[list[tuple[int, int, int, int, int, float]]]:
    """For each picture (i, j, row, column, inside, weight) of all that outputs are made of."""
    pictures = []
    for t in _TRANSFORMS[: shape[0]].astype(dtype).astype(np.float64):
        terms = []
        for i in range(size[0]):
            for j in range(size[1]):
                k = t[6] * j + (t[7] * i + 1)
                place = ((t[3] * j + (t[4] * i + t[5])) / k, (t[0] * j + (t[1] * i + t[2])) / k)
                low = np.floor([p + 0.5 if nearest else p for p in place])
                q, p = (0.0, 0.0) if nearest else place - low
                for down, right in ((0, 0),) if nearest else np.ndindex(2, 2):
                    row = _fixed(mode, int(low[0]) + down, shape[1])
                    column = _fixed(mode, int(low[1]) + right, shape[2])
                    weight = (q if down else 1 - q) * (p if right else 1 - p)
                    terms.append((i, j, row, column, int(row >= 0 and column >= 0), weight))
        pictures.append(terms)
    return pictures


def _forward(x: Array, mode: str, nearest: bool, fill: float, magnitude: bool = False) -> Array:
    out = np.zeros(x.shape)
    for sample, terms in enumerate(_weights(x.shape, x.shape[1:3], mode, nearest, np.float32)):
        for i, j, row, column, inside, weight in terms:
            value = x[sample, row, column] if inside else fill
            out[sample, i, j] += abs(weight * value) if magnitude else weight * value
    return out


def _backward(dy: Array, height: int, width: int, mode: str, nearest: bool) -> Array:
    dx = np.zeros((dy.shape[0], height, width, dy.shape[3]))
    shape = dx.shape
    for sample, terms in enumerate(_weights(shape, dy.shape[1:3], mode, nearest, np.float32)):
        for i, j, row, column, inside, weight in terms:
            if inside:
                dx[sample, row, column] += weight * dy[sample, i, j]
    return dx


def _call(x: Any, mode: str, nearest: bool, fill: float) -> Any:
    from mark1.ops.image import affine_transform

    # Of float32 for both dtypes, so that places are the same.
    transform = _TRANSFORMS[: x.shape[0]].astype(np.float32).astype(x.dtype)
    return affine_transform(x, transform, "nearest" if nearest else "bilinear", mode, fill)


def _call_gradient(dy: Any, height: int, width: int, mode: str, nearest: bool) -> Any:
    from mark1.ops import affine_transform as module
    from mark1.ops import convert_to_tensor

    transform = _TRANSFORMS[: dy.shape[0]].astype(np.float32).astype(dy.dtype)
    number = _MODES.index(mode)
    return module._gradient(
        convert_to_tensor(dy), convert_to_tensor(transform), (height, width), number, nearest
    )


def _case(shape: tuple[int, ...], mode: str, nearest: bool = False, fill: float = 0.0) -> Case:
    return Case(
        op="affine_transform",
        function="affine_transform",
        define=_forward,
        inputs=(Input(shape),),
        attributes={"mode": mode, "nearest": nearest, "fill": fill},
        call=_call,
        name=f"{mode}{'-nearest' if nearest else ''}",
        length=4,
        # Weights are what places differ by from whole numbers, and places are rounded.
        ulps=16 + 2 * max(shape[1:3]),
        scale=lambda x, mode, nearest, fill: _around(x) + abs(fill),
        ranges=("normal", "zeros", "ties", "large"),
        bytes=8.0 * float(np.prod(shape)),
    )


def _around(x: Array) -> Array:
    return np.broadcast_to(abs(x).max(initial=0.0, axis=(1, 2), keepdims=True), x.shape)


def _gradient(shape: tuple[int, ...], size: tuple[int, int], mode: str, nearest: bool) -> Case:
    return Case(
        op="affine_transform",
        function="affine_transform_gradient",
        define=_backward,
        inputs=(Input(shape),),
        attributes={"height": size[0], "width": size[1], "mode": mode, "nearest": nearest},
        call=_call_gradient,
        name=f"gradient-{mode}{'-nearest' if nearest else ''}",
        length=shape[1] * shape[2],
        ulps=16 + 2 * max(size),
        scale=lambda dy, height, width, mode, nearest: np.broadcast_to(
            abs(dy).sum(axis=(1, 2), keepdims=True), (dy.shape[0], height, width, dy.shape[3])
        ),
        ranges=("normal", "zeros", "ties", "large"),
    )


CASES = [
    *(_case((3, 5, 7, 3), mode) for mode in _MODES),
    *(_case((2, 6, 4, 1), mode, nearest=True) for mode in _MODES),
    _case((3, 5, 4, 2), "constant", fill=1.5),
    _case((2, 4, 3, 19), "reflect"),
    _case((2, 4, 3, 19), "constant", fill=-2.0),
    _case((1, 1, 1, 3), "mirror"),
    _case((3, 9, 131, 1), "wrap"),
    _case((0, 4, 4, 3), "wrap"),
    *(_gradient((2, 5, 4, 3), (6, 3), mode, False) for mode in _MODES),
    _gradient((2, 5, 4, 1), (3, 7), "reflect", True),
    _gradient((1, 9, 70, 2), (9, 70), "constant", False),
]

BENCHMARKS = [_case((2, 224, 224, 3), "reflect"), _case((3, 28, 28, 1), "constant")]
