"""Rows of benchmarks.cuda about order: what is sorted, and what is added up where indices say."""

from __future__ import annotations

import numpy as np

from benchmarks.cuda_row import Row
from mark1 import _core, ops


def _normal(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).normal(size=shape).astype("float32")


def order_rows(smoke: bool) -> list[Row]:
    """What is measured. Bytes are those of operands and results alone."""
    return [*_in_order(smoke), *_by_index(smoke), *_running(smoke)]


def _in_order(smoke: bool) -> list[Row]:
    """Long rows."""
    x = _normal(5000) if smoke else _normal(1 << 24)
    scores = _normal(2, 4100) if smoke else _normal(64, 50_000)
    return [
        Row("sort", (x,), ops.sort, lambda t, a: t.sort(a)[0], bytes=2 * x.nbytes),
        Row(
            "argsort",
            (x,),
            ops.argsort,
            lambda t, a: t.argsort(a, stable=True),
            bytes=2 * x.nbytes,
        ),
        Row(
            "top_k of rows of 50,000",
            (scores,),
            lambda a: ops.top_k(a, 50)[0],
            lambda t, a: t.topk(a, 50)[0],
            bytes=scores.nbytes,
        ),
    ]


def _by_index(smoke: bool) -> list[Row]:
    """The gradient of an embedding of words as frequent as in a text; of one word."""
    count, words, size = (3000, 70, 9) if smoke else (1 << 16, 30_000, 256)
    found = []
    for name, exponent in (("words", 1.2), ("the same word", 20.0)):
        indices = np.random.default_rng(1).zipf(exponent, count) - 1
        indices, dy = np.minimum(indices, words - 1).astype("int32"), _normal(count, size)
        found.append(
            Row(
                f"gradient of an embedding of {name}",
                (dy, indices),
                lambda a, i: _core.scatter_add(a, i, words),
                lambda t, a, i: t.zeros((words, size), device=a.device).index_add_(0, i, a),
                bytes=dy.nbytes + indices.nbytes + 4 * words * size,
            )
        )
    return found


def _running(smoke: bool) -> list[Row]:
    found = []
    one, many = ((5000,), (40, 300)) if smoke else ((1 << 24,), (16384, 4096))
    for shape, axis in ((one, 0), (many, 0), (many, 1)):
        x = np.abs(_normal(*shape))
        name = f"running sums of {' x '.join(map(str, shape))}, axis {axis}"
        found.append(
            Row(
                name,
                (x,),
                lambda a, axis=axis: ops.cumsum(a, axis),
                lambda t, a, axis=axis: a.cumsum(axis),
                bytes=2 * x.nbytes,
            )
        )
    return found
