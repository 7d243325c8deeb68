"""Random numbers from a seed: the same on every machine and for every number of threads.

They come from Philox4x32-10 (Salmon, Moraes, Dror and Shaw, Parallel random numbers: as easy as
1, 2, 3, SC 2011), whose output is a function of seed, call number and position. A `seed` argument
is an integer (the same numbers at each call), a `SeedGenerator` (fresh ones at each call), or None:
the global generator, which `mark1.utils.set_random_seed` seeds.
"""

from __future__ import annotations

import importlib
import os
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from mark1 import _core
from mark1._core import Tensor
from mark1.typing import DTypeLike
from mark1.variable import Variable

_SEEDS = 1 << 64


class SeedGenerator:
    """A source of fresh random numbers with a state that can be saved.

    Args:
        seed: a whole number from 0 to 2**64 - 1; taken from the global generator if None.
        name: name of the state.

    Raises:
        TypeError: the seed is not an integer.
        ValueError: it is out of range.

    Example:
        >>> import mark1
        >>> generator = mark1.random.SeedGenerator(1)
        >>> a = mark1.random.uniform((), seed=generator)
        >>> b = mark1.random.uniform((), seed=generator)
        >>> float(a) == float(b)
        False
    """

    def __init__(self, seed: int | None = None, name: str = "seed_generator") -> None:
        number = make_seed() if seed is None else _check_seed(seed)
        # Seed and call number; kernels advance the latter, so that recorded programs do it too.
        self.state: Variable = Variable(
            _core.random_state(_signed(number), 0), trainable=False, name=f"{name}_state"
        )
        self.name = name

    @property
    def seed(self) -> int:
        """The seed; that of a global or restored generator may change."""
        return int(self.state.numpy()[0]) % _SEEDS

    def next(self) -> Tensor:
        """Return the present state, int64 (2,), and step to the next.

        Example:
            >>> import mark1
            >>> generator = mark1.random.SeedGenerator(3)
            >>> [generator.next().numpy().tolist() for _ in range(2)]
            [[3, 0], [3, 1]]
        """
        return _core.random_advance(self.state)


def set_global_seed(seed: int) -> None:
    """Restart the global generator.

    Args:
        seed: a whole number from 0 to 2**64 - 1.

    Example:
        >>> import mark1
        >>> mark1.random.set_global_seed(1)
        >>> a = float(mark1.random.uniform(()))
        >>> mark1.random.set_global_seed(1)
        >>> a == float(mark1.random.uniform(()))
        True
    """
    global_generator().state.assign(_core.random_state(_signed(_check_seed(seed)), 0))


def global_generator() -> SeedGenerator:
    """Return the generator that is used where no seed is given.

    Example:
        >>> import mark1
        >>> mark1.random.global_generator() is mark1.random.global_generator()
        True
    """
    global _global
    if _global is None:
        with _lock:
            if _global is None:
                _global = SeedGenerator(int.from_bytes(os.urandom(8), "little"), "global")
    return _global


_global: SeedGenerator | None = None
_lock = threading.Lock()


def make_seed() -> int:
    """Draw a seed from the global generator: what layers and initializers without one take.

    Returns:
        A whole number from 0 to 2**63 - 2.

    Example:
        >>> import mark1
        >>> mark1.random.make_seed() == mark1.random.make_seed()
        False
    """
    return _seed_from(global_generator().next())


def fold_in(seed: int, data: int) -> int:
    """Derive a seed: one for each epoch, say.

    Args:
        seed: a seed.
        data: a whole number from 0 to 2**32 - 1.

    Returns:
        A whole number from 0 to 2**63 - 2, a function of the arguments.

    Example:
        >>> import mark1
        >>> mark1.random.fold_in(1, 0) == mark1.random.fold_in(1, 1)
        False
    """
    return _seed_from(_core.random_state(_signed(_check_seed(seed)), data))


