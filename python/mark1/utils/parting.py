"""Data in two parts."""

from __future__ import annotations

from typing import Any

import numpy as np

from mark1.utils.nest import flatten, map_structure


def split_dataset(
    dataset: Any,
    left_size: float | None = None,
    right_size: float | None = None,
    shuffle: bool = False,
    seed: int | None = None,
) -> tuple[Any, Any]:
    """Part data in two, for training and validation for instance.

    Args:
        dataset: an array, or a list, tuple or dictionary of arrays of one length.
        left_size: how many samples the first part gets; a part of 1 if it is a float. What the
            other leaves if None.
        right_size: likewise of the second part.
        shuffle: whether the samples are shuffled before.
        seed: of the shuffling.

    Returns:
        Two nests of arrays like `dataset`. Keras returns data sets of TensorFlow here, which `fit`
        takes as it takes these.

    Raises:
        ValueError: no size is given, or there are not so many samples.

    >>> left, right = split_dataset(np.arange(5), left_size=0.6)
    >>> left, right
    (array([0, 1, 2]), array([3, 4]))
    """
    arrays = map_structure(np.asarray, dataset)
    lengths = {len(a) if a.ndim else -1 for a in flatten(arrays)}
    if len(lengths) != 1 or -1 in lengths:
        raise ValueError(f"[split_dataset] needs arrays of one length, got {sorted(lengths)}")
    n = lengths.pop()
    given = _count("left_size", left_size, n), _count("right_size", right_size, n)
    if given == (None, None):
        raise ValueError("[split_dataset] needs left_size or right_size")
    left = n - (given[1] or 0) if given[0] is None else given[0]
    right = n - left if given[1] is None else given[1]
    if left + right > n or left == 0 or right == 0:
        raise ValueError(f"[split_dataset] {n} samples do not make parts of {left} and {right}")
    order = np.random.default_rng(seed).permutation(n) if shuffle else np.arange(n)
    return (
        map_structure(lambda a: a[order[:left]], arrays),
        map_structure(lambda a: a[order[left : left + right]], arrays),
    )


def _count(name: str, size: Any, n: int) -> int | None:
    if size is None:
        return None
    if isinstance(size, float):
        if not 0 < size < 1:
            raise ValueError(f"[split_dataset] {name} must be between 0 and 1, got {size}")
        return round(size * n)
    if isinstance(size, bool) or not 0 < size < n:
        raise ValueError(f"[split_dataset] {name} must be from 1 to {n - 1}, got {size}")
    return int(size)
