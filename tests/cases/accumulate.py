"""Running totals of metrics."""

from __future__ import annotations

import numpy as np

from tests.cases.base import Case, Input


def _call(values, *weights, total: str):
    import mark1

    totals = mark1.Variable([1.0, 2.0], dtype=total)
    mark1.ops.accumulate(totals, values, *weights)
    # The tests expect the dtype of the inputs.
    return mark1.ops.cast(totals, values.dtype)


def _define(values, weights=None, *, total: str):
    if weights is None:
        weights = np.ones(values.shape)
    return np.array([1.0 + (values * weights).sum(), 2.0 + weights.sum()])


def _scale(values, weights=None, *, total: str):
    return _define(abs(values), None if weights is None else abs(weights), total=total)


CASES = [
    Case(
        "accumulate",
        "accumulate",
        _define,
        inputs,
        {"total": total},
        name=total,
        call=_call,
        plain=True,
        length=inputs[0].shape[0] + 1,
        ulps=1.0,
        scale=_scale,
        dtypes=dtypes,
    )
    for total, dtypes in (("float64", ("float32", "float64")), ("float32", ("float32",)))
    for inputs in (
        (Input((0,)),),
        (Input((67,)),),
        (Input((67,)), Input((67,))),
        (Input((9001,)), Input((9001,))),
    )
]

BENCHMARKS = [
    Case("accumulate", "accumulate", _define, (Input((n,)),), {"total": "float32"}, name="float32",
         call=_call, plain=True, length=n + 1, ulps=1.0, scale=_scale, bytes=4.0 * n)
    for n in (32, 65_536)
]  # fmt: skip
