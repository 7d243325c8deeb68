"""Pictures with other colours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import ops, random
from mark1._core import Tensor
from mark1.layers.augmentation.light import RandomBrightness, RandomContrast
from mark1.layers.augmentation.pictures import (
    RandomPictureLayer,
    number_range,
    scaled,
    value_range_of,
)
from mark1.layers.layer import registry


class FactorLayer(RandomPictureLayer):
    """Draws one number for each picture.

    Args:
        factor: the least and the greatest, or one number.
        value_range: the least and the greatest value of a pixel.
        data_format: ``"channels_last"`` (if None), or ``"channels_first"``.
        seed: an integer, or None to take one from the global generator.
    """

    _bounds = (0.0, 1.0)
    _low: float | None = 0.0  # where the range of a single number begins

    def __init__(
        self,
        factor: Any,
        value_range: Sequence[float] = (0, 255),
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed, data_format, **kwargs)
        op = type(self).__name__
        self.factor: tuple[float, float] = number_range(
            op, "factor", factor, self._bounds, self._low
        )
        self.value_range: list[float] = value_range_of(op, value_range)

    def _draw(self, shape: tuple[int, ...], dtype: str) -> Any:
        return self._uniform((shape[0], 1, 1, 1), self.factor, dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "factor": self.factor, "value_range": self.value_range}


@registry.register()
class RandomGrayscale(RandomPictureLayer):
    """In training takes the colours from a share of the pictures.

    Args:
        factor: the share, from 0 to 1.
        data_format: ``"channels_last"`` (if None), or ``"channels_first"``.
        seed: an integer, or None to take one from the global generator.

    Raises:
        ValueError: the share is out of range; when called: inputs have not three channels.

    >>> RandomGrayscale(1.0)([[[[1.0, 0.0, 0.0]]]]).numpy()
    array([[[[0.2989, 0.2989, 0.2989]]]], dtype=float32)
    """

    def __init__(
        self,
        factor: float = 0.5,
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed, data_format, **kwargs)
        self.factor: float = number_range("RandomGrayscale", "factor", factor, (0.0, 1.0))[1]

    def _draw(self, shape: tuple[int, ...], dtype: str) -> Any:
        return ops.less(self._uniform((shape[0], 1, 1, 1), (0.0, 1.0), dtype), self.factor)

    def _change(self, x: Tensor, drawn: Any) -> Tensor:
        return ops.where(drawn, ops.image.rgb_to_grayscale(x), x)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "factor": self.factor}


@registry.register()
class RandomColorDegeneration(FactorLayer):
    """In training mixes pictures with grey ones.

    Args:
        factor: the share of grey: at most, or the least and the greatest; from 0 to 1.
        value_range: the least and the greatest value of a pixel, to which results are cut off.
        data_format: ``"channels_last"`` (if None), or ``"channels_first"``.
        seed: an integer, or None to take one from the global generator.

    Raises:
        ValueError: an argument is out of range; when called: inputs have not three channels.

    >>> RandomColorDegeneration((0.5, 0.5), (0, 1))([[[[1.0, 0.0, 0.0]]]]).numpy().round(3)
    array([[[[0.649, 0.149, 0.149]]]], dtype=float32)
    """

    _bounds = (-1.0, 1.0)

    def _change(self, x: Tensor, drawn: Any) -> Tensor:
        step = ops.subtract(ops.image.rgb_to_grayscale(x), x)
        return ops.clip(ops.add(x, ops.multiply(drawn, step)), *self.value_range)


@registry.register()
class RandomSaturation(FactorLayer):
    """In training makes colours stronger or weaker.

    Saturation, from 0 to 1, is multiplied by ``f / (1 - f)``, so that 0.5 changes nothing, and cut
    off at 1.

    Args:
        factor: the greatest f, or the least and the greatest; from 0 to 1.
        value_range: the least and the greatest value of a pixel.
        data_format: ``"channels_last"`` (if None), or ``"channels_first"``.
        seed: an integer, or None to take one from the global generator.

    Raises:
        ValueError: an argument is out of range; when called: inputs have not three channels.

    >>> RandomSaturation((0.0, 0.0), (0, 1))([[[[1.0, 0.5, 0.0]]]]).numpy()
    array([[[[1., 1., 1.]]]], dtype=float32)
    """

    _bounds = (-1.0, 1.0)

    def _draw(self, shape: tuple[int, ...], dtype: str) -> Any:
        factor = self._uniform(shape[:1], self.factor, dtype)
        return ops.divide(factor, ops.subtract(1.0 + 1e-7, factor))

    def _change(self, x: Tensor, drawn: Any) -> Tensor:
        x = scaled(x, self.value_range, (0, 1))
        hue, saturation, value = ops.split(ops.image.rgb_to_hsv(x), 3, -1)
        share = ops.reshape(drawn, (x.shape[0], 1, 1, 1))
        saturation = ops.clip(ops.multiply(saturation, share), 0.0, 1.0)
        x = ops.image.hsv_to_rgb(ops.concatenate([hue, saturation, value], -1))
        return scaled(x, (0, 1), self.value_range)


@registry.register()
class RandomHue(FactorLayer):
    """In training turns the circle of colours.

    Args:
        factor: the greatest turn, 1 being half the circle in either direction; or the least and
            the greatest; from 0 to 1.
        value_range: the least and the greatest value of a pixel.
        data_format: ``"channels_last"`` (if None), or ``"channels_first"``.
        seed: an integer, or None to take one from the global generator.

    Raises:
        ValueError: an argument is out of range; when called: inputs have not three channels.

    >>> RandomHue((1.0, 1.0), (0, 1))([[[[1.0, 0.0, 0.0]]]]).numpy()
    array([[[[0., 1., 1.]]]], dtype=float32)
    """

    def _draw(self, shape: tuple[int, ...], dtype: str) -> Any:
        places = (shape[0], 1, 1, 1)
        turn = ops.multiply(self._uniform(places, self.factor, dtype), 0.5)
        return ops.multiply(self._signs(places, dtype), turn)

    def _change(self, x: Tensor, drawn: Any) -> Tensor:
        x = scaled(x, self.value_range, (0, 1))
        hue, saturation, value = ops.split(ops.image.rgb_to_hsv(x), 3, -1)
        hue = ops.mod(ops.add(hue, drawn), 1.0)
        x = ops.image.hsv_to_rgb(ops.concatenate([hue, saturation, value], -1))
        return scaled(ops.clip(x, 0.0, 1.0), (0, 1), self.value_range)


@registry.register()
class RandomColorJitter(RandomPictureLayer):
    """In training changes brightness, contrast, saturation and hue, one after the other.

    Args:
        value_range: the least and the greatest value of a pixel.
        brightness_factor: that of `RandomBrightness`; None leaves it as it is; and so on.
        contrast_factor: that of `RandomContrast`.
        saturation_factor: that of `RandomSaturation`.
        hue_factor: that of `RandomHue`.
        seed: an integer, or None to take one from the global generator.
        data_format: ``"channels_last"`` (if None), or ``"channels_first"``.

    Raises:
        ValueError: an argument is out of range; when called: inputs have not three channels.

    >>> RandomColorJitter(brightness_factor=0.2)(ops.ones((2, 4, 4, 3))).shape
    (2, 4, 4, 3)
    """

    def __init__(
        self,
        value_range: Sequence[float] = (0, 255),
        brightness_factor: Any = None,
        contrast_factor: Any = None,
        saturation_factor: Any = None,
        hue_factor: Any = None,
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed, data_format, **kwargs)
        self.value_range: list[float] = value_range_of("RandomColorJitter", value_range)
        self._factors = {
            "brightness_factor": brightness_factor,
            "contrast_factor": contrast_factor,
            "saturation_factor": saturation_factor,
            "hue_factor": hue_factor,
        }
        kinds = (RandomBrightness, RandomContrast, RandomSaturation, RandomHue)
        seeds = [None if seed is None else random.fold_in(seed, i) for i in range(len(kinds))]
        self.changes: list[Any] = [
            kind(factor, value_range=self.value_range, seed=own, dtype=self.dtype)
            for kind, factor, own in zip(kinds, self._factors.values(), seeds, strict=True)
            if factor is not None
        ]

    def _change(self, x: Tensor, drawn: Any) -> Tensor:
        for layer in self.changes:
            x = layer._change(x, layer._draw(x.shape, x.dtype))
        return x

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "value_range": self.value_range, **self._factors}
