"""Initializers that draw from a fixed distribution."""

from __future__ import annotations

from typing import Any

from mark1 import random
from mark1._core import Tensor
from mark1.initializers.initializer import RandomInitializer, Seed, registry


@registry.register("normal")
class RandomNormal(RandomInitializer):
    """Normal distribution.

    Args:
        mean: its mean.
        stddev: its standard deviation.
        seed: an integer, a `SeedGenerator`, or None to take one from the global generator.

    >>> RandomNormal(stddev=0.1, seed=1)((2, 3)).shape
    (2, 3)
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Seed = None) -> None:
        super().__init__(seed)
        self.mean = mean
        self.stddev = stddev

    def __call__(self, shape: tuple[int, ...], dtype: str | None = None) -> Tensor:
        """Return the values."""
        return random.normal(shape, self.mean, self.stddev, dtype or "float32", self.seed)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this initializer was made with."""
        return {**super().get_config(), "mean": self.mean, "stddev": self.stddev}


@registry.register()
class TruncatedNormal(RandomInitializer):
    """Normal distribution, drawn again where it is more than two standard deviations from the mean.

    Args:
        mean: its mean before truncation.
        stddev: its standard deviation before truncation.
        seed: an integer, a `SeedGenerator`, or None to take one from the global generator.

    >>> w = TruncatedNormal(stddev=0.1, seed=1)((100,)).numpy()
    >>> bool(abs(w).max() <= 0.2)
    True
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Seed = None) -> None:
        super().__init__(seed)
        self.mean = mean
        self.stddev = stddev

    def __call__(self, shape: tuple[int, ...], dtype: str | None = None) -> Tensor:
        """Return the values."""
        return random.truncated_normal(shape, self.mean, self.stddev, dtype or "float32", self.seed)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this initializer was made with."""
        return {**super().get_config(), "mean": self.mean, "stddev": self.stddev}


@registry.register("uniform")
class RandomUniform(RandomInitializer):
    """Uniform distribution.

    Args:
        minval: lower end, included.
        maxval: upper end, excluded.
        seed: an integer, a `SeedGenerator`, or None to take one from the global generator.

    >>> w = RandomUniform(0.0, 2.0, seed=1)((100,)).numpy()
    >>> bool((w >= 0).all() and (w < 2).all())
    True
    """

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: Seed = None) -> None:
        super().__init__(seed)
        self.minval = minval
        self.maxval = maxval

    def __call__(self, shape: tuple[int, ...], dtype: str | None = None) -> Tensor:
        """Return the values."""
        return random.uniform(shape, self.minval, self.maxval, dtype or "float32", self.seed)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this initializer was made with."""
        return {**super().get_config(), "minval": self.minval, "maxval": self.maxval}
