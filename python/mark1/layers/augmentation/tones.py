"""Pictures with other tones: negatives, few steps, full contrast, sharper edges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mark1 import ops, random
from mark1._core import Tensor
from mark1.layers.augmentation.colors import FactorLayer
from mark1.layers.augmentation.pictures import (
    PictureLayer,
    RandomPictureLayer,
    number_range,
    scaled,
    value_range_of,
)
from mark1.layers.layer import registry


@registry.register()
class RandomInvert(FactorLayer):
    """In training makes negatives of a share of the pictures: the greatest value less each pixel.

    Args:
        factor: the share, or the least and the greatest; from 0 to 1.
        value_range: the least and the greatest value of a pixel.
        seed: an integer, or None to take one from the global generator.
        data_format: ``"channels_last"`` (if None), or ``"channels_first"``.

    Raises:
        ValueError: an argument is out of range; when called: inputs are no pictures.

    >>> RandomInvert((1.0, 1.0))([[[[55.0], [255.0]]]]).numpy().ravel()
    array([200.,   0.], dtype=float32)
    """

    def __init__(
        self,
        factor: Any = 1.0,
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(factor, value_range, data_format, seed, **kwargs)

    def _draw(self, shape: tuple[int, ...], dtype: str) -> Any:
        share = super()._draw(shape, dtype)
        return ops.less(self._uniform(share.shape, (0.0, 1.0), dtype), share)

    def _change(self, x: Tensor, drawn: Any) -> Tensor:
        return ops.where(drawn, ops.subtract(self.value_range[1], x), x)


@registry.register()
class RandomPosterization(FactorLayer):
    """In training leaves pixels the greatest few of their eight bits.

    Args:
        factor: how many, from the first up to but not the second number, or always the same if
            they are equal; a single number is the second, and the first is 1. From 1 to 8.
        value_range: the least and the greatest value of a pixel, which stand for 0 and 255.
        data_format: ``"channels_last"`` (if None), or ``"channels_first"``.
        seed: an integer, or None to take one from the global generator.

    Raises:
        ValueError: an argument is out of range; when called: inputs are no pictures.

    >>> RandomPosterization((2, 2))([[[[100.0], [255.0]]]]).numpy().ravel()
    array([ 64., 192.], dtype=float32)
    """

    _bounds = (1, 8)
    _low = 1

    def _draw(self, shape: tuple[int, ...], dtype: str) -> Any:
        places = (shape[0], 1, 1, 1)
        low, high = (int(n) for n in self.factor)
        if low == high:
            return ops.full(places, 2.0 ** (8 - low), dtype)
        bits = random.randint(places, low, high, seed=self.seed_generator)
        return ops.take(np.asarray([2.0 ** (8 - n) for n in range(9)], dtype), bits)

    def _change(self, x: Tensor, drawn: Any) -> Tensor:
        x = scaled(x, self.value_range, (0, 255))
        x = ops.multiply(ops.floor(ops.divide(x, drawn)), drawn)
        return scaled(x, (0, 255), self.value_range)


@registry.register()
class Solarization(RandomPictureLayer):
    """In training adds to pixels, and makes negatives of those from a threshold on.

    Args:
        addition_factor: what is added, as a share of the range of values: at most, or the least
            and the greatest; from 0 to 1.
        threshold_factor: the threshold, likewise.
        value_range: the least and the greatest value of a pixel.
        seed: an integer, or None to take one from the global generator.

    Raises:
        ValueError: an argument is out of range; when called: inputs are no pictures.

    >>> Solarization(threshold_factor=(0.5, 0.5))([[[[100.0], [200.0]]]]).numpy().ravel()
    array([100.,  55.], dtype=float32)
    """

    def __init__(
        self,
        addition_factor: Any = 0.0,
        threshold_factor: Any = 0.0,
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed, **kwargs)
        op, bounds = "Solarization", (0.0, 1.0)
        self.addition_factor: tuple[float, float] = number_range(
            op, "addition_factor", addition_factor, bounds, 0.0
        )
        self.threshold_factor: tuple[float, float] = number_range(
            op, "threshold_factor", threshold_factor, bounds, 0.0
        )
        self.value_range: list[float] = value_range_of(op, value_range)

    def _draw(self, shape: tuple[int, ...], dtype: str) -> Any:
        places = (shape[0], 1, 1, 1)
        shares = (self.addition_factor, self.threshold_factor)
        return [self._uniform(places, [255.0 * n for n in share], dtype) for share in shares]

    def _change(self, x: Tensor, drawn: Any) -> Tensor:
        addition, threshold = drawn
        x = ops.add(scaled(x, self.value_range, (0, 255)), addition)
        x = ops.clip(x, 0.0, 255.0)
        x = ops.where(ops.less(x, threshold), x, ops.subtract(255.0, x))
        return scaled(x, (0, 255), self.value_range)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {
            **super().get_config(),
            "value_range": self.value_range,
            "addition_factor": self.addition_factor,
            "threshold_factor": self.threshold_factor,
        }


@registry.register()
class AutoContrast(PictureLayer):
    """Stretches each channel of each picture over the range of values, in training and otherwise.

    Args:
        value_range: the least and the greatest value of a pixel.

    Raises:
        ValueError: an argument is out of range; when called: inputs are no pictures.

    >>> AutoContrast((0, 1))([[[[0.25], [0.5], [0.75]]]]).numpy().ravel()
    array([0. , 0.5, 1. ], dtype=float32)
    """

    _always = True

    def __init__(self, value_range: Sequence[float] = (0, 255), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.value_range: list[float] = value_range_of("AutoContrast", value_range)

    def _change(self, x: Tensor, drawn: Any) -> Tensor:
        low, high = ops.min(x, (1, 2), True), ops.max(x, (1, 2), True)
        flat = ops.equal(low, high)
        share = ops.divide(ops.subtract(x, low), ops.where(flat, 1.0, ops.subtract(high, low)))
        return ops.where(flat, x, scaled(share, (0, 1), self.value_range))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "value_range": self.value_range}


@registry.register()
class RandomSharpness(FactorLayer):
    """In training makes edges sharper or softer.

    ``x + (1 - 2 f) (smooth - x)``, where smooth is the mean of a pixel, five times, and the eight
    around it: 0.5 changes nothing, less softens, more sharpens.

    Args:
        factor: the greatest f, or the least and the greatest; from 0 to 1.
        value_range: the least and the greatest value of a pixel, to which results are cut off.
        data_format: ``"channels_last"`` (if None), or ``"channels_first"``.
        seed: an integer, or None to take one from the global generator.

    Raises:
        ValueError: an argument is out of range; when called: inputs are no pictures.

    >>> RandomSharpness((0.5, 0.5))([[[[1.0], [2.0]]]]).numpy().ravel()
    array([1., 2.], dtype=float32)
    """

    def _change(self, x: Tensor, drawn: Any) -> Tensor:
        channels = x.shape[3]
        kernel = np.full((3, 3, channels, 1), 1 / 13, x.dtype)
        kernel[1, 1] = 5 / 13
        smooth = ops.depthwise_conv(x, kernel, 1, "same")
        share = ops.subtract(1.0, ops.multiply(drawn, 2.0))
        y = ops.add(x, ops.multiply(share, ops.subtract(smooth, x)))
        return ops.clip(y, *self.value_range)
