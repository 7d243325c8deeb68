"""glu, sparse_plus, sparse_sigmoid and sparsemax, along several axes."""

from __future__ import annotations

import numpy as np

from tests.cases.base import Array, composed


def _glu(x: Array, axis: int) -> Array:
    a, b = np.split(x, 2, axis)
    return a / (1 + np.exp(-b))


def _sparse_plus(x: Array) -> Array:
    return np.where(x <= -1, 0 * x, np.where(x >= 1, x, (x + 1) ** 2 / 4))


def _sparsemax(x: Array, axis: int) -> Array:
    """By trying every number of components: the greatest that leaves all of them positive."""
    rows = np.moveaxis(x, axis, -1)
    down = -np.sort(-rows, -1)
    ranks = np.arange(1, rows.shape[-1] + 1)
    totals = np.cumsum(down, -1)
    k = (1 + ranks * down > totals).sum(-1, keepdims=True)
    t = (np.take_along_axis(totals, k - 1, -1) - 1) / k
    return np.moveaxis(np.maximum(rows - t, 0), -1, axis)


def _edges(x: Array, axis: int) -> Array:
    """How near a component is to reaching 0: where it does, the slope jumps."""
    rows = np.moveaxis(x, axis, -1)
    y = _sparsemax(rows, -1)
    t = np.max(np.where(y > 0, rows - y, -np.inf), -1, keepdims=True)
    return rows - t


CASES = [
    *[composed("sparse", "glu", _glu, shape, ranges=("normal", "zeros"), attributes={"axis": axis},
               ulps=4) for shape, axis in (((3, 8), -1), ((4, 3), 0))],
    composed("sparse", "sparse_plus", _sparse_plus, (33,), ranges=("normal", "ties"), ulps=2,
             kinks=(-1, 1)),
    composed("sparse", "sparse_sigmoid", lambda x: (np.clip(x, -1, 1) + 1) / 2, (33,), ulps=1,
             ranges=("normal", "ties"), kinks=(-1, 1)),
    *[composed("sparse", "sparsemax", _sparsemax, shape, ranges=("normal", "ties"),
               attributes={"axis": axis}, length=shape[axis], ulps=3, kinks=_edges,
               scale=lambda x, axis: np.abs(x).max(axis, keepdims=True) + 1)
      for shape, axis in (((4, 5), -1), ((5, 4), 0), ((2, 1), -1))],
]  # fmt: skip
