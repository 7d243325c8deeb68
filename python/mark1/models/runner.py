"""Makes the steps of a model over data: natively where that is possible."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mark1._core import Program, Tensor
from mark1.models.data import ArrayData, Batch
from mark1.recording import Replay, ReplayCache
from mark1.typing import Array

# A native run returns after so many seconds, so that progress is drawn and Ctrl-C is seen.
TURN = 0.1


class Results:
    """Collects the rows that steps return, in an array that is made when their shape is known.

    Args:
        samples: number of rows.
    """

    def __init__(self, samples: int) -> None:
        self._samples = samples
        self.array: Array | None = None

    def put(self, begin: int, rows: Tensor) -> None:
        """Take in some rows."""
        self.memory(begin, rows.shape, rows.dtype)[: rows.shape[0]] = rows.numpy()

    def memory(self, begin: int, shape: tuple[int, ...], dtype: str) -> Array:
        """Return the array from a row on, for steps that return (n, ...) each."""
        if self.array is None:
            self.array = np.empty((self._samples, *shape[1:]), dtype)
        return self.array[begin:]


class Runner:
    """Runs a step over batches.

    Args:
        step: a function of a `Batch` that returns a tensor or None; what else it depends on is its
            `key`.
        what: what messages call it.
        cache: where recordings are kept from call to call.
        eager: whether every step runs in Python.
    """

    def __init__(self, step: Any, what: str, cache: ReplayCache, eager: bool = False) -> None:
        self._step = step
        self._what = what
        self._cache = cache
        self.eager = eager

    def advance(
        self,
        data: ArrayData,
        order: Tensor | None,
        number: int,
        steps: int,
        results: Results | None = None,
    ) -> int:
        """Make at least one and at most `steps` steps, the first of which takes batch `number`.

        Args:
            data: what the batches are cut from.
            order: int64 (n,): the samples' order, or None.
            number: of the batch to begin with.
            steps: the most to make.
            results: takes what the steps return.

        Returns:
            How many steps were made.
        """
        begin, end = data.span(number)
        rows = end - begin
        if not self.eager:
            replay = self.replay(data.whole, rows)
            program = replay.program
            if program is not None:
                done = self._native(program, data, order, number, steps, results)
                if done:
                    return done
            result = replay.record(*_present(data.batch(begin, end, order)))
        else:
            result = self._step(data.batch(begin, end, order))
        if results is not None:
            results.put(begin, result)
        return 1

    def _native(
        self,
        program: Program,
        data: ArrayData,
        order: Tensor | None,
        number: int,
        steps: int,
        results: Results | None,
    ) -> int:
        begin, end = data.span(number)
        parts = _present(data.whole)
        if end - begin < data.batch_size:  # the short one at the end: the first of a view
            if order is None:
                parts = [part.rows(begin, end) for part in parts]
            else:
                order = order.rows(begin, end)
            number, steps = 0, 1
        else:
            steps = min(steps, data.samples // data.batch_size - number)
        memory = []
        if results is not None:
            ((shape, dtype),) = program.outputs
            memory.append(results.memory(begin, shape, dtype))
        return program.run(parts, order, number, steps, TURN, memory)

    def once(self, batch: Batch) -> Any:
        """Make one step with a batch and return its result."""
        if self.eager:
            return self._step(batch)
        return self.replay(batch, len(batch.x))(*_present(batch))

    def replay(self, parts: Batch, rows: int) -> Replay:
        """Return the replay of the step for batches of so many rows."""
        there = tuple(part is not None for part in parts)
        specs = tuple((rows, *part.shape[1:], part.dtype) for part in _present(parts))
        step = self._step

        def of_parts(*tensors: Tensor) -> Any:
            given = iter(tensors)
            return step(Batch(*(next(given) if known else None for known in there)))  # type: ignore[arg-type]

        return self._cache.get(
            (self._what, step.key, specs, there), lambda: Replay(of_parts, self._what, _flatten)
        )


def _present(batch: Batch) -> list[Tensor]:
    return [part for part in batch if part is not None]


def _flatten(result: Tensor | None) -> tuple[list[Tensor], Callable[[list[Tensor]], Any]]:
    if result is None:
        return [], lambda _: None
    return [result], lambda flat: flat[0]
