"""One pass over data as the loops make it: is there another batch, and a step with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from mark1._core import Tensor
from mark1.models.data import ArrayData, Batch
from mark1.models.runner import Results, Runner
from mark1.models.streams import StreamData
from mark1.utils.nest import flatten, map_structure, pack_like

Data = ArrayData | StreamData


class ArrayWalk:
    """A pass over data in memory, whose steps run natively, many in one call.

    Args:
        data: cut into batches.
        order: int64 (n,): the samples' order, or None.
        runner: makes the steps.
        results: takes what the steps return.
    """

    def __init__(
        self, data: ArrayData, order: Tensor | None, runner: Runner, results: Results | None
    ) -> None:
        self._data = data
        self._order = order
        self._runner = runner
        self._results = results
        self.done = 0

    def more(self) -> bool:
        """Whether there is another batch."""
        return self.done < self._data.steps

    def advance(self, single: bool, most: int | None = None) -> None:
        """Make one step or, unless single, as many as run in one go, up to a number."""
        left = self._data.steps - self.done
        most = 1 if single else min(left, most or left)
        awaited = single or self._results is not None
        self.done += self._runner.advance(
            self._data, self._order, self.done, most, self._results, awaited
        )

    def close(self) -> None:
        """End the pass; raises what a step has refused meanwhile."""
        self._runner.settle()


class PartWalk:
    """So many steps of passes over data in memory; what walks a pass next goes on from there.

    Args:
        walk: the pass that another one of this kind has left, or None.
        begin: begins a pass.
        steps: how many steps.
    """

    def __init__(self, walk: ArrayWalk | None, begin: Callable[[], ArrayWalk], steps: int) -> None:
        self.walk = walk
        self._begin = begin
        self._steps = steps
        self.done = 0

    def more(self) -> bool:
        """Whether there is another step to make."""
        return self.done < self._steps

    def advance(self, single: bool) -> None:
        """Make one step or, unless single, as many as run in one go."""
        if self.walk is None or not self.walk.more():
            self.walk = self._begin()
        before = self.walk.done
        self.walk.advance(single, self._steps - self.done)
        self.done += self.walk.done - before

    def close(self) -> None:
        """End the part; raises what a step has refused meanwhile."""
        if self.walk is not None:
            self.walk.close()


class StreamWalk:
    """A pass over data that comes batch by batch.

    Args:
        data: what comes.
        order: the batches' order, if they have numbers, or None.
        runner: makes the steps.
        results: takes what the steps return.
    """

    def __init__(
        self, data: StreamData, order: Tensor | None, runner: Runner, results: Pieces | None
    ) -> None:
        numbers = None if order is None else np.asarray(order).tolist()
        self._batches: Iterator[Batch] = data.batches(numbers)
        self._next: Batch | None = None
        self._runner = runner
        self._results = results
        self.done = 0

    def more(self) -> bool:
        """Whether there is another batch; waits for it."""
        if self._next is None:
            self._next = next(self._batches, None)
        return self._next is not None

    def advance(self, single: bool) -> None:
        """Make a step."""
        batch, self._next = self._next, None
        assert batch is not None
        result = self._runner.once(batch, single or self._results is not None)
        if self._results is not None:
            self._results.put(result)
        self.done += 1

    def close(self) -> None:
        """End the pass and let go of the source; raises what a step has refused meanwhile."""
        self._next = None
        try:
            self._batches.close()  # type: ignore[attr-defined]
        finally:
            self._runner.settle()


class Pieces:
    """Collects the rows that steps return, when nobody knows how many will come."""

    def __init__(self) -> None:
        self._pieces: list[Any] = []

    def put(self, rows: Any) -> None:
        """Take in some rows."""
        self._pieces.append(map_structure(np.array, rows))

    @property
    def array(self) -> Any:
        """All rows: an array, or a nest of them."""
        columns = zip(*(flatten(piece) for piece in self._pieces), strict=True)
        return pack_like(self._pieces[0], iter([np.concatenate(column) for column in columns]))


def walk(data: Data, order: Tensor | None, runner: Runner, results: Any = None) -> Any:
    """Return a pass over data: an `ArrayWalk` or a `StreamWalk`."""
    kind: Any = StreamWalk if isinstance(data, StreamData) else ArrayWalk
    return kind(data, order, runner, results)
