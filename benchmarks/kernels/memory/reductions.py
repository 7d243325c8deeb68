"""Reductions over axes, running sums, places of extremes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from benchmarks.kernels.memory.row import Make, Row, method
from mark1 import ops

# PyTorch's names.
_REDUCTIONS = {"sum": "sum", "mean": "mean", "max": "amax", "min": "amin", "prod": "prod",
               "var": "var", "std": "std", "norm": "norm", "logsumexp": "logsumexp", "any": "any",
               "all": "all", "count_nonzero": "count_nonzero", "argmax": "argmax",
               "argmin": "argmin"}  # fmt: skip


def _numpy(name: str) -> Make:
    if name == "norm":
        return lambda x, axis: np.sqrt(np.square(x).sum(axis))
    if name == "logsumexp":
        return lambda x, axis: np.log(np.exp(x).sum(axis))
    function: Make = getattr(np, name)
    return function


def _torch(name: str, axis: Any) -> Make | None:
    if name == "prod" and axis is None:
        return method("prod")
    if name == "norm":
        return method("norm", dim=axis)
    if name == "logsumexp" and axis is None:
        return method("logsumexp", (0, 1))
    if name in ("var", "std"):
        return method(_REDUCTIONS[name], axis, correction=0)
    return method(_REDUCTIONS[name]) if axis is None else method(_REDUCTIONS[name], axis)


def reductions(x: np.ndarray) -> Iterator[Row]:
    """Everything over both axes of a matrix, over columns and over rows."""
    read = float(x.nbytes)
    near_one = 1 + np.float32(1e-3) * x
    # Every element has to be looked at.
    arrays = {"prod": near_one, "any": np.zeros_like(x), "all": near_one}
    for name in _REDUCTIONS:
        for axis, over in ((None, "all"), (0, "rows"), (1, "columns")):
            yield Row(f"{name} over {over}", (arrays.get(name, x),), read,
                      partial(getattr(ops, name), axis=axis), partial(_numpy(name), axis=axis),
                      _torch(name, axis), tolerance=1e-4)  # fmt: skip
    blocks = x.reshape(16, -1, 16, x.shape[1] // 16)
    for axes in ((0, 2), (1, 3), (1, 2)):
        yield Row(f"sum over axes {axes[0]} and {axes[1]} of 4", (blocks,), read,
                  partial(ops.sum, axis=axes), partial(np.sum, axis=axes),
                  method("sum", axes), tolerance=1e-3)  # fmt: skip
    for name in ("cumsum", "cumprod"):
        for axis, along in ((0, "columns"), (1, "rows")):
            if hasattr(ops, name):
                define = partial(getattr(np, name), axis=axis)
                yield Row(f"{name} along {along}", (near_one,), 2 * read,
                          partial(getattr(ops, name), axis=axis), define, method(name, axis),
                          define, tolerance=1e-3)  # fmt: skip
