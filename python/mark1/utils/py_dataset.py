"""Data sets that make their batches when they are asked for them."""

from __future__ import annotations

from typing import Any


class PyDataset:
    """A data set with numbered batches, for `fit`, `evaluate` and `predict`.

    A subclass defines ``__len__``, the number of batches, and ``__getitem__``, which returns one:
    ``x``, ``(x, y)`` or ``(x, y, sample_weight)``. ``on_epoch_end`` is called when all batches of
    an epoch have been made, on the thread that makes them. Objects of other classes that have
    these methods do as well.

    Batches are made on one thread, two ahead of the training, so ``__getitem__`` need not be safe
    against itself.

    Args:
        workers: kept; batches are made by one thread whatever it says.
        use_multiprocessing: kept, without effect.
        max_queue_size: kept; two batches wait at most.

    Example:
        >>> import mark1, numpy as np
        >>> class Squares(mark1.utils.PyDataset):
        ...     def __len__(self):
        ...         return 3
        ...     def __getitem__(self, index):
        ...         x = np.full((4, 1), index, "float32")
        ...         return x, x**2
        >>> len(Squares()), Squares()[2][1].shape
        (3, (4, 1))
    """

    def __init__(
        self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10
    ) -> None:
        self.workers = workers
        self.use_multiprocessing = use_multiprocessing
        self.max_queue_size = max_queue_size

    def __len__(self) -> int:
        """Return the number of batches of an epoch."""
        raise NotImplementedError(f"{type(self).__name__} must define __len__")

    def __getitem__(self, index: int) -> Any:
        """Return a batch."""
        raise NotImplementedError(f"{type(self).__name__} must define __getitem__")

    @property
    def num_batches(self) -> int:
        """The number of batches of an epoch."""
        return len(self)

    def on_epoch_end(self) -> None:
        """Do what is to be done between epochs, such as another shuffle."""


Sequence = PyDataset