def uniform(
    shape: int | Sequence[int],
    minval: float = 0.0,
    maxval: float = 1.0,
    dtype: DTypeLike = "float32",
    seed: int | SeedGenerator | None = None,
) -> Tensor:
    """Numbers spread evenly over [minval, maxval).

    Args:
        shape: the shape of the result.
        minval: the lower end, which can occur.
        maxval: the upper end, which cannot.
        dtype: "float32" (multiples of 2**-24 of the range) or "float64" (2**-53).
        seed: an integer, a `SeedGenerator`, or None.

    Returns:
        A tensor of `shape`.

    Raises:
        ValueError: minval exceeds maxval.

    Example:
        >>> import mark1
        >>> mark1.random.uniform((3,), seed=0).numpy()
        array([0.39904642, 0.88052016, 0.73571277], dtype=float32)
    """
    return _core.random_uniform(shape, _state(seed), minval, maxval, dtype)


def normal(
    shape: int | Sequence[int],
    mean: float = 0.0,
    stddev: float = 1.0,
    dtype: DTypeLike = "float32",
    seed: int | SeedGenerator | None = None,
) -> Tensor:
    """Normally distributed numbers, by the inverse of the distribution function.

    Args:
        shape: the shape of the result.
        mean: the mean.
        stddev: the standard deviation, at least 0.
        dtype: "float32" or "float64".
        seed: an integer, a `SeedGenerator`, or None.

    Returns:
        A tensor of `shape`.

    Raises:
        ValueError: stddev is negative.

    Example:
        >>> import mark1
        >>> mark1.random.normal((2,), seed=0).numpy().shape
        (2,)
    """
    return _core.random_normal(shape, _state(seed), mean, stddev, dtype)


def truncated_normal(
    shape: int | Sequence[int],
    mean: float = 0.0,
    stddev: float = 1.0,
    dtype: DTypeLike = "float32",
    seed: int | SeedGenerator | None = None,
) -> Tensor:
    """Normally distributed numbers of which none is further than two stddev from the mean.

    Args:
        shape: the shape of the result.
        mean: the mean.
        stddev: the standard deviation before the tails were cut off, at least 0.
        dtype: "float32" or "float64".
        seed: an integer, a `SeedGenerator`, or None.

    Returns:
        A tensor of `shape`.

    Raises:
        ValueError: stddev is negative.

    Example:
        >>> import mark1
        >>> bool(abs(mark1.random.truncated_normal((1000,), seed=0).numpy()).max() <= 2)
        True
    """
    return _core.random_truncated_normal(shape, _state(seed), mean, stddev, dtype)


def randint(
    shape: int | Sequence[int],
    minval: int,
    maxval: int,
    dtype: DTypeLike = "int32",
    seed: int | SeedGenerator | None = None,
) -> Tensor:
    """Whole numbers from minval up to but not maxval.

    Args:
        shape: the shape of the result.
        minval: the smallest number.
        maxval: one more than the greatest.
        dtype: "int32" or "int64".
        seed: an integer, a `SeedGenerator`, or None.

    Returns:
        A tensor of `shape`.

    Raises:
        ValueError: minval is not below maxval, or the numbers do not fit the dtype.

    Example:
        >>> import mark1
        >>> mark1.random.randint((4,), 0, 10, seed=0).numpy().tolist()
        [8, 6, 3, 0]
    """
    return _core.random_integers(shape, _state(seed), minval, maxval, dtype)


def permutation(n: int, seed: int | SeedGenerator | None = None, epoch: int = 0) -> Tensor:
    """The numbers 0 to n - 1 in random order, each order as likely as any other.

    Args:
        n: how many.
        seed: an integer, a `SeedGenerator`, or None.
        epoch: with an integer seed: which of the 2**32 orders of that seed.

    Returns:
        int64 (n,).

    Raises:
        ValueError: n is negative or not below 2**32.

    Source:
        Fisher and Yates, 1938, in the form of Durstenfeld; bounded integers by Lemire, Fast random
        integer generation in an interval, 2019.

    Example:
        >>> import mark1
        >>> sorted(mark1.random.permutation(5, seed=0).numpy().tolist())
        [0, 1, 2, 3, 4]
    """
    return _core.random_permutation(n, _state(seed, epoch))


