"""Pictures with parts of others, or with parts missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import ops, random
from mark1._core import Tensor
from mark1.layers.augmentation.pictures import RandomPictureLayer, number_range, value_range_of
from mark1.layers.layer import registry


def _column(x: Tensor, axes: int) -> Tensor:
    """One number for each sample, with as many axes as the samples have."""
    return ops.reshape(x, (x.shape[0], *(1 for _ in range(axes - 1))))


def _mixed(x: Any, order: Tensor, weight: Tensor) -> Tensor:
    """Each sample times its weight, and another of the batch times the rest."""
    x = ops.convert_to_tensor(x)
    if not x.dtype.startswith("float"):
        x = ops.cast(x, weight.dtype)
    w = ops.cast(_column(weight, x.ndim), x.dtype)
    mixed: Tensor = w * x + (1.0 - w) * ops.take(x, order, axis=0)
    return mixed


class _Mixing(RandomPictureLayer):
    def _order(self, n: int) -> Tensor:
        """A permutation: `random.shuffle` reads its seed, which no recorded step may."""
        return ops.argsort(random.uniform((n,), dtype="float64", seed=self.seed_generator))


class _Boxes(_Mixing):
    def _box(self, shape: tuple[int, ...], height: Tensor, width: Tensor) -> Tensor:
        """Whether a pixel is in its picture's box, of sizes that are parts of the picture's."""
        inside = None
        for axis, part in ((1, height), (2, width)):
            n = float(shape[axis])
            begin = self._uniform(shape[0], (0.0, 1.0), part.dtype) * (n - part * n)
            places = ops.reshape(ops.arange(n, dtype=part.dtype), (1, shape[axis]))
            first, last = _column(begin, 2), _column(begin + part * n, 2)
            here = ops.logical_and(ops.greater_equal(places, first), ops.less(places, last))
            lines = [shape[0], 1, 1, 1]
            lines[axis] = shape[axis]
            here = ops.reshape(here, lines)
            inside = here if inside is None else ops.logical_and(inside, here)
        return ops.broadcast_to(inside, shape)


@registry.register()
class MixUp(_Mixing):
    """In training adds to each picture, and to its labels, another of the batch.

    ``x = w x + (1 - w) x[order]``, with a weight w of a beta distribution for each.

    Args:
        alpha: both parameters of the distribution; above 0.
        data_format: ``"channels_last"`` (if None), or ``"channels_first"``.
        seed: an integer, or None to take one from the global generator.

    Raises:
        ValueError: alpha is not above 0; when called: inputs are no pictures.

    Source:
        Zhang et al., mixup: beyond empirical risk minimization, 2018.

    >>> data = {"images": ops.ones((2, 4, 4, 1)), "labels": ops.eye(2)}
    >>> mixed = MixUp(seed=1)(data, training=True)
    >>> ops.sum(mixed["labels"], axis=1).numpy()
    array([1., 1.], dtype=float32)
    """

    def __init__(
        self,
        alpha: float = 0.2,
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed, data_format, **kwargs)
        if isinstance(alpha, bool) or not isinstance(alpha, (int, float)) or not alpha > 0:
            raise ValueError(f"[MixUp] alpha must be above 0, got {alpha!r}")
        self.alpha = alpha

    def _draw(self, shape: tuple[int, ...], dtype: str) -> Any:
        order = self._order(shape[0])
        weight = random.beta((shape[0],), self.alpha, self.alpha, dtype, self.seed_generator)
        return order, weight

    def _change(self, x: Tensor, drawn: Any) -> Tensor:
        return x if drawn is None else _mixed(x, *drawn)

    def _change_masks(self, x: Tensor, drawn: Any) -> Tensor:
        return self._change(x, drawn)

    def _change_labels(self, labels: Any, drawn: Any) -> Any:
        return _mixed(labels, *drawn)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "alpha": self.alpha}


@registry.register()
class CutMix(_Boxes):
    """In training puts a box of another picture of the batch into each, and mixes labels likewise.

    Sides of a box are ``sqrt(1 - w)`` of those of the picture, with w of a beta distribution;
    labels are mixed by the parts of the area.

    Args:
        factor: both parameters of the distribution are drawn between two numbers, or 0 and one;
            from 0 to 1.
        seed: an integer, or None to take one from the global generator.
        data_format: ``"channels_last"`` (if None), or ``"channels_first"``.

    Raises:
        ValueError: an argument is out of range; when called: inputs are no pictures.

    Source:
        Yun et al., CutMix: regularization strategy to train strong classifiers, 2019.

    >>> data = {"images": ops.ones((2, 4, 4, 1)), "labels": ops.eye(2)}
    >>> mixed = CutMix(seed=1)(data, training=True)
    >>> ops.sum(mixed["labels"], axis=1).numpy()
    array([1., 1.], dtype=float32)
    """

    def __init__(
        self,
        factor: Any = 1.0,
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed, data_format, **kwargs)
        self.factor: tuple[float, float] = number_range("CutMix", "factor", factor, (0.0, 1.0))

    def _draw(self, shape: tuple[int, ...], dtype: str) -> Any:
        alpha = self._uniform((), self.factor, dtype) + 1e-6
        weight = random.beta((shape[0],), alpha, alpha, dtype, self.seed_generator)
        part = ops.sqrt(1.0 - weight)
        box = self._box(shape, part, part)
        order = self._order(shape[0])
        return order, box, 1.0 - part * part

    def _change(self, x: Tensor, drawn: Any) -> Tensor:
        if drawn is None:
            return x
        order, box, _ = drawn
        here = box if box.shape == x.shape else box[..., :1]
        return ops.where(here, ops.take(x, order, axis=0), x)

    def _change_masks(self, x: Tensor, drawn: Any) -> Tensor:
        return self._change(x, drawn)

    def _change_labels(self, labels: Any, drawn: Any) -> Any:
        order, _, weight = drawn
        return _mixed(labels, order, weight)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "factor": list(self.factor)}


@registry.register()
class RandomErasing(_Boxes):
    """In training fills a box of a share of the pictures.

    Args:
        factor: the share, or the least and the greatest; from 0 to 1.
        scale: between which numbers the squares of the sides of a box are, as parts of those of
            the picture; from 0 to 1.
        fill_value: a number, or one for each channel; None: normal numbers times the
            greatest value.
        value_range: the least and the greatest value of a pixel.
        seed: an integer, or None to take one from the global generator.
        data_format: ``"channels_last"`` (if None), or ``"channels_first"``.

    Raises:
        ValueError: an argument is out of range; when called: inputs are no pictures.

    Source:
        Zhong et al., Random erasing data augmentation, 2020.

    >>> layer = RandomErasing((1.0, 1.0), scale=(0.25, 0.25), fill_value=0.0, seed=1)
    >>> float(ops.sum(layer(ops.ones((1, 8, 8, 1)), training=True)))
    48.0
    """

    def __init__(
        self,
        factor: Any = 1.0,
        scale: Any = (0.02, 0.33),
        fill_value: float | Sequence[float] | None = None,
        value_range: Sequence[float] = (0, 255),
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed, data_format, **kwargs)
        self.factor: tuple[float, float] = number_range(
            "RandomErasing", "factor", factor, (0.0, 1.0)
        )
        self.scale: tuple[float, float] = number_range("RandomErasing", "scale", scale, (0.0, 1.0))
        several = isinstance(fill_value, (list, tuple)) and len(fill_value) == 3
        if not (several or fill_value is None or isinstance(fill_value, (int, float))):
            raise ValueError(
                f"[RandomErasing] fill_value must be a number or three, got {fill_value!r}"
            )
        self.fill_value = fill_value
        self.value_range: list[float] = value_range_of("RandomErasing", value_range)

    def _draw(self, shape: tuple[int, ...], dtype: str) -> Any:
        sides = [ops.sqrt(self._uniform(shape[0], self.scale, dtype)) for _ in range(2)]
        box = self._box(shape, *sides)
        share = self._uniform(shape[0], self.factor, dtype)
        chosen = ops.less(self._uniform(shape[0], (0.0, 1.0), dtype), share)
        if self.fill_value is None:
            noise = random.normal(shape, dtype=dtype, seed=self.seed_generator)
            fill = noise * float(self.value_range[1])
        else:
            fill = ops.broadcast_to(ops.convert_to_tensor(self.fill_value, dtype), shape)
        fill = ops.clip(fill, float(self.value_range[0]), float(self.value_range[1]))
        return ops.logical_and(box, _column(chosen, 4)), fill

    def _change(self, x: Tensor, drawn: Any) -> Tensor:
        return x if drawn is None else ops.where(drawn[0], drawn[1], x)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {
            **super().get_config(),
            "factor": list(self.factor),
            "scale": list(self.scale),
            "fill_value": self.fill_value,
            "value_range": self.value_range,
        }
