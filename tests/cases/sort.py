"""sort, argsort, top_k: the order is stable, NaN are the greatest."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tests.cases.base import Array, Case, Input


def _top_k(x: Array, k: int) -> tuple[Array, Array]:
    # NumPy has no stable descending order; NaN lead, equals keep theirs.
    key = np.where(np.isnan(x), -np.inf, -x)
    order = np.lexsort((np.broadcast_to(np.arange(x.shape[-1]), x.shape), key, ~np.isnan(x)))
    order = order[..., :k]
    return np.take_along_axis(x, order, -1), order


def _gaps(x: Array, **_: Any) -> Array:
    """Distances of neighbours in order: zero where two elements change places."""
    flat = np.sort(x.reshape(-1))
    return np.diff(flat) if flat.size > 1 else np.ones(1)


def _case(function: str, shape: tuple[int, ...], dtype: str = "float", **attributes: Any) -> Case:
    define = {
        "sort": lambda x, axis=-1: np.sort(x, axis, kind="stable"),
        "argsort": lambda x, axis=-1: np.argsort(x, axis, kind="stable"),
        "top_k": _top_k,
    }[function]
    size = math.prod(shape)
    numpy_calls: dict[str, Any] = {
        "sort": lambda x, axis=-1, out=None: np.copyto(out, np.sort(x, axis)),
        "argsort": lambda x, axis=-1, out=None: np.copyto(out, np.argsort(x, axis)),
        "top_k": None,
    }
    return Case(
        op="sort",
        function=function,
        name="-".join([*(f"{k}{v}" for k, v in attributes.items()), dtype]),
        define=define,
        inputs=(Input(shape, dtype=dtype),),
        attributes=attributes,
        # Many elements are never far enough apart for differences.
        differentiable=() if function != "sort" or dtype != "float" or size > 50 else None,
        kinks=_gaps,
        bytes=8.0 * size,
        numpy_call=numpy_calls[function],
    )


CASES = [
    *(_case("argsort", (3, n)) for n in (1, 2, 7, 48, 49, 131, 1031)),
    # Scratch memory and output are of different size classes: the search for stray writes looks at
    # blocks that held nothing else.
    _case("argsort", (9, 7), axis=0),
    _case("argsort", (3, 4, 5), axis=1),
    _case("argsort", (5, 7), axis=None),
    _case("argsort", (0, 7)),
    _case("argsort", (7, 0)),
    _case("argsort", (131,), "int32"),
    _case("argsort", (131,), "int64"),
    _case("argsort", (131,), "uint8"),
    _case("argsort", (131,), "bool"),
    _case("argsort", (5, 7), "int64"),
    _case("sort", (4, 5)),
    _case("sort", (9, 3), axis=0),
    _case("sort", (3, 4), axis=None),
    _case("sort", (2, 300)),
    _case("sort", (2, 300), "int64"),
    # Rows side by side, in whole vectors and not; long rows one by one.
    *(_case("sort", (rows, n)) for rows, n in ((17, 1), (16, 16), (33, 17), (40, 31), (7, 256))),
    *(_case("sort", (rows, n)) for rows, n in ((19, 250), (16, 1500), (3, 1024), (2, 1025))),
    *(_case("sort", (2, n)) for n in (8192, 8193)),
    *(_case("sort", (37, n), dtype) for n in (9, 65) for dtype in ("int32", "int64", "uint8")),
    _case("sort", (1, 9000), "int32"),
    _case("sort", (19, 21), "bool"),
    _case("sort", (3, 23, 5), axis=1),
    _case("top_k", (9,), k=3),
    _case("top_k", (4, 7), k=7),
    _case("top_k", (4, 7), k=0),
    _case("top_k", (3, 131), k=1),
    _case("top_k", (3, 131), k=16),
    _case("top_k", (3, 131), k=17),
    _case("top_k", (2, 3, 60), k=5),
]

# Places have no gradient: the values of top_k alone.
CASES += [
    Case(
        op="sort",
        function="top_k",
        name=f"values-k{k}",
        define=lambda x, k: _top_k(x, k)[0],
        inputs=(Input(shape),),
        attributes={"k": k},
        call=lambda x, k: __import__("mark1").ops.top_k(x, k)[0],
        kinks=lambda x, k: _gaps(x),
    )
    for shape, k in (((9,), 3), ((3, 7), 7), ((2, 3, 5), 2), ((3, 4), 0))
]

BENCHMARKS = [
    _case("argsort", (1000, 1000)),
    _case("argsort", (1_000_000,)),
    _case("sort", (1000, 1000)),
    _case("sort", (1_000_000,)),
    _case("top_k", (1000, 1000), k=5),
]