def shuffle(x: Any, axis: int = 0, seed: int | SeedGenerator | None = None) -> Tensor:
    """The slices of x along an axis in random order.

    Args:
        x: array-like with at least one axis.
        axis: the axis.
        seed: an integer, a `SeedGenerator`, or None.

    Returns:
        A tensor of x's shape and dtype.

    Raises:
        ValueError: x has no such axis.

    Example:
        >>> import mark1
        >>> sorted(mark1.random.shuffle([1, 2, 3], seed=0).numpy().tolist())
        [1, 2, 3]
    """
    array = np.asarray(_core.convert(x))
    if not -array.ndim <= axis < array.ndim:
        raise ValueError(f"[shuffle] there is no axis {axis} in shape {array.shape}")
    order = permutation(array.shape[axis], seed)
    return _core.convert(np.take(array, np.asarray(order), axis), None, False)


def categorical(
    logits: Any,
    num_samples: int,
    dtype: DTypeLike = "int32",
    seed: int | SeedGenerator | None = None,
) -> Tensor:
    """Class numbers, each as likely as the softmax of its row says.

    The greatest of ``logits - log(-log(u))``, u being uniform numbers.

    Args:
        logits: array-like (rows, classes).
        num_samples: how many are drawn for each row.
        dtype: "int32" or "int64".
        seed: an integer, a `SeedGenerator`, or None.

    Returns:
        A tensor (rows, num_samples).

    Raises:
        ValueError: logits are not (rows, classes).

    Source:
        E. J. Gumbel: Statistical theory of extreme values, 1954.

    Example:
        >>> import mark1
        >>> mark1.random.categorical([[0.0, -100.0], [-100.0, 0.0]], 3, seed=0).numpy().tolist()
        [[0, 0, 0], [1, 1, 1]]
    """
    from mark1 import ops

    x = ops.convert_to_tensor(logits)
    x = x if x.dtype in ("float32", "float64") else ops.cast(x, "float32")
    if len(x.shape) != 2:
        raise ValueError(f"[categorical] needs logits (rows, classes), got {x.shape}")
    drawn = uniform((x.shape[0], num_samples, x.shape[1]), 0.0, 1.0, x.dtype, seed)
    noise = ops.negative(ops.log(ops.negative(ops.log(drawn))))
    return ops.cast(ops.argmax(ops.add(ops.expand_dims(x, 1), noise), -1), dtype)


def dropout(
    inputs: Any,
    rate: float,
    noise_shape: Sequence[int | None] | None = None,
    seed: int | SeedGenerator | None = None,
) -> Tensor:
    """`mark1.ops.dropout` under Keras' name.

    >>> import mark1
    >>> mark1.random.dropout([1.0, 2.0, 3.0, 4.0], 0.5, seed=3).numpy()
    array([0., 4., 6., 0.], dtype=float32)
    """
    from mark1 import ops

    return ops.dropout(inputs, rate, seed, noise_shape)


def _state(seed: int | SeedGenerator | None, call: int = 0) -> Tensor:
    if seed is None or isinstance(seed, SeedGenerator):
        state = (global_generator() if seed is None else seed).next()
        # A generator stays where it is; the numbers are drawn on the device in use.
        here = _core.current_device()
        return state if state.device == here else state.to(here)
    return _core.random_state(_signed(_check_seed(seed)), call)


def _seed_from(state: Tensor) -> int:
    return int(_core.random_integers((), state, 0, (1 << 63) - 1, "int64").item())


def _check_seed(seed: int) -> int:
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        kind = type(seed).__name__
        raise TypeError(f"[random] a seed is an integer, a SeedGenerator or None, got {kind}")
    if not 0 <= seed < _SEEDS:
        raise ValueError(f"[random] a seed is from 0 to 2**64 - 1, got {seed}")
    return int(seed)


def _signed(seed: int) -> int:
    return seed - _SEEDS if seed >= _SEEDS // 2 else seed


def __getattr__(name: str) -> Any:
    if name not in ("beta", "binomial", "gamma"):
        raise AttributeError(f"module 'mark1.random' has no attribute {name!r}")
    return getattr(importlib.import_module("mark1.distributions"), name)
