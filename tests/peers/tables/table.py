"""How tables are written: what goes in, and under it a line for every configuration.

A line is Python, with the names of `keras.layers`; it makes a layer, or calls layers on the inputs
`x`, `y`, `z`, `u`, `v`. Both libraries run it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Data:
    """One input: the shape of a sample, how it is drawn, its dtype unless that is the test's."""

    shape: tuple[int, ...]
    rule: Callable[[np.random.Generator, tuple[int, ...]], Any]
    dtype: str | None = None

    def draw(self, rng: np.random.Generator, samples: int, dtype: str) -> np.ndarray:
        """Return so many samples."""
        drawn: np.ndarray = np.asarray(self.rule(rng, (samples, *self.shape)))
        return drawn.astype(self.dtype or dtype)


def normal(*shape: int) -> Data:
    """Normal numbers."""
    return Data(shape, lambda rng, s: rng.normal(size=s))


def ids(high: int, *shape: int) -> Data:
    """Whole numbers from 0 to below high."""
    return Data(shape, lambda rng, s: rng.integers(0, high, s), "int32")


def bits(*shape: int) -> Data:
    """A mask that is True in three of four places, and in the first of each row."""
    return Data(shape, lambda rng, s: (rng.random(s) < 0.75) | (np.arange(s[-1]) == 0), "bool")


def gaps(*shape: int) -> Data:
    """Sequences of normal numbers that end early, with zeros."""

    def rule(rng: np.random.Generator, s: tuple[int, ...]) -> Any:
        length = rng.integers(1, s[1] + 1, (s[0], 1))
        seen = (np.arange(s[1]) < length).reshape(*s[:2], *[1] * (len(s) - 2))
        return np.where(seen, rng.normal(size=s), 0.0)

    return Data(shape, rule)


def pictures(*shape: int) -> Data:
    """Numbers from 0 to 255."""
    return Data(shape, lambda rng, s: rng.uniform(0, 255, s))


@dataclass(frozen=True)
class Case:
    """A line of a table.

    Args:
        text: the line.
        inputs: what goes in.
        random: whether training draws numbers; then it is compared outside of training only.
        compiled: whether TensorFlow can do it on a CPU only through its compiler.
        size: of the largest numbers that go in.
        dtypes: those for which TensorFlow has kernels, and gradients.
        single: why Keras is no better than float32 in float64.
        no_shapes: why Keras' symbolic shapes are not those of the outputs.
        no_gradients: why Keras' gradients are not those of the outputs, or are missing.
    """

    text: str
    inputs: tuple[Data, ...]
    random: bool = False
    compiled: bool = False
    size: float = 1.0
    dtypes: tuple[str, ...] = ("float32", "float64")
    single: str = ""
    no_gradients: str = ""
    no_shapes: str = ""


def rows(*inputs: Any, **options: Any) -> Callable[[str], list[Case]]:
    """Return what makes cases of lines; tuples are shapes of normal numbers."""
    data = tuple(normal(*i) if isinstance(i, tuple) else i for i in inputs)

    def of(text: str) -> list[Case]:
        lines = [line.strip() for line in text.strip().splitlines()]
        return [Case(line, data, **options) for line in lines if line]

    return of


def names_in(cases: list[Case]) -> set[str]:
    """The names that texts use."""
    return {name for case in cases for name in re.findall(r"\b[A-Za-z]\w*", case.text)}
