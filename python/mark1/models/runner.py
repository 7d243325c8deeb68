"""Makes the steps of a model over data: natively where that is possible."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mark1._core import Program, Tensor
from mark1.models.data import ArrayData, Batch
from mark1.models.placement import on_current_device
from mark1.recording import Replay, ReplayCache
from mark1.typing import Array
from mark1.utils.nest import flatten, map_structure, pack_like

# A native run returns after so many seconds, so that progress is drawn and Ctrl-C is seen.
TURN = 0.1


class Results:
    """Collects the rows that steps return, in arrays that are made when their shapes are known.

    Args:
        samples: number of rows.
    """

    def __init__(self, samples: int) -> None:
        self._samples = samples
        self._arrays: list[Array] | None = None
        #: Makes a nest of them, as the step returns it.
        self.restore: Callable[[list[Any]], Any] = lambda arrays: arrays[0]

    @property
    def array(self) -> Any:
        """All rows: an array, or a nest of them."""
        return self.restore(self._arrays or [])

    def put(self, begin: int, rows: Any) -> None:
        """Take in some rows."""
        parts, self.restore = _flatten(rows)
        specs = [(part.shape, part.dtype) for part in parts]
        for memory, part in zip(self.memory(begin, specs), parts, strict=True):
            memory[: part.shape[0]] = part.numpy()

    def memory(self, begin: int, specs: list[tuple[tuple[int, ...], str]]) -> list[Array]:
        """Return the arrays from a row on, for steps that return (n, ...) each."""
        if self._arrays is None:
            self._arrays = [np.empty((self._samples, *s[1:]), dtype) for s, dtype in specs]
        return [array[begin:] for array in self._arrays]


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
        self._left: Program | None = None  # whose steps a device may be at

    def advance(
        self,
        data: ArrayData,
        order: Tensor | None,
        number: int,
        steps: int,
        results: Results | None = None,
        awaited: bool = True,
    ) -> int:
        """Make at least one and at most `steps` steps, the first of which takes batch `number`.

        Args:
            data: what the batches are cut from.
            order: int64 (n,): the samples' order, or None.
            number: of the batch to begin with.
            steps: the most to make.
            results: takes what the steps return.
            awaited: whether what a step refuses is raised now, and not by `settle`.

        Returns:
            How many steps were made.
        """
        begin, end = data.span(number)
        rows = end - begin
        if not self.eager:
            replay = self.replay(data.whole, rows)
            program = replay.program
            if program is not self._left:
                self.settle()
            if program is not None:
                if results is not None and replay.restore is not None:
                    results.restore = replay.restore
                done = self._native(program, data, order, number, steps, results, awaited)
                if done:
                    return done
                self.settle()
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
        awaited: bool,
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
        memory: list[Array] = []
        if results is not None:
            memory = results.memory(begin, program.outputs)
        self._left = None if awaited else program
        return program.run(parts, order, number, steps, TURN, memory, awaited)

    def once(self, batch: Batch, awaited: bool = True) -> Any:
        """Make one step with a batch and return its result.

        Args:
            batch: it may lie on the host, also if the step runs elsewhere.
            awaited: whether what the step refuses is raised now, and not by `settle`.
        """
        if self.eager:
            return self._step(_placed(batch))
        replay = self.replay(batch, batch.samples)
        program = replay.program
        if program is not self._left:
            self.settle()
        if program is not None:
            out = program.call(_present(batch), awaited)
            if out is not None:
                self._left = None if awaited else program
                return None if replay.restore is None else replay.restore(out)
            self.settle()
        return replay.record(*_present(_placed(batch)))

    def settle(self) -> None:
        """Wait for steps that were left to a device; raises what one of them has refused."""
        left, self._left = self._left, None
        if left is not None:
            left.settle()

    def replay(self, parts: Batch, rows: int) -> Replay:
        """Return the replay of the step for batches of so many rows."""
        known = Batch(*(map_structure(lambda part: part is not None, part) for part in parts))
        specs = tuple((rows, *part.shape[1:], part.dtype) for part in _present(parts))
        step = self._step

        def of_parts(*tensors: Tensor) -> Any:
            given = iter(tensors)
            leaves = iter([next(given) if there else None for there in flatten(known)])
            return step(pack_like(known, leaves))

        return self._cache.get(
            (self._what, step.key, specs, repr(known)),
            lambda: Replay(of_parts, self._what, _flatten),
        )


def _placed(batch: Batch) -> Batch:
    """Return the batch where the step runs."""

    def here(part: Tensor | None) -> Tensor | None:
        return None if part is None else on_current_device(part)

    return Batch(*(map_structure(here, part) for part in batch))


def _present(batch: Batch) -> list[Tensor]:
    return [part for part in flatten(batch) if part is not None]


def _flatten(result: Any) -> tuple[list[Any], Callable[[list[Any]], Any]]:
    if result is None:
        return [], lambda _: None
    if isinstance(result, Tensor):
        return [result], lambda flat: flat[0]
    layout = map_structure(lambda _: None, result)
    return list(flatten(result)), lambda flat: pack_like(layout, iter(flat))
