"""Layers that disturb what passes through them while training."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mark1 import ops, random
from mark1._core import Tensor
from mark1.layers import defaults
from mark1.layers.layer import Layer, registry
from mark1.ops.dropout import noise_shape_for


class Noise(Layer):
    """A layer that draws random numbers in training and does nothing else.

    Args:
        seed: an integer, or None to take one from the global generator.
    """

    supports_masking = True

    def __init__(self, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seed = seed
        self.seed_generator: random.SeedGenerator = random.SeedGenerator(seed)

    def call(self, x: Tensor, training: bool = False) -> Tensor:
        """Return the outputs."""
        return self._disturb(x) if training else x

    def _disturb(self, x: Tensor) -> Tensor:
        raise NotImplementedError

    def _rate(self, rate: Any) -> float:
        if isinstance(rate, bool) or not isinstance(rate, (int, float)) or not 0 <= rate < 1:
            raise ValueError(
                f"[{type(self).__name__}] rate must be at least 0 and below 1, got {rate!r}"
            )
        return rate


@registry.register()
class GaussianNoise(Noise):
    """In training adds normally distributed numbers.

    Args:
        stddev: their standard deviation.
        seed: an integer, or None to take one from the global generator.

    Raises:
        ValueError: stddev is negative.

    >>> GaussianNoise(0.5)([[1.0, 2.0]]).numpy()
    array([[1., 2.]], dtype=float32)
    """

    def __init__(self, stddev: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(seed, **kwargs)
        if isinstance(stddev, bool) or not isinstance(stddev, (int, float)) or stddev < 0:
            raise ValueError(f"[GaussianNoise] stddev must be a number from 0 up, got {stddev!r}")
        self.stddev = stddev

    def _disturb(self, x: Tensor) -> Tensor:
        if not self.stddev:
            return x
        noise = random.normal(x.shape, 0.0, self.stddev, x.dtype, self.seed_generator)
        return ops.add(x, noise)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "stddev": self.stddev, "seed": self.seed}


@registry.register()
class GaussianDropout(Noise):
    """In training multiplies by normally distributed numbers of mean 1.

    Their standard deviation is ``sqrt(rate / (1 - rate))``, which is that of dropout.

    Args:
        rate: what the rate of dropout would be, from 0 up to but not 1.
        seed: an integer, or None to take one from the global generator.

    Raises:
        ValueError: rate is out of range.

    Source:
        Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting, 2014.

    >>> GaussianDropout(0.5)([[1.0, 2.0]]).numpy()
    array([[1., 2.]], dtype=float32)
    """

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(seed, **kwargs)
        self.rate: float = self._rate(rate)

    def _disturb(self, x: Tensor) -> Tensor:
        if not self.rate:
            return x
        spread = math.sqrt(self.rate / (1.0 - self.rate))
        factor = random.normal(x.shape, 1.0, spread, x.dtype, self.seed_generator)
        return ops.multiply(x, factor)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}


@registry.register()
class SpatialDropout1D(Noise):
    """In training sets whole channels to 0 and divides the others by what is left: (N, T, C).

    Args:
        rate: the share of channels, from 0 up to but not 1.
        seed: an integer, or None to take one from the global generator.

    Raises:
        ValueError: rate is out of range, or the inputs have another number of axes.

    Source:
        Tompson et al., Efficient object localization using convolutional networks, 2015.

    >>> SpatialDropout1D(0.5)([[[1.0, 2.0]]]).numpy()
    array([[[1., 2.]]], dtype=float32)
    """

    axes = 1

    def __init__(
        self, rate: float, seed: int | None = None, data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(seed, **kwargs)
        self.rate: float = self._rate(rate)
        if data_format not in (None, "channels_last", "channels_first"):
            raise ValueError(
                f"[{type(self).__name__}] data_format must be 'channels_last' or 'channels_first', "
                f"got {data_format!r}"
            )
        self.data_format: str = data_format or defaults.image_data_format()

    def check_input(self, shape: Any) -> None:
        """Refuse inputs of another number of axes."""
        if len(shape) != self.axes + 2:
            raise ValueError(
                f'[{type(self).__name__} "{self.name}"] expected {self.axes + 2} axes, got {shape}'
            )

    def _disturb(self, x: Tensor) -> Tensor:
        if not self.rate:
            return x
        ones = (1,) * self.axes
        last = self.data_format == "channels_last"
        shape = (x.shape[0], *ones, x.shape[-1]) if last else (*x.shape[:2], *ones)
        kept = ops.dropout(ops.ones(shape, x.dtype), self.rate, self.seed_generator)
        return ops.multiply(x, kept)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        config = {**super().get_config(), "rate": self.rate, "seed": self.seed}
        del config["trainable"]  # which Keras' layer does not take
        return config if self.axes == 1 else {**config, "data_format": self.data_format}


@registry.register()
class SpatialDropout2D(SpatialDropout1D):
    """`SpatialDropout1D` for (N, H, W, C), or (N, C, H, W) with ``data_format="channels_first"``.

    >>> SpatialDropout2D(0.5)(ops.ones((1, 1, 1, 2))).shape
    (1, 1, 1, 2)
    """

    axes = 2


@registry.register()
class SpatialDropout3D(SpatialDropout1D):
    """`SpatialDropout1D` for (N, D, H, W, C), or with the channels first.

    >>> SpatialDropout3D(0.5)(ops.ones((1, 1, 1, 1, 2))).shape
    (1, 1, 1, 1, 2)
    """

    axes = 3


_ALPHA = -1.6732632423543772 * 1.0507009873554805  # what selu tends to at minus infinity


@registry.register()
class AlphaDropout(Noise):
    """Dropout for layers with selu: mean and variance of the outputs stay those of the inputs.

    In training a share of the values becomes the least that selu returns; all are then scaled
    and shifted.

    Args:
        rate: the share, from 0 up to but not 1.
        noise_shape: where it has a 1, the values along that axis share their fate; None in it
            stands for the size of the inputs.
        seed: an integer, or None to take one from the global generator.

    Raises:
        ValueError: rate is out of range.

    Source:
        Klambauer et al., Self-normalizing neural networks, 2017.

    >>> AlphaDropout(0.5)([[1.0, 2.0]]).numpy()
    array([[1., 2.]], dtype=float32)
    """

    def __init__(
        self,
        rate: float,
        noise_shape: Sequence[int | None] | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed, **kwargs)
        self.rate: float = self._rate(rate)
        self.noise_shape: tuple[int | None, ...] | None = (
            None if noise_shape is None else tuple(noise_shape)
        )

    def _disturb(self, x: Tensor) -> Tensor:
        if not self.rate:
            return x
        shape = noise_shape_for(x, self.noise_shape, "AlphaDropout")
        drawn = random.uniform(shape, dtype=x.dtype, seed=self.seed_generator)
        scale = ((1.0 - self.rate) * (1.0 + self.rate * _ALPHA**2)) ** -0.5
        kept = ops.where(ops.greater_equal(drawn, self.rate), x, _ALPHA)
        return ops.add(ops.multiply(kept, scale), -scale * _ALPHA * self.rate)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        own = {"rate": self.rate, "seed": self.seed, "noise_shape": self.noise_shape}
        return {**super().get_config(), **own}
