"""sum, mean, max, min, argmax, argmin: every kind of axes, sizes around chunks and segments."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.cases.base import SIZES, Case, Input

_FINITE = ("normal", "zeros", "ties", "large", "denormal")


def _count(shape: tuple[int, ...], axis: Any) -> int:
    axes = range(len(shape)) if axis is None else np.atleast_1d(axis)
    return int(np.prod([shape[i] for i in axes]))


def _lead(x, axis, keepdims):
    """By how much each winner of max and of min leads: zero where the winner changes."""
    axes = tuple(range(x.ndim)) if axis is None else tuple(np.atleast_1d(axis) % x.ndim)
    kept = [i for i in range(x.ndim) if i not in axes]
    rows = np.transpose(x, (*kept, *axes)).reshape(*[x.shape[i] for i in kept], -1)
    if rows.shape[-1] < 2:
        return np.ones(0)
    ordered = np.sort(rows, axis=-1)
    ends = [ordered[..., 1] - ordered[..., 0], ordered[..., -1] - ordered[..., -2]]
    return np.array(ends)


def _case(function: str, shape: tuple[int, ...], axis: Any = None, keepdims: bool = False) -> Case:
    numpy_function = getattr(np, function)
    sums = function in ("sum", "mean")
    best = function in ("max", "min")
    size = int(np.prod(shape))
    outputs = size // max(1, _count(shape, axis))
    axes = "all" if axis is None else "".join(map(str, np.atleast_1d(axis)))
    return Case(
        op="reduce",
        function=function,
        name=axes + ("keep" if keepdims else ""),
        define=lambda x, axis, keepdims: numpy_function(x, axis=axis, keepdims=keepdims),
        inputs=(Input(shape),),
        attributes={"axis": axis, "keepdims": keepdims},
        differentiable=() if function.startswith("arg") or (best and outputs > 40) else None,
        kinks=_lead if best else (),
        length=_count(shape, axis) if sums else 1,
        ulps=1.0 if function == "mean" else 0.5,
        scale=(lambda x, axis, keepdims: numpy_function(abs(x), axis=axis, keepdims=keepdims))
        if sums
        else None,
        # Whether a sum of the format's extremes overflows depends on the order of its terms.
        ranges=_FINITE if sums else Case.ranges,
        flops=size,
        bytes=4.0 * size,
        numpy_call=lambda x, axis, keepdims, out: numpy_function(
            x, axis=axis, keepdims=keepdims, out=out
        ),
        torch_call=(lambda x: x.sum() if axis is None else x.sum(axis))
        if function == "sum"
        else None,
    )


_ROWS = [((n,), None) for n in SIZES if n > 0] + [
    ((4095,), None),
    ((4096,), None),
    ((4097,), None),
    ((20_011,), None),
    ((5, 7), 1),
    ((5, 33), -1),
    ((33, 10), 1),
    ((3, 9001), 1),
]
_COLUMNS = [
    ((5, 7), 0),
    ((255, 3), 0),
    ((257, 17), 0),
    ((1031, 33), 0),
    ((17, 300), 0),
    ((3, 300, 5), 1),
]
_OTHERS = [
    ((), None),
    ((3, 1, 4), 1),
    ((2, 3, 4, 5), (0, 2)),
    ((2, 3, 4, 5), (1, 3)),
    ((2, 3, 4, 5), (0, 1, 3)),
    ((2, 3, 4, 5), (1, 2)),
    ((6, 5, 7), (0, 1)),
    ((5, 7), ()),
]
# The sum of nothing; groups of more than 64 segments and chunks.
_LONG = [((0, 3), 0), ((3, 0), 1), ((270_001,), None), ((16_700, 3), 0)]

CASES = [_case(f, s, a) for f in ("sum", "mean", "max", "min") for s, a in _ROWS + _COLUMNS]
CASES += [_case(f, s, a) for f in ("sum", "mean", "max", "min") for s, a in _OTHERS]
CASES += [_case("sum", s, a) for s, a in _LONG]
CASES += [_case("max", (270_001,)), _case("min", (16_700, 3), 0)]
CASES += [_case(f, (3, 4, 5), (0, 2), True) for f in ("sum", "mean", "max", "min")]
CASES += [
    _case(f, s, a, k)
    for f in ("argmax", "argmin")
    for s, a, k in [
        ((1,), None, False),
        ((35,), None, False),
        ((131,), 0, False),
        ((33, 10), 1, False),
        ((33, 67), -1, True),
        ((7, 40, 3), 1, False),
        ((5, 9), None, True),
        ((300, 301), 1, False),
    ]
]

BENCHMARKS = [
    _case(f, s, a)
    for f in ("sum", "max")
    for s, a in [
        ((16_384,), None),
        ((16_777_216,), None),
        ((32, 128), 0),
        ((128, 10), 0),
        ((4096, 4096), 0),
        ((4096, 4096), 1),
        ((60_000, 10), 1),
        ((32, 56, 56, 64), (0, 1, 2)),
    ]
]
