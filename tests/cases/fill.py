"""full and its relatives: one value everywhere."""

from __future__ import annotations

from typing import Any

import numpy as np

import mark1
from tests.cases.base import SIZES, Case, Input


def _full(value: Any, shape: tuple[int, ...]) -> Any:
    return mark1.ops.full(shape, value.item(), dtype=value.dtype)


def _case(shape: tuple[int, ...]) -> Case:
    return Case(
        "fill",
        "full",
        lambda value, shape: np.full(shape, value),
        (Input(()),),
        {"shape": shape},
        name="x".join(map(str, shape)) or "scalar",
        call=_full,
        differentiable=(),
        bytes=4.0 * float(np.prod(shape)),
        numpy_call=lambda value, shape, out: out.fill(value),
    )


CASES = [_case((n,)) for n in SIZES] + [_case(()), _case((3, 5)), _case((40_009,))]

BENCHMARKS = [_case((65_536,)), _case((16_777_216,))]
