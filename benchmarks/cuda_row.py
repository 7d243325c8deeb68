"""What a line of the table of devices is made of, and what it is to reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Goal:
    """At least so much of what is named; at most, where less is better."""

    of: str  # "torch": speed as a part of PyTorch's; "copy": bandwidth as a part of a copy's
    bound: float
    at_most: bool = False

    def reached(self, value: float) -> bool:
        return value <= self.bound if self.at_most else value >= self.bound

    def __str__(self) -> str:
        return f"{'at most' if self.at_most else 'at least'} {self.bound:.2f} {self.of}"


# What bounds it is memory: everything that passes over arrays once.
OF_A_COPY = Goal("copy", 0.92)


@dataclass(frozen=True)
class Row:
    """A computation on arrays, in mark1 and with PyTorch."""

    name: str
    arrays: tuple[np.ndarray, ...]
    ours: Callable[..., Any]
    theirs: Callable[..., Any]  # takes the module torch first
    flops: float = 0  # of the whole
    bytes: float = 0  # read and written
    # What PyTorch wants instead of the arrays, which is not timed; torch first.
    prepare: Callable[..., tuple[Any, ...]] = lambda torch, *arrays: arrays
    alike: bool = True  # both give the same numbers
    precision: str = "float32"  # or one of those that have bits of their own
    goals: tuple[Goal, ...] = ()  # none: shown for information
    cupy: Callable[..., Any] | None = None  # takes the module cupy first, then arrays of its
    # Whether cuDNN may do with fewer multiplications than `flops` counts.
    transforms: bool = False
