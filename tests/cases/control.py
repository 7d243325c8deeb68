"""map, scan, associative_scan and vectorized_map: what loops of NumPy give."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.cases.base import Array, Case, composed


def _map(function: str) -> Case:
    def call(x: Any, y: Any) -> Any:
        from mark1 import ops

        both = getattr(ops, function)(lambda p: {"s": ops.sum(p[0] * p[1]), "d": p[0]}, (x, y))
        return both["s"], both["d"]

    return composed(
        "control", function, lambda x, y: ((x * y).sum(1), x), (3, 4), (3, 4), call=call,
        ranges=("normal", "ties"), length=4,
        scale=lambda x, y: (np.abs(x * y).sum(1), x),
    )  # fmt: skip


def _scan(reverse: bool) -> Case:
    """A recurrence: the carry is halved and x added; results are the squares of carries."""

    def define(x: Array, first: Array) -> tuple[Array, Array]:
        carry, squares = first, []
        for row in x[::-1] if reverse else x:
            carry = carry / 2 + row
            squares.append(carry**2)
        return carry, np.stack(squares[::-1] if reverse else squares)

    def call(x: Any, first: Any) -> Any:
        from mark1 import ops

        def step(carry: Any, row: Any) -> Any:
            carry = carry * 0.5 + row
            return carry, ops.square(carry)

        return ops.scan(step, first, x, reverse=reverse)

    return composed(
        "control", "scan", define, (4, 3), (3,), call=call, name=f"reverse_{reverse}",
        ranges=("normal", "ties"), length=4, ulps=6,
        scale=lambda x, first: tuple(map(np.abs, define(np.abs(x), np.abs(first)))),
    )  # fmt: skip


def _associative(length: int, axis: int, reverse: bool) -> Case:
    """Steps y -> a y + b, composed: what linear recurrences are made of."""

    def define(a: Array, b: Array) -> tuple[Array, Array]:
        a, b = np.moveaxis(a, axis, 0), np.moveaxis(b, axis, 0)
        a, b = (a[::-1], b[::-1]) if reverse else (a, b)
        rows = [(a[0], b[0])] if length else []
        for i in range(1, length):
            rows.append((rows[-1][0] * a[i], rows[-1][1] * a[i] + b[i]))
        both = zip(*(rows[::-1] if reverse else rows), strict=True)
        y, z = (np.moveaxis(np.stack(part), 0, axis) for part in both)
        return y, z

    def call(a: Any, b: Any) -> Any:
        from mark1 import ops

        def combine(first: Any, then: Any) -> Any:
            return first[0] * then[0], first[1] * then[0] + then[1]

        return ops.associative_scan(combine, (a, b), reverse, axis)

    shape = (length, 2) if axis == 0 else (2, length)
    return composed(
        "control", "associative_scan", define, shape, shape, call=call,
        name=f"{axis}-{reverse}", ranges=("normal", "ties"), length=length, ulps=length,
        scale=lambda a, b: tuple(map(np.abs, define(np.abs(a), np.abs(b)))),
    )  # fmt: skip


CASES = [
    _map("map"),
    _map("vectorized_map"),
    _scan(reverse=False),
    _scan(reverse=True),
    _associative(1, 0, reverse=False),
    _associative(5, 0, reverse=False),
    _associative(6, -1, reverse=True),
]
