"""What is called on mark1.ops and on keras.ops, by the name of the function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

_rng = np.random.default_rng(5)
V = _rng.standard_normal(7).astype("float32")
W = _rng.standard_normal(7).astype("float32")
M = _rng.standard_normal((4, 5)).astype("float32")
N = _rng.standard_normal((4, 5)).astype("float32")
T = _rng.standard_normal((2, 3, 4)).astype("float32")
P = _rng.uniform(0.1, 3, (4, 5)).astype("float32")
K = _rng.integers(0, 6, 9).astype("int32")

CALLS: dict[str, list[Callable[[Any], Any]]] = {
    "absolute": [lambda o: o.absolute(V)],
    "amax": [lambda o: o.amax(M, axis=1)],
    "amin": [lambda o: o.amin(M, axis=0, keepdims=True)],
    "arange": [lambda o: o.arange(5), lambda o: o.arange(1.0, 4.0, 0.7)],
    "array": [lambda o: o.array([[1, 2]]), lambda o: o.array(V, "float32")],
    "bartlett": [lambda o: o.bartlett(6)],
    "blackman": [lambda o: o.blackman(7)],
    "copy": [lambda o: o.copy(V)],
    "diag": [lambda o: o.diag(V, k=1), lambda o: o.diag(M, k=-1)],
    "diagflat": [lambda o: o.diagflat(M, k=2)],
    "diagonal": [lambda o: o.diagonal(M), lambda o: o.diagonal(T, 1, 2, 0)],
    "dtype": [lambda o: o.dtype(o.convert_to_tensor(V)) == "float32"],
    "empty": [lambda o: o.shape(o.empty((2, 3)))],
    "empty_like": [lambda o: o.shape(o.empty_like(M))],
    "eye": [lambda o: o.eye(3), lambda o: o.eye(3, 4, 1)],
    "geomspace": [lambda o: o.geomspace(1, 100, 5)],
    "get_item": [lambda o: o.get_item(o.convert_to_tensor(M), 1)],
    "hamming": [lambda o: o.hamming(6)],
    "hanning": [lambda o: o.hanning(6)],
    "hard_swish": [lambda o: o.hard_swish(3 * V)],
    "identity": [lambda o: o.identity(3)],
    "is_tensor": [lambda o: o.is_tensor(V), lambda o: o.is_tensor(o.ones(2))],
    "linspace": [
        lambda o: o.linspace(0, 3, 7),
        lambda o: o.linspace(V, W, 4, endpoint=False, axis=-1),
    ],
    "logspace": [lambda o: o.logspace(0, 2, 5), lambda o: o.logspace(0, 2, 5, base=3)],
    "meshgrid": [lambda o: o.meshgrid(V, W), lambda o: o.meshgrid(V, W, V, indexing="ij")],
    "ndim": [lambda o: o.ndim(M)],
    "ravel": [lambda o: o.ravel(M)],
    "size": [lambda o: o.size(M)],
    "swish": [lambda o: o.swish(V)],
    "trace": [lambda o: o.trace(M), lambda o: o.trace(T, 1, 2, 0)],
    "tri": [lambda o: o.tri(3), lambda o: o.tri(3, 4, -1)],
    "tril": [lambda o: o.tril(M, 1), lambda o: o.tril(T)],
    "triu": [lambda o: o.triu(M, 1), lambda o: o.triu(T)],
    "true_divide": [lambda o: o.true_divide(M, P)],
    "vander": [lambda o: o.vander(V, 3), lambda o: o.vander(V, increasing=True)],
}
