"""select, fmax, fmin, heaviside, nan_to_num, trunc, fabs, angles, saturate_cast."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.cases.base import Array, Case, Input, composed

_RANGES = ("normal", "zeros", "ties", "special")
_STEPS = tuple(float(i) for i in range(-6, 7))


def _saturated(x: Array, dtype: str) -> Array:
    if not np.issubdtype(dtype, np.integer):
        return np.clip(x, np.finfo(dtype).min, np.finfo(dtype).max).astype(dtype)
    limits = np.iinfo(dtype)
    whole = np.where(np.isnan(x), 0, np.trunc(x))
    return np.array([min(max(int(v), limits.min), limits.max) for v in whole.flat], dtype)


def _select(x: Any, y: Any) -> Any:
    import mark1

    return mark1.ops.select([x > 1.0, x < 0.0], [y, mark1.ops.multiply(x, 2.0)], 0.5)


def _cast(x: Input, dtype: str, ranges: tuple[str, ...]) -> Case:
    return composed("choosing", "saturate_cast", _saturated, x, ranges=ranges,
                    attributes={"dtype": dtype}, dtypes=("float64",),
                    differentiable=())  # fmt: skip


CASES = [
    composed("choosing", "select",
             lambda x, y: np.select([x > 1, x < 0], [np.broadcast_to(y, x.shape), 2 * x], 0.5),
             (3, 7), (7,), call=_select, ranges=_RANGES, kinks=lambda x, y: x * (x - 1)),
    *[
        composed("choosing", function, getattr(np, function), (3, 7), (7,), ranges=_RANGES,
                 kinks=lambda x1, x2: x1 - x2)
        for function in ("fmax", "fmin")
    ],
    composed("choosing", "heaviside", np.heaviside, (3, 7), (7,), ranges=_RANGES, kinks=(0.0,),
             differentiable=(1,)),
    composed("choosing", "nan_to_num", lambda x, **_: np.where(
        np.isnan(x), 0.5, np.where(np.isinf(x), np.where(x > 0, 9.0, -9.0), x)), (33,),
        ranges=("normal", "special"),
        attributes={"nan": 0.5, "posinf": 9.0, "neginf": -9.0}),
    composed("choosing", "trunc", np.trunc, (33,), ranges=_RANGES, kinks=_STEPS),
    composed("choosing", "fabs", np.fabs, (33,), ranges=_RANGES, kinks=(0.0,)),
    composed("choosing", "deg2rad", np.deg2rad, (33,), ulps=1.5),
    composed("choosing", "rad2deg", np.rad2deg, (33,), ulps=1.5),
    _cast(Input((33,)), "float32", ("normal", "huge")),
    composed("choosing", "saturate_cast", _saturated, (9,), attributes={"dtype": "float64"},
             dtypes=("float64",)),
    _cast(Input((35,)), "uint8", ("normal", "large")),
    _cast(Input((36,), dtype="int32"), "uint8", ("normal",)),
    _cast(Input((33,), dtype="uint8"), "int64", ("normal",)),
]  # fmt: skip
