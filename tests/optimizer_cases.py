"""Cases of an optimizer's step, from its formula in float64 NumPy: three steps for a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import mark1
from mark1 import _core
from tests.cases.base import Array, Case, Input

STEPS = 3
RATE = 0.25
SHAPES: tuple[tuple[tuple[int, ...], ...], ...] = (
    ((1,),),
    ((7,), (), (3, 5), (0, 4), (33, 17)),
    ((131, 67), (131,), (1031,), (19,)),
    ((40_009,), (5,)),
)

# formula(t, g, p, s, rate, **numbers) changes the list s and returns the new p.
Formula = Callable[..., Array]


def optimizer_cases(
    op: str,
    formula: Formula,
    numbers: dict[str, Any],
    initial: Sequence[float] = (),
    name: str = "",
    ulps: float = 20,
    shapes: Sequence[Sequence[tuple[int, ...]]] = SHAPES,
    carried: Sequence[Any] = (),
    growth: float = 0,
    ranges: tuple[str, ...] = ("normal", "zeros", "ties", "large"),
) -> list[Case]:
    """Return a case for each list of shapes.

    Args:
        op: the folder; `_core.<op>_update` is called with the numbers.
        formula: what a step does to one variable.
        numbers: what the formula takes besides, in the order of the binding.
        initial: the first value of each of a variable's states.
        name: tells the forms of one op apart.
        ulps: the error allowed in a step.
        shapes: lists of shapes of variables.
        carried: first values of scalars that the kernel carries along besides.
        growth: how often states contain values times 1 + |gradient|, terms that may cancel.
        ranges: where results are compared with the definition.
    """

    def call(*tensors: Any) -> tuple[Any, ...]:
        half = len(tensors) // 2
        values = [mark1.Variable(x) for x in tensors[:half]]
        slots = [
            mark1.Variable(np.full(x.shape, first, x.dtype))
            for x in tensors[:half]
            for first in initial
        ]
        rate, iterations = mark1.Variable(RATE), mark1.Variable(0, dtype="int64")
        besides = [mark1.Variable(c) for c in carried]
        update = getattr(_core, f"{op}_update")
        for _ in range(STEPS):
            gradients = list(tensors[half:])
            update(values, gradients, slots, rate, iterations, None, *besides, *numbers.values())
        return tuple(v.value for v in (*values, *slots, iterations))

    def define(*arrays: Array) -> tuple[Array, ...]:
        half = len(arrays) // 2
        values = [a.copy() for a in arrays[:half]]
        slots = [[np.full_like(a, first) for first in initial] for a in values]
        for t in range(1, STEPS + 1):
            for i, g in enumerate(arrays[half:]):
                values[i] = formula(t, g, values[i], slots[i], RATE, **numbers)
        return (*values, *(s for own in slots for s in own), np.array(STEPS))

    def scale(*arrays: Array) -> tuple[Array, ...]:
        """A step adds terms of either sign; their sizes add up in the steps of absolute values."""
        half = len(arrays) // 2
        results = define(*arrays)
        sizes = [np.abs(p) + np.abs(g) for p, g in zip(arrays[:half], arrays[half:], strict=True)]
        moved = [
            size + np.abs(r - p) + 2 * STEPS * RATE
            for size, r, p in zip(sizes, results[:half], arrays[:half], strict=True)
        ]
        owners = [k // len(initial) for k in range(len(results) - half - 1)] if initial else []
        states = [
            np.abs(r)
            + np.abs(arrays[half + i])
            + growth * moved[i] * (1 + np.abs(arrays[half + i]))
            for i, r in zip(owners, results[half:-1], strict=True)
        ]
        return (*moved, *states, results[-1])

    return [
        Case(
            op=op,
            function=f"{op}_update",
            define=define,
            inputs=tuple(map(Input, chosen)) * 2,
            name=name,
            call=call,
            ulps=ulps,
            scale=scale,
            ranges=ranges,
            bytes=4.0 * (3 + 2 * len(initial)) * sum(float(np.prod(s)) for s in chosen) * STEPS,
            plain=True,
        )
        for chosen in shapes
    ]


def optimizer_benchmark(*arguments: Any, **options: Any) -> list[Case]:
    """Return the same for one large variable."""
    return optimizer_cases(*arguments, **options, shapes=[[(100_000,)]])
