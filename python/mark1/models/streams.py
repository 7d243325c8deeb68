"""From generators, iterables and data sets with numbered batches to batches."""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from typing import Any

from mark1 import devices
from mark1.models.checks import NonFiniteWarning
from mark1.models.data import Arrays, Batch, to_batch
from mark1.models.loader import Loader
from mark1.models.sources import Source

Prepare = Callable[[Any, Any, Any], Arrays]


class StreamWarning(UserWarning):
    """A generator has ended before training was done."""


_Begun = tuple[Generator[Batch, None, None], Batch]  # the rest of an epoch, and its first batch


class StreamData:
    """Batches from a source that makes them one by one, loaded ahead on a thread.

    An item of the source is ``x``, ``(x, y)`` or ``(x, y, sample_weight)``, a list counting as a
    tuple. It is copied when it comes, so a generator may fill the same array again and again.

    * An iterator (a generator, say) is continued from epoch to epoch. When it ends, training does:
      within an epoch of `steps`, and before a further epoch, a `StreamWarning` says so.
    * An iterable is begun anew in each epoch. With `steps` the epochs go on where the one before
      stopped, and the iterable is begun anew when it ends.
    * What has ``__len__`` and ``__getitem__``, as `mark1.utils.PyDataset`, likewise; its batches
      can come in an order, and its ``on_epoch_end`` is called at the end of each pass.

    The source is used on one thread only, and no batch is asked of it that the epoch does not need:
    after an epoch that ran to its end, a generator is where it would be without the thread.

    Args:
        source: one of these.
        steps: batches of an epoch; if None, as many as come. A generator without end needs it.
        dtype: floating-point dtype of inputs and weights.
        prepare: checks the arrays of a batch and converts targets; called in the caller's thread.
        op: what messages begin with.
        keeps_integers: whether inputs of integers stay what they are.

    Raises:
        TypeError: the source is none of these.

    >>> import numpy as np
    >>> data = StreamData((np.ones((2, 3)) for _ in range(4)), None, "float32", lambda *a: a)
    >>> [batch.x.shape for batch in data.batches()]
    [(2, 3), (2, 3), (2, 3), (2, 3)]
    >>> data.close()
    """

    #: Batches wait in memory of the host: a step takes them from there, wherever it runs.
    device = "cpu:0"

    def __init__(
        self,
        source: Any,
        steps: int | None,
        dtype: str,
        prepare: Prepare,
        op: str = "fit",
        keeps_integers: bool = False,
    ) -> None:
        self._source = Source(source, steps, dtype, op, keeps_integers)
        self._keeps_integers = keeps_integers
        self._dtype = dtype
        self._prepare = prepare
        self._op = op
        self._begun: _Begun | None = None
        self._ended = False
        self._epochs = 0
        self._came = 0  # batches in all epochs
        self._remarked = self._warned = False
        self._loader = Loader()
        weakref.finalize(self, self._loader.stop)
        #: Batches of an epoch, or None as long as nobody knows.
        self.steps: int | None = self._source.length if steps is None else steps

    @property
    def numbers(self) -> int | None:
        """How many numbered batches an order has; None if they come in the source's order."""
        return self.steps if self._source.numbered and self._source.steps is None else None

    def __enter__(self) -> StreamData:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def close(self) -> None:
        """End the thread, waiting for the batch that it is making."""
        if self._begun is not None:
            self._begun[0].close()
            self._begun = None
        self._loader.close()

    def peek(self) -> Batch:
        """Return the first batch before the first epoch, which will have it, too.

        Raises:
            ValueError: there is none.
        """
        if self._begun is None:
            # A numbered batch can be had again, and the first epoch may want another order.
            again = self._source.numbered
            begun = self._begin(self._source.first() if again else self._source.epoch())
            if begun is None:
                raise ValueError(f"[{self._op}] the data holds no batch")
            if again:
                begun[0].close()
                return begun[1]
            self._begun = begun
        return self._begun[1]

    def more(self) -> bool:
        """Whether another epoch can begin; a warning says why not."""
        if self._source.once and self._epochs and not self._ended and self._begun is None:
            self._begun = self._begin(self._source.epoch())
            self._ended = self._begun is None
        if self._ended and not self._warned:
            self._warn(f"after epoch {self._epochs}, with {self._came} batches in all")
        return not self._ended

    def reset(self) -> None:
        """Let the next epoch begin at the start of the source, if that can be begun anew."""
        if self._begun is None and not self._source.once:
            self._source.reset()

    def batches(self, order: Sequence[int] | None = None) -> Iterator[Batch]:
        """Return the batches of an epoch, numbered ones in that order.

        Raises:
            TypeError: a batch is not made of arrays of numbers.
            ValueError: arrays of a batch do not go together, or there is no batch at all.
        """
        begun = self._begun or self._begin(self._source.epoch(order))
        self._begun = None
        done = 0
        if begun is not None:
            rest, batch = begun
            del begun
            with closing(rest):
                done += 1
                yield batch
                del batch  # nobody needs it while the next one comes
                for batch in rest:
                    done += 1
                    yield batch
        self._end_epoch(done)

    def _end_epoch(self, done: int) -> None:
        if done == 0 and self._epochs == 0:
            raise ValueError(f"[{self._op}] the data holds no batch")
        self._epochs += 1
        self._came += done
        if self._source.steps is None:
            self.steps = done
            self._ended = self._source.once
        elif done < self._source.steps:
            self._ended = True
            which = f" of epoch {self._epochs}" if self._op == "fit" else ""
            self._warn(f"after {done} of {self._source.steps} batches{which}")

    def _warn(self, when: str) -> None:
        self._warned = True
        end = "; training ends" if self._op == "fit" else ""
        warnings.warn(f"[{self._op}] the data ended {when}{end}", StreamWarning, stacklevel=5)

    def _begin(self, items: Iterator[Any]) -> _Begun | None:
        batches = self._prepared(items)
        first = next(batches, None)
        return None if first is None else (batches, first)

    def _prepared(self, items: Iterator[Any]) -> Generator[Batch, None, None]:
        """In the caller's thread: batches as tensors."""
        with closing(self._loader.run(self._source.read(items))) as loaded:
            for number, arrays, remarks in loaded:
                for remark in () if self._remarked else remarks:
                    self._remarked = True
                    warnings.warn(remark, NonFiniteWarning, stacklevel=6)
                try:
                    x, y, sample_weight = self._prepare(*arrays)
                except (TypeError, ValueError) as error:
                    if type(error) not in (TypeError, ValueError):
                        raise
                    raise type(error)(f"{error} (batch {number})") from error
                del arrays
                with devices.device(self.device):
                    batch = to_batch(x, y, sample_weight, self._dtype, self._keeps_integers)
                del x, y, sample_weight
                yield batch
                del batch
