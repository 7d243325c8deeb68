"""Running the same call on every instruction set and number of threads, and comparing bits."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mark1 import _core

Array = npt.NDArray[Any]

THREADS = (1, 2, 3, 7)


@dataclass(frozen=True)
class Variant:
    isa: str
    threads: int

    def __str__(self) -> str:
        return f"{self.isa}-{self.threads}"


REFERENCE = Variant("reference", 1)


def variants(cross: bool = False) -> list[Variant]:
    """What to compare with the reference on one thread.

    Each instruction set on one thread and each number of threads on the best set; with `cross`
    every pair.
    """
    isas = _core.available_isas()
    pairs = itertools.product(isas, THREADS)
    if not cross:
        pairs = ((i, t) for i, t in pairs if t == 1 or i == isas[-1])
    return [v for v in itertools.starmap(Variant, pairs) if v != REFERENCE]


@contextmanager
def force(variant: Variant) -> Iterator[None]:
    """A block that runs on one instruction set and number of threads, small work included."""
    isa, threads = _core.isa(), _core.get_num_threads()
    _core.set_isa(variant.isa)
    _core.set_num_threads(variant.threads)
    # Otherwise nothing below some 12 us would ever be split.
    _core.set_work_per_member(1e-3)
    try:
        yield
    finally:
        _core.set_isa(isa)
        _core.set_num_threads(threads)
        _core.set_work_per_member(0)


def same_bits(x: Array, y: Array) -> bool:
    """Equal shapes, dtypes and bits; any NaN equals any NaN, zeros of different sign differ."""
    if x.shape != y.shape or x.dtype != y.dtype:
        return False
    if x.dtype.kind != "f":
        return bool(np.array_equal(x, y))
    integers = np.dtype(f"i{x.dtype.itemsize}")
    bits = np.ascontiguousarray(x).view(integers) == np.ascontiguousarray(y).view(integers)
    return bool((bits | (np.isnan(x) & np.isnan(y))).all())


def describe_difference(x: Array, y: Array) -> str:
    """Where two arrays differ first, with the bits."""
    if x.shape != y.shape or x.dtype != y.dtype:
        return f"{x.shape} {x.dtype} against {y.shape} {y.dtype}"
    flat_x, flat_y = x.reshape(-1), y.reshape(-1)
    different = [i for i in range(x.size) if not same_bits(flat_x[i : i + 1], flat_y[i : i + 1])]
    i = different[0]
    at = tuple(map(int, np.unravel_index(i, x.shape)))
    a, b = flat_x[i], flat_y[i]
    return (
        f"{len(different)} of {x.size} elements differ, first at {at}: "
        f"{a!r} ({a.tobytes()[::-1].hex()}) against {b!r} ({b.tobytes()[::-1].hex()})"
    )


def assert_same_everywhere(
    compute: Callable[[], tuple[Any, ...]], cross: bool = False, what: str = ""
) -> None:
    """`compute()` must return the same bits under every variant as under the reference."""
    with force(REFERENCE):
        reference = [np.array(y) for y in compute()]
    for variant in variants(cross):
        with force(variant):
            results = [np.array(y) for y in compute()]
        assert len(results) == len(reference)
        for i, (y, expected) in enumerate(zip(results, reference, strict=True)):
            assert same_bits(y, expected), (
                f"{what} output {i}, {variant}: {describe_difference(y, expected)}"
            )
