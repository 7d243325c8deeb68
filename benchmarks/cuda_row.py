"""What a line of the table of devices is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


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
