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
IMAGE = _rng.standard_normal((1, 4, 6, 8)).astype("float32")
PLACES = np.array([[0, 1], [2, 3], [1, 1], [0, 1]], "int32")
IDS = np.array([0, 2, 1, 2], "int32")

CALLS: dict[str, list[Callable[[Any], Any]]] = {
    "absolute": [lambda o: o.absolute(V)],
    "amax": [lambda o: o.amax(M, axis=1)],
    "amin": [lambda o: o.amin(M, axis=0, keepdims=True)],
    "append": [lambda o: o.append(M, V), lambda o: o.append(M, N, axis=1)],
    "arange": [lambda o: o.arange(5), lambda o: o.arange(1.0, 4.0, 0.7)],
    "argpartition": [lambda o: o.sort(o.argpartition(V, 2)[:2])],
    "array": [lambda o: o.array([[1, 2]]), lambda o: o.array(V, "float32")],
    "array_split": [lambda o: o.array_split(V, 3)],
    "bartlett": [lambda o: o.bartlett(6)],
    "blackman": [lambda o: o.blackman(7)],
    "copy": [lambda o: o.copy(V)],
    "cross": [lambda o: o.cross(T[:, :, :3], T[:, :, 1:]), lambda o: o.cross(V[:2], W[:2])],
    "depth_to_space": [lambda o: o.depth_to_space(IMAGE, 2)],
    "diag": [lambda o: o.diag(V, k=1), lambda o: o.diag(M, k=-1)],
    "diagflat": [lambda o: o.diagflat(M, k=2)],
    "diagonal": [lambda o: o.diagonal(M), lambda o: o.diagonal(T, 1, 2, 0)],
    "digitize": [lambda o: o.digitize(V, np.array([-1.0, 0.0, 1.0], "float32"))],
    "dot": [lambda o: o.dot(V, W), lambda o: o.dot(M, N.T), lambda o: o.dot(T, V[:4])],
    "dsplit": [lambda o: o.dsplit(T, 2)],
    "dstack": [lambda o: o.dstack([V, W]), lambda o: o.dstack([M, N])],
    "dtype": [lambda o: o.dtype(o.convert_to_tensor(V)) == "float32"],
    "empty": [lambda o: o.shape(o.empty((2, 3)))],
    "empty_like": [lambda o: o.shape(o.empty_like(M))],
    "extract_sequences": [lambda o: o.extract_sequences(M, 3, 2)],
    "eye": [lambda o: o.eye(3), lambda o: o.eye(3, 4, 1)],
    "fliplr": [lambda o: o.fliplr(M)],
    "flipud": [lambda o: o.flipud(M)],
    "geomspace": [lambda o: o.geomspace(1, 100, 5)],
    "get_item": [lambda o: o.get_item(o.convert_to_tensor(M), 1)],
    "hamming": [lambda o: o.hamming(6)],
    "hanning": [lambda o: o.hanning(6)],
    "hard_swish": [lambda o: o.hard_swish(3 * V)],
    "hsplit": [lambda o: o.hsplit(T, 3)],
    "hstack": [lambda o: o.hstack([V, W]), lambda o: o.hstack([M, N])],
    "identity": [lambda o: o.identity(3)],
    "in_top_k": [lambda o: o.in_top_k(np.array([0, 1, 4, 2]), M, 2)],
    "inner": [lambda o: o.inner(M, N), lambda o: o.inner(V, W)],
    "is_tensor": [lambda o: o.is_tensor(V), lambda o: o.is_tensor(o.ones(2))],
    "isin": [lambda o: o.isin(K, np.array([1, 5]))],
    "kron": [lambda o: o.kron(M[:2], N[:2, :3])],
    "linspace": [
        lambda o: o.linspace(0, 3, 7),
        lambda o: o.linspace(V, W, 4, endpoint=False, axis=-1),
    ],
    "logspace": [lambda o: o.logspace(0, 2, 5), lambda o: o.logspace(0, 2, 5, base=3)],
    "meshgrid": [lambda o: o.meshgrid(V, W), lambda o: o.meshgrid(V, W, V, indexing="ij")],
    "ndim": [lambda o: o.ndim(M)],
    "outer": [lambda o: o.outer(V, M)],
    "ravel": [lambda o: o.ravel(M)],
    "rot90": [lambda o: o.rot90(M), lambda o: o.rot90(T, 3, (2, 0))],
    "scatter": [lambda o: o.scatter(PLACES, V[:4], (3, 4))],
    "scatter_update": [
        lambda o: o.scatter_update(N, PLACES[:3], V[:3]),
        lambda o: o.scatter_update(N, PLACES, V[:4], reduction="add"),
        lambda o: o.scatter_update(N, PLACES, V[:4], reduction="max"),
    ],
    "searchsorted": [
        lambda o: o.searchsorted(np.sort(V), W),
        lambda o: o.searchsorted(np.sort(K), np.array([2, 3], "int32"), side="right"),
    ],
    "segment_max": [lambda o: o.segment_max(P, IDS, 3)],
    "segment_min": [lambda o: o.segment_min(P, IDS, 3)],
    "segment_prod": [lambda o: o.segment_prod(P, IDS, 3)],
    "segment_sum": [lambda o: o.segment_sum(P, IDS, 4), lambda o: o.segment_sum(K[:4], IDS, 3)],
    "size": [lambda o: o.size(M)],
    "slice_update": [lambda o: o.slice_update(M, (1, 2), N[:2, :2])],
    "space_to_depth": [lambda o: o.space_to_depth(IMAGE, 2)],
    "swish": [lambda o: o.swish(V)],
    "tensordot": [lambda o: o.tensordot(T, N[:3, :4], 2), lambda o: o.tensordot(M, N, ([0], [0]))],
    "trace": [lambda o: o.trace(M), lambda o: o.trace(T, 1, 2, 0)],
    "tri": [lambda o: o.tri(3), lambda o: o.tri(3, 4, -1)],
    "tril": [lambda o: o.tril(M, 1), lambda o: o.tril(T)],
    "triu": [lambda o: o.triu(M, 1), lambda o: o.triu(T)],
    "true_divide": [lambda o: o.true_divide(M, P)],
    "unravel_index": [lambda o: o.unravel_index(K, (2, 3))],
    "unstack": [lambda o: o.unstack(M), lambda o: o.unstack(T, axis=1)],
    "vander": [lambda o: o.vander(V, 3), lambda o: o.vander(V, increasing=True)],
    "vdot": [lambda o: o.vdot(V, W)],
    "vsplit": [lambda o: o.vsplit(M, 2)],
    "vstack": [lambda o: o.vstack([M, N])],
}
