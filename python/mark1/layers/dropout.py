"""Dropout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import ops, random
from mark1._core import Tensor
from mark1.layers.layer import Layer, registry


@registry.register()
class Dropout(Layer):
    """In training sets a share of the values to 0 and divides the others by what is left.

    Args:
        rate: the share, from 0 up to but not 1.
        noise_shape: where it has a 1, the values along that axis share their fate; None in it
            stands for the size of the inputs.
        seed: an integer, or None to take one from the global generator.

    Raises:
        ValueError: rate is out of range.

    Source:
        Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting, 2014.

    >>> Dropout(0.5)([[1.0, 2.0]]).numpy()
    array([[1., 2.]], dtype=float32)
    """

    supports_masking = True

    def __init__(
        self,
        rate: float,
        noise_shape: Sequence[int | None] | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if isinstance(rate, bool) or not isinstance(rate, (int, float)) or not 0 <= rate < 1:
            raise ValueError(f"[Dropout] rate must be at least 0 and below 1, got {rate!r}")
        self.rate = rate
        self.noise_shape: tuple[int | None, ...] | None = (
            None if noise_shape is None else tuple(noise_shape)
        )
        self.seed = seed
        self.seed_generator: random.SeedGenerator = random.SeedGenerator(seed)

    def call(self, x: Tensor, training: bool = False) -> Tensor:
        """Return the outputs."""
        if not training or self.rate == 0:
            return x
        return ops.dropout(x, self.rate, self.seed_generator, self.noise_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {
            **super().get_config(),
            "rate": self.rate,
            "seed": self.seed,
            "noise_shape": self.noise_shape,
        }
