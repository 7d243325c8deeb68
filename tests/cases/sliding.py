"""correlate, unfold and fold: odd and even sizes, with strides, dilation and padding."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.cases.base import Array, Case, composed


def _patches(x: Array, kernel: tuple[int, int], dilation: int, padding: int, stride: int) -> Array:
    """The pixels' numbers in each patch: what unfold would make of a picture of numbers."""
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    rows = range(0, x.shape[2] - dilation * (kernel[0] - 1), stride)
    columns = range(0, x.shape[3] - dilation * (kernel[1] - 1), stride)
    taps = [(i * dilation, j * dilation) for i in range(kernel[0]) for j in range(kernel[1])]
    parts = [[x[:, :, r + i, c + j] for r in rows for c in columns] for i, j in taps]
    y = np.moveaxis(np.array(parts), (0, 1, 2, 3), (2, 3, 0, 1))
    return y.reshape(y.shape[0], -1, y.shape[3])


def _folded(x: Array, size: tuple[int, int], *form: Any) -> Array:
    """By the matrix of unfold, transposed."""
    n = size[0] * size[1]
    unfolded = np.stack([_patches(p.reshape(1, 1, *size), *form).ravel() for p in np.eye(n)])
    channels = unfolded.shape[1] // x.shape[2]
    y = x.reshape(x.shape[0], -1, channels * x.shape[2]) @ unfolded.T
    return y.reshape(x.shape[0], -1, *size)


def _correlate(n: int, m: int, mode: str) -> Case:
    return composed(
        "sliding", "correlate", np.correlate, (n,), (m,), attributes={"mode": mode},
        ranges=("normal", "ties"), length=min(n, m),
        scale=lambda x1, x2, mode: np.correlate(np.abs(x1), np.abs(x2), mode),
    )  # fmt: skip


def _unfold(shape: tuple[int, ...], *form: Any) -> Case:
    return composed(
        "sliding", "unfold", lambda x: _patches(x, *form), shape,
        name="-".join(map(str, form)).replace(", ", "x"),
        call=lambda x: __import__("mark1").ops.unfold(x, *form),
    )  # fmt: skip


def _fold(shape: tuple[int, ...], size: tuple[int, int], *form: Any) -> Case:
    return composed(
        "sliding", "fold", lambda x: _folded(x, size, *form), shape,
        ranges=("normal", "ties"), length=6, name="-".join(map(str, form)).replace(", ", "x"),
        call=lambda x: __import__("mark1").ops.fold(x, size, *form),
        scale=lambda x: _folded(np.abs(x), size, *form),
    )  # fmt: skip


CASES = [
    *[_correlate(7, 3, mode) for mode in ("valid", "same", "full")],
    *[_correlate(2, 5, mode) for mode in ("valid", "same", "full")],
    _correlate(4, 4, "same"),
    _unfold((2, 3, 4, 5), (2, 3), 1, 0, 1),
    _unfold((1, 2, 5, 4), (3, 2), 2, 1, 2),
    _fold((2, 12, 9), (4, 4), (2, 2), 1, 0, 1),
    _fold((1, 12, 4), (5, 4), (3, 2), 2, 1, 2),
]
