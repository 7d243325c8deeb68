"""one_hot: axes, dtypes of labels and results."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.cases.base import Array, Case, Input


def _one_hot(x: Array, num_classes: int, axis: int = -1, **_: Any) -> Array:
    return np.moveaxis(x[..., None] == np.arange(num_classes), -1, axis).astype(np.float64)


CASES = [
    Case("one_hot", "one_hot", _one_hot, (Input(shape, f"labels:{n + extra}", dtype),),
         {"num_classes": n, "axis": axis, "dtype": "float32"},
         name=f"{n}at{axis}{dtype}", dtypes=("float32",))
    for shape, n, axis, dtype, extra in (
        ((), 3, -1, "int32", 0), ((7,), 10, -1, "int32", 0), ((7,), 10, 0, "int64", 0),
        ((3, 5), 4, 1, "uint8", 0), ((0,), 4, -1, "int32", 0), ((5,), 0, -1, "int32", 1),
        ((31,), 5, -1, "int32", 3), ((9000,), 7, -1, "int32", 0),
    )
]  # fmt: skip
