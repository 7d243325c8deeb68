"""Brighter and darker pictures, more and less contrast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.layers.augmentation.pictures import RandomPictureLayer, number_range, value_range_of
from mark1.layers.layer import registry


@registry.register()
class RandomBrightness(RandomPictureLayer):
    """In training makes pictures brighter or darker.

    Adds to all pixels of a picture one number, a share of the range of values.

    Args:
        factor: the greatest share in both directions, or the least and the greatest; from -1 to 1.
        value_range: the least and the greatest value of a pixel, to which results are cut off.
        seed: an integer, or None to take one from the global generator.

    Raises:
        ValueError: an argument is out of range; when called: inputs are no pictures.

    >>> RandomBrightness((0.2, 0.2))([[[[0.0, 250.0]]]]).numpy()
    array([[[[ 51., 255.]]]], dtype=float32)
    """

    def __init__(
        self,
        factor: Any,
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed, **kwargs)
        self.factor: tuple[float, float] = number_range(
            "RandomBrightness", "factor", factor, (-1.0, 1.0)
        )
        self.value_range: list[float] = value_range_of("RandomBrightness", value_range)

    def _draw(self, shape: tuple[int, ...], dtype: str) -> Any:
        share = self._uniform((shape[0], 1, 1, 1), self.factor, dtype)
        return ops.multiply(share, self.value_range[1] - self.value_range[0])

    def _change(self, x: Tensor, drawn: Any) -> Tensor:
        return ops.clip(ops.add(x, drawn), *self.value_range)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "factor": self.factor, "value_range": self.value_range}


@registry.register()
class RandomContrast(RandomPictureLayer):
    """In training makes differences of pixels from the mean of their channel greater or smaller.

    ``(x - mean) * share + mean`` with a share from ``1 - lower`` to ``1 + upper``.

    Args:
        factor: lower and upper, or one number for both; from 0 to 1.
        value_range: the least and the greatest value of a pixel, to which results are cut off.
        seed: an integer, or None to take one from the global generator.

    Raises:
        ValueError: an argument is out of range; when called: inputs are no pictures.

    >>> layer = RandomContrast(0.5, seed=1)
    >>> layer([[[[10.0], [20.0]]]], training=False).numpy().ravel()
    array([10., 20.], dtype=float32)
    """

    def __init__(
        self,
        factor: Any,
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed, **kwargs)
        low = factor if isinstance(factor, (int, float)) else None
        self.factor: tuple[float, float] = number_range(
            "RandomContrast", "factor", factor, (0.0, 1.0), low
        )
        self.value_range: list[float] = value_range_of("RandomContrast", value_range)

    def _draw(self, shape: tuple[int, ...], dtype: str) -> Any:
        between = (1.0 - self.factor[0], 1.0 + self.factor[1])
        return self._uniform((shape[0], 1, 1, 1), between, dtype)

    def _change(self, x: Tensor, drawn: Any) -> Tensor:
        mean = ops.mean(x, (1, 2), True)
        y = ops.add(ops.multiply(ops.subtract(x, mean), drawn), mean)
        return ops.clip(y, *self.value_range)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "factor": self.factor, "value_range": self.value_range}
