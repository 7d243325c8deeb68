"""A row of the family `memory`, and short ways to write its calls."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np

from benchmarks.kernels.cases import import_torch

Make = Callable[..., Any]


@dataclass(frozen=True)
class Row:
    """One operation on given arrays; own, numpy and torch take them as their library holds them.

    moved      bytes that have to be read and written at least
    numpy      says what is right; it is given the arrays in float64 for that
    timed      what is timed as NumPy's where that is another way, `timed(*arrays, out=array)`;
               False: NumPy has nothing of the kind
    tolerance  relative and absolute
    """

    name: str
    arrays: tuple[np.ndarray, ...]
    moved: float
    own: Make
    numpy: Make
    torch: Make | None = None
    timed: Make | Literal[False] | None = None
    tolerance: float = 2e-6


def normal(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def theirs(name: str, *arguments: Any, **named: Any) -> Make | None:
    """PyTorch's function of a name, looked up beforehand: that would cost as much as a kernel."""
    torch = import_torch()
    if torch is None:
        return None
    function: Make = operator.attrgetter(name)(torch)
    if arguments:
        return lambda *arrays: function(*arrays, *arguments, **named)
    return partial(function, **named) if named else function


def method(name: str, *arguments: Any, **named: Any) -> Make | None:
    return theirs(f"Tensor.{name}", *arguments, **named)


def aten(name: str) -> Make:
    """One of PyTorch's operators by its own name, backward passes among them."""
    return theirs(f"ops.aten.{name}.default") or not_there


def not_there(*arrays: Any) -> Any:
    raise ImportError("torch is not there")
