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
HOLES = np.where(M > 1, np.nan, np.where(M < -1, np.inf, M)).astype("float32")
IMAGE = _rng.standard_normal((1, 4, 6, 8)).astype("float32")
PLACES = np.array([[0, 1], [2, 3], [1, 1], [0, 1]], "int32")
IDS = np.array([0, 2, 1, 2], "int32")

CALLS: dict[str, list[Callable[[Any], Any]]] = {
    "absolute": [lambda o: o.absolute(V)],
    "allclose": [lambda o: o.allclose(M, M + 1e-7), lambda o: o.allclose(M, N)],
    "amax": [lambda o: o.amax(M, axis=1)],
    "amin": [lambda o: o.amin(M, axis=0, keepdims=True)],
    "append": [lambda o: o.append(M, V), lambda o: o.append(M, N, axis=1)],
    "arange": [lambda o: o.arange(5), lambda o: o.arange(1.0, 4.0, 0.7)],
    "arccosh": [lambda o: o.arccosh(1 + P)],
    "arcsinh": [lambda o: o.arcsinh(10 * V)],
    "arctanh": [lambda o: o.arctanh(V / 4)],
    "argpartition": [lambda o: o.sort(o.argpartition(V, 2)[:2])],
    "array": [lambda o: o.array([[1, 2]]), lambda o: o.array(V, "float32")],
    "array_split": [lambda o: o.array_split(V, 3)],
    "bartlett": [lambda o: o.bartlett(6)],
    "blackman": [lambda o: o.blackman(7)],
    "cbrt": [lambda o: o.cbrt(V)],
    "copy": [lambda o: o.copy(V)],
    "cosh": [lambda o: o.cosh(V)],
    "cross": [lambda o: o.cross(T[:, :, :3], T[:, :, 1:]), lambda o: o.cross(V[:2], W[:2])],
    "deg2rad": [lambda o: o.deg2rad(100 * V)],
    "depth_to_space": [lambda o: o.depth_to_space(IMAGE, 2)],
    "diag": [lambda o: o.diag(V, k=1), lambda o: o.diag(M, k=-1)],
    "diagflat": [lambda o: o.diagflat(M, k=2)],
    "diagonal": [lambda o: o.diagonal(M), lambda o: o.diagonal(T, 1, 2, 0)],
    "digitize": [lambda o: o.digitize(V, np.array([-1.0, 0.0, 1.0], "float32"))],
    "divide_no_nan": [lambda o: o.divide_no_nan(V, np.round(W))],
    "dot": [lambda o: o.dot(V, W), lambda o: o.dot(M, N.T), lambda o: o.dot(T, V[:4])],
    "dsplit": [lambda o: o.dsplit(T, 2)],
    "dstack": [lambda o: o.dstack([V, W]), lambda o: o.dstack([M, N])],
    "dtype": [lambda o: o.dtype(o.convert_to_tensor(V)) == "float32"],
    "empty": [lambda o: o.shape(o.empty((2, 3)))],
    "empty_like": [lambda o: o.shape(o.empty_like(M))],
    "exp2": [lambda o: o.exp2(V)],
    "extract_sequences": [lambda o: o.extract_sequences(M, 3, 2)],
    "eye": [lambda o: o.eye(3), lambda o: o.eye(3, 4, 1)],
    "fabs": [lambda o: o.fabs(V)],
    "fliplr": [lambda o: o.fliplr(M)],
    "flipud": [lambda o: o.flipud(M)],
    "fmax": [lambda o: o.fmax(HOLES, N)],
    "fmin": [lambda o: o.fmin(N, HOLES)],
    "fmod": [lambda o: o.fmod(5 * M, P)],
    "geomspace": [lambda o: o.geomspace(1, 100, 5)],
    "get_item": [lambda o: o.get_item(o.convert_to_tensor(M), 1)],
    "glu": [lambda o: o.glu(T), lambda o: o.glu(M, axis=0)],
    "hamming": [lambda o: o.hamming(6)],
    "hanning": [lambda o: o.hanning(6)],
    "hard_swish": [lambda o: o.hard_swish(3 * V)],
    "heaviside": [lambda o: o.heaviside(np.round(V), np.float32(0.5))],
    "hsplit": [lambda o: o.hsplit(T, 3)],
    "hstack": [lambda o: o.hstack([V, W]), lambda o: o.hstack([M, N])],
    "hypot": [lambda o: o.hypot(M, N)],
    "identity": [lambda o: o.identity(3)],
    "in_top_k": [lambda o: o.in_top_k(np.array([0, 1, 4, 2]), M, 2)],
    "inner": [lambda o: o.inner(M, N), lambda o: o.inner(V, W)],
    "is_tensor": [lambda o: o.is_tensor(V), lambda o: o.is_tensor(o.ones(2))],
    "isclose": [lambda o: o.isclose(M, M + 1e-5), lambda o: o.isclose(V, W, rtol=0.5)],
    "isin": [lambda o: o.isin(K, np.array([1, 5]))],
    "isneginf": [lambda o: o.isneginf(HOLES)],
    "isposinf": [lambda o: o.isposinf(HOLES)],
    "kron": [lambda o: o.kron(M[:2], N[:2, :3])],
    "linspace": [
        lambda o: o.linspace(0, 3, 7),
        lambda o: o.linspace(V, W, 4, endpoint=False, axis=-1),
    ],
    "log10": [lambda o: o.log10(P)],
    "log2": [lambda o: o.log2(P)],
    "logaddexp": [lambda o: o.logaddexp(M, 30 * N)],
    "logaddexp2": [lambda o: o.logaddexp2(M, 30 * N)],
    "logspace": [lambda o: o.logspace(0, 2, 5), lambda o: o.logspace(0, 2, 5, base=3)],
    "meshgrid": [lambda o: o.meshgrid(V, W), lambda o: o.meshgrid(V, W, V, indexing="ij")],
    "nan_to_num": [lambda o: o.nan_to_num(HOLES), lambda o: o.nan_to_num(HOLES, 1, 2, 3)],
    "ndim": [lambda o: o.ndim(M)],
    "outer": [lambda o: o.outer(V, M)],
    "rad2deg": [lambda o: o.rad2deg(V)],
    "ravel": [lambda o: o.ravel(M)],
    "rot90": [lambda o: o.rot90(M), lambda o: o.rot90(T, 3, (2, 0))],
    "saturate_cast": [lambda o: o.saturate_cast(300 * V, "uint8")],
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
    "select": [lambda o: o.select([V > 1, V < 0], [V, W], 3.0)],
    "signbit": [lambda o: o.signbit(V)],
    "sinc": [lambda o: o.sinc(V)],
    "sinh": [lambda o: o.sinh(V)],
    "size": [lambda o: o.size(M)],
    "slice_update": [lambda o: o.slice_update(M, (1, 2), N[:2, :2])],
    "space_to_depth": [lambda o: o.space_to_depth(IMAGE, 2)],
    "sparse_plus": [lambda o: o.sparse_plus(2 * V)],
    "sparse_sigmoid": [lambda o: o.sparse_sigmoid(2 * V)],
    "swish": [lambda o: o.swish(V)],
    "tensordot": [lambda o: o.tensordot(T, N[:3, :4], 2), lambda o: o.tensordot(M, N, ([0], [0]))],
    "trace": [lambda o: o.trace(M), lambda o: o.trace(T, 1, 2, 0)],
    "tri": [lambda o: o.tri(3), lambda o: o.tri(3, 4, -1)],
    "tril": [lambda o: o.tril(M, 1), lambda o: o.tril(T)],
    "triu": [lambda o: o.triu(M, 1), lambda o: o.triu(T)],
    "true_divide": [lambda o: o.true_divide(M, P)],
    "trunc": [lambda o: o.trunc(3 * V)],
    "unravel_index": [lambda o: o.unravel_index(K, (2, 3))],
    "unstack": [lambda o: o.unstack(M), lambda o: o.unstack(T, axis=1)],
    "vander": [lambda o: o.vander(V, 3), lambda o: o.vander(V, increasing=True)],
    "vdot": [lambda o: o.vdot(V, W)],
    "vsplit": [lambda o: o.vsplit(M, 2)],
    "vstack": [lambda o: o.vstack([M, N])],
}
