"""Pictures whose corners are moved."""

from __future__ import annotations

from typing import Any

import numpy as np

import mark1
from tests.cases.base import Array, Case, composed

START = [[0.3, 0.2], [4.5, -0.4], [0.1, 3.6], [4.2, 3.9]]
END = [[0.0, 0.0], [4.0, 0.3], [-0.6, 4.0], [3.1, 3.3]]


def _solved(start: Any, end: Any) -> Array:
    """The map as Keras has it: the solution of eight equations."""
    rows, values = [], []
    for (u, v), (x, y) in zip(start, end, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return np.linalg.solve(np.array(rows), np.array(values))


def _define(x: Array, fill_value: float, data_format: str = "channels_last") -> Array:
    if data_format == "channels_first":
        return np.moveaxis(_define(np.moveaxis(x, 1, -1), fill_value), -1, 1)
    a0, a1, a2, b0, b1, b2, c0, c1 = _solved(START, END)
    y = np.empty_like(x)
    wide = np.pad(x, [(0, 0), (1, 2), (1, 2), (0, 0)], constant_values=fill_value)
    for i, j in np.ndindex(*x.shape[1:3]):
        k = c0 * j + c1 * i + 1
        column = np.clip((a0 * j + a1 * i + a2) / k, -1, x.shape[2]) + 1
        row = np.clip((b0 * j + b1 * i + b2) / k, -1, x.shape[1]) + 1
        r, c = int(row), int(column)
        q, p = row - r, column - c
        top = (1 - p) * wide[:, r, c] + p * wide[:, r, c + 1]
        y[:, i, j] = (1 - q) * top + q * ((1 - p) * wide[:, r + 1, c] + p * wide[:, r + 1, c + 1])
    return y


def _case(shape: tuple[int, ...], **attributes: Any) -> Case:
    return composed(
        "perspective",
        "perspective_transform",
        _define,
        shape,
        ranges=("normal",),
        attributes=attributes,
        call=lambda x, **a: mark1.ops.image.perspective_transform(x, START, END, **a),
        # The places are rounded to the pictures' precision, and neighbours differ by anything.
        ulps=64,
        scale=lambda x, **_: np.full((), 2 + 2 * np.abs(x).max(initial=0)),
    )


CASES = [
    _case((2, 5, 6, 3), fill_value=0.5),
    _case((2, 3, 5, 5), fill_value=0.0, data_format="channels_first"),
]
