"""What a stream of batches is made of: generators, iterables, data sets with numbered batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from mark1 import _core
from mark1._core import Tensor
from mark1.models.checks import describe_non_finite
from mark1.models.data import Arrays, check_arrays, kept_dtype, named_arrays
from mark1.utils.nest import map_structure

_END = object()


class Loaded(NamedTuple):
    """A batch as arrays of its own."""

    number: int  # within the epoch, from 1
    arrays: Arrays
    remarks: list[str]  # about values that are not finite


def is_stream(data: Any) -> bool:
    """Whether data comes batch by batch: a generator, an iterable or a numbered data set.

    Arrays, and lists and tuples, which are arrays to be, do not.

    >>> is_stream(iter([1])), is_stream([[1.0]]), is_stream(np.zeros(3))
    (True, False, False)
    """
    if isinstance(data, (list, tuple, dict, set, str, bytes, Tensor, type)):
        return False
    if hasattr(data, "__array__") or isinstance(data, _core.Variable):
        return False
    return hasattr(data, "__iter__") or _is_numbered(data)


def _is_numbered(source: Any) -> bool:
    return hasattr(source, "__getitem__") and hasattr(source, "__len__")


class Source:
    """Reads a source of batches; everything here runs on the loader's thread.

    Args:
        source: an iterator, an iterable, or what has ``__len__`` and ``__getitem__``.
        steps: batches of an epoch; if None, a whole pass.
        dtype: floating-point dtype of inputs and weights.
        op: what messages begin with.
        keeps_integers: whether inputs of integers stay what they are.

    Raises:
        TypeError: the source is none of these.

    >>> source = Source([np.zeros((2, 3)), np.ones((2, 3))], 3, "float32", "fit")
    >>> [int(loaded.arrays[0].max()) for loaded in source.read(source.epoch())]
    [0, 1, 0]
    """

    def __init__(
        self,
        source: Any,
        steps: int | None,
        dtype: str,
        op: str,
        keeps_integers: bool = False,
    ) -> None:
        self._keeps_integers = keeps_integers
        if not (_is_numbered(source) or hasattr(source, "__iter__")):
            raise TypeError(
                f"[{op}] x must be an array, a generator, an iterable of batches or a PyDataset, "
                f"got {type(source).__name__}" + (". Call it first" if callable(source) else "")
            )
        #: Whether it is an iterator: what it has given it does not give again.
        self.once: bool = hasattr(source, "__next__")
        #: Whether any batch can be had by its number.
        self.numbered: bool = _is_numbered(source) and not self.once
        #: Batches of a pass, if that is known.
        self.length: int | None = (
            len(source) if hasattr(source, "__len__") and not self.once else None
        )
        #: Batches of an epoch; None if that is a whole pass.
        self.steps: int | None = None if steps == self.length else steps
        self._source = source
        self._dtype = dtype
        self._op = op
        self._pass: Iterator[Any] | None = None  # goes on in the next epoch

    def reset(self) -> None:
        """Let the next epoch begin at the start."""
        self._pass = None

    def first(self) -> Iterator[Any]:
        """Return the first of the numbered batches, if there is one."""
        if len(self._source) > 0:
            yield self._source[0]

    def epoch(self, order: Sequence[int] | None = None) -> Iterator[Any]:
        """Return the items of an epoch."""
        if self.steps is None:
            yield from self._new_pass(order)
            return
        came = 1
        for _ in range(self.steps):
            if self._pass is None:
                self._pass, came = self._new_pass(None), 0
            item = next(self._pass, _END)
            if item is _END and came and not self.once:
                self._pass, came = self._new_pass(None), 0
                item = next(self._pass, _END)
            if item is _END:
                return
            came += 1
            yield item

    def _new_pass(self, order: Sequence[int] | None) -> Iterator[Any]:
        source = self._source
        if not self.numbered:
            # Not "yield from", which would close a generator that is to go on later.
            for item in source:  # noqa: UP028
                yield item
            return
        for index in range(len(source)) if order is None else order:
            yield source[int(index)]
        at_end = getattr(source, "on_epoch_end", None)
        if at_end is not None:
            at_end()

    def read(self, items: Iterator[Any]) -> Iterator[Loaded]:
        """Return items as batches of arrays.

        Raises:
            TypeError: an item is not made of arrays of numbers.
            ValueError: its arrays do not go together.
        """
        for number, item in enumerate(items, 1):
            yield self._read(item, number)

    def _read(self, item: Any, number: int) -> Loaded:
        parts = tuple(item) if isinstance(item, (list, tuple)) else (item,)
        if not 1 <= len(parts) <= 3:
            raise ValueError(
                f"[{self._op}] batch {number} must be x, (x, y) or (x, y, sample_weight), "
                f"got a {type(item).__name__} of {len(parts)}"
            )
        prefix = f"batch {number}: "
        given = dict(zip(("x", "y", "sample_weight"), (*parts, None, None), strict=False))
        x, y, sample_weight = check_arrays(**given, op=self._op, prefix=prefix)
        remarks = [
            f"[{self._op}] {prefix}{name} holds {found}"
            for name, array in named_arrays(x, y, sample_weight).items()
            if array is not None and (found := describe_non_finite(array)) is not None
        ]
        # Copied: the source may use its arrays again for the next batch.
        dtype = self._dtype
        kept = self._keeps_integers
        arrays = (
            map_structure(lambda a: np.array(a, kept_dtype(a, dtype) if kept else dtype), x),
            map_structure(lambda a: None if a is None else np.array(a), y),
            map_structure(lambda a: None if a is None else np.array(a, dtype), sample_weight),
        )
        return Loaded(number, arrays, remarks)
