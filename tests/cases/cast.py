"""cast: between all dtypes; floats out of an integer's range become its bounds, NaN becomes 0."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.cases.base import Case, Input


def _define(x: Any, dtype: str) -> Any:
    if dtype == "bool":
        return x != 0
    if dtype.startswith("float"):
        return x.astype(np.float64)
    if x.dtype.kind != "f":
        return x.astype(dtype)
    info = np.iinfo(dtype)
    # Compared before the conversion, which is undefined outside of the range.
    inside = np.where((x > info.min) & (x < float(info.max)), x, 0).astype(dtype)
    low = np.where(x <= info.min, info.min, inside)
    return np.where(x >= float(info.max), info.max, low).astype(dtype)


def _case(x: str, dtype: str, shape: tuple[int, ...] = (67,)) -> Case:
    # Integers beyond 2^24 round once on the way to float32.
    return Case(
        "cast",
        "cast",
        _define,
        (Input(shape, dtype=x),),
        {"dtype": dtype},
        name=f"{x}-{dtype}",
        differentiable=(0,) if x == "float" and dtype == "float64" else (),
        dtypes=("float32", "float64") if x == "float" else ("float32",),
        bytes=float(np.prod(shape)) * (4 + np.dtype(dtype).itemsize),
        numpy_call=lambda x, dtype, out: np.copyto(out, x, casting="unsafe"),
    )


_NAMES = ("bool", "uint8", "int32", "int64", "float32", "float64")

CASES = [
    *(_case(x, y) for x in ("float", "bool", "uint8", "int32", "int64") for y in _NAMES),
    *(_case("float", y, (40_009,)) for y in ("float64", "int32")),
    *(_case("float", "float64", (n,)) for n in (0, 1, 17)),
]

BENCHMARKS = [
    _case("uint8", "float32", (65_536,)),
    _case("uint8", "float32", (16_777_216,)),
]
