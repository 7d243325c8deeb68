"""pick and place: one element per row."""

from __future__ import annotations

import numpy as np

from tests.cases.base import Case, Input


def _place(x, index, n):
    out = np.zeros((len(x), n))
    out[np.arange(len(x)), index] = x
    return out


def _call(function: str):
    def call(*arguments, **attributes):
        from mark1.ops import pick

        return getattr(pick, function)(*arguments, **attributes)

    return call


CASES = [
    Case("pick", "pick", lambda x, index: x[np.arange(len(x)), index],
         (Input((r, n)), Input((r,), f"labels:{n}", "int32")), call=_call("pick"))
    for r, n in ((1, 1), (7, 10), (33, 5), (0, 3), (9000, 4))
] + [
    Case("pick", "place", _place, (Input((r,)), Input((r,), f"labels:{n}", "int32")), {"n": n},
         call=_call("place"))
    for r, n in ((1, 1), (7, 10), (33, 5), (9000, 7))
]  # fmt: skip

BENCHMARKS = [case for case in CASES if case.inputs[0].shape[0] == 9000]
