"""One seed for everything."""

from __future__ import annotations

import numpy as np

from mark1 import random


def set_random_seed(seed: int) -> None:
    """Seed mark1's own generators, and Python's and NumPy's as Keras does.

    mark1 itself draws only from its own generators: training never reads or changes the global
    state of ``random`` or ``numpy.random``.

    Args:
        seed: an integer from 0 to 2**32 - 1.

    Raises:
        TypeError: seed is not an integer.
        ValueError: seed is out of range.

    >>> import mark1
    >>> mark1.utils.set_random_seed(7)
    >>> a = mark1.initializers.GlorotUniform()((2, 2)).numpy()
    >>> mark1.utils.set_random_seed(7)
    >>> b = mark1.initializers.GlorotUniform()((2, 2)).numpy()
    >>> bool((a == b).all())
    True
    """
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise TypeError(f"[set_random_seed] seed must be an integer, got {type(seed).__name__}")
    if not 0 <= seed < 2**32:
        raise ValueError(f"[set_random_seed] seed must be from 0 to 2**32 - 1, got {seed}")
    import random as python_random

    python_random.seed(int(seed))
    np.random.seed(int(seed))  # noqa: NPY002 - the global generator is what is meant
    random.set_global_seed(int(seed))
