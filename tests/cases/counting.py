"""How often numbers occur: in rows, weighted, in intervals that are given or found."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.cases.base import Array, Case, Input, composed


def _bincount(x: Array, weights: Array | None = None, minlength: int = 0) -> Array:
    length = max(minlength, 1 + x.max(initial=-1))
    w = np.ones(x.shape, np.int32) if weights is None else weights
    if x.ndim == 1:
        return np.bincount(x, w, length).astype(w.dtype)
    pairs = zip(x, w, strict=True)
    return np.stack([np.bincount(row, part, length) for row, part in pairs]).astype(w.dtype)


def _histogram(x: Array, bins: int = 10, range: Any = None) -> tuple[Array, Array]:
    counts, bounds = np.histogram(x, bins, range)
    return counts, bounds


def _multi_hot(x: Array, num_classes: int) -> Array:
    return (x[..., :, None] == np.arange(num_classes)).any(-2).astype(float)


def _case(function: str, define: Any, *inputs: Any, **attributes: Any) -> Case:
    return composed("counting", function, define, *inputs, attributes=attributes,
                    ranges=("normal", "ties"), differentiable=(), length=9,
                    scale=(lambda *_, **__: (np.zeros(()), np.full((), 5.0)))
                    if function == "histogram" else None,
                    dtypes=("float32",) if function == "multi_hot" else ("float64", "float32")
                    if inputs[0].dtype != "float" else ("float64",))  # fmt: skip


_NUMBERS = Input((9,), "labels:5", "int32")

CASES = [
    _case("bincount", _bincount, _NUMBERS),
    _case("bincount", _bincount, _NUMBERS, minlength=8),
    _case("bincount", _bincount, Input((3, 4), "labels:5", "int64")),
    _case("bincount", _bincount, _NUMBERS, Input((9,), "positive")),
    _case("bincount", _bincount, Input((2, 4), "labels:3", "int32"), Input((2, 4), "positive")),
    _case("bincount", _bincount, Input((0,), "labels:5", "int32"), minlength=2),
    _case("histogram", _histogram, Input((4, 30))),
    _case("histogram", _histogram, Input((40,)), bins=5, range=(-1.0, 1.5)),
    _case("histogram", _histogram, Input((3,), "constant:2"), bins=4),
    _case("histogram", _histogram, Input((0,)), bins=3),
    _case("multi_hot", _multi_hot, Input((6,), "labels:9", "int32"), num_classes=8),
    _case("multi_hot", _multi_hot, Input((3, 2), "labels:4", "int32"), num_classes=4),
]
