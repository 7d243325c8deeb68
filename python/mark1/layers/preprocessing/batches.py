"""Data that preprocessing layers look through before training."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from mark1 import ops
from mark1._core import Tensor, Variable
from mark1.utils.py_dataset import PyDataset


def batches_of(data: Any, op: str, steps: int | None = None) -> Iterator[Tensor]:
    """Go through an array, or through batches, as tensors.

    Args:
        data: an array; or an iterable of arrays, or of tuples that begin with one, or a PyDataset.
        op: the class of the layer, for messages.
        steps: how many batches there are at most.

    Raises:
        TypeError: it is none of these, or batches are no arrays.

    >>> [batch.shape for batch in batches_of([np.ones((2, 3)), np.ones((1, 3))], "Discretization")]
    [(2, 3), (1, 3)]
    """
    if isinstance(data, (np.ndarray, Tensor, Variable)):
        yield ops.convert_to_tensor(data)
        return
    if isinstance(data, PyDataset):
        data = (data[i] for i in range(data.num_batches or 0))
    if not hasattr(data, "__iter__"):
        raise TypeError(f"[{op}] adapt takes an array or batches, got {type(data).__name__}")
    for i, batch in enumerate(data):
        if steps is not None and i >= steps:
            return
        x = batch[0] if isinstance(batch, tuple) else batch
        if not hasattr(x, "shape") and np.ndim(x) < 1:
            raise TypeError(
                f"[{op}] adapt takes an array or batches, which are arrays, "
                f"got {type(x).__name__} in a {type(data).__name__}. Pass np.array(data)"
            )
        yield ops.convert_to_tensor(x)
