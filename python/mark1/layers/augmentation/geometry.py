"""Pictures that are turned, moved, zoomed and sheared."""

from __future__ import annotations

import math
from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.layers.augmentation.pictures import RandomPictureLayer, number_range
from mark1.layers.layer import registry
from mark1.ops.affine_transform import affine_transform

_FILLS = ("reflect", "wrap", "constant", "nearest")


class RandomMap(RandomPictureLayer):
    """Maps of the plane, drawn for each picture.

    Args:
        fill_mode: what is seen around the old picture: ``"reflect"``, its mirror image;
            ``"wrap"``, itself again; ``"nearest"``, its last pixels; ``"constant"``.
        interpolation: ``"bilinear"`` or ``"nearest"``.
        seed: an integer, or None to take one from the global generator.
        fill_value: the value of pixels for ``"constant"``.
        data_format: ``"channels_last"`` (if None), or ``"channels_first"``.
    """

    def __init__(
        self,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed, data_format, **kwargs)
        if fill_mode not in _FILLS:
            known = ", ".join(map(repr, _FILLS))
            raise ValueError(
                f"[{type(self).__name__}] fill_mode must be one of {known}, got {fill_mode!r}"
            )
        if interpolation not in ("bilinear", "nearest"):
            raise ValueError(
                f"[{type(self).__name__}] interpolation must be 'bilinear' or 'nearest', "
                f"got {interpolation!r}"
            )
        self.fill_mode = fill_mode
        self.interpolation = interpolation
        self.fill_value = fill_value

    def _change(self, x: Tensor, drawn: Any) -> Tensor:
        return affine_transform(x, drawn, self.interpolation, self.fill_mode, self.fill_value)

    def _change_masks(self, x: Tensor, drawn: Any) -> Tensor:
        return affine_transform(x, drawn, "nearest", self.fill_mode, self.fill_value)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {
            **super().get_config(),
            "fill_mode": self.fill_mode,
            "interpolation": self.interpolation,
            "fill_value": self.fill_value,
        }


def _maps(a0: Any, a1: Any, a2: Any, b0: Any, b1: Any, b2: Any) -> Tensor:
    """Maps (N, 8) from their numbers, tensors (N,) or the same for all."""
    parts = (a0, a1, a2, b0, b1, b2, 0.0, 0.0)
    like = next(part for part in parts if isinstance(part, Tensor))
    columns = [
        part if isinstance(part, Tensor) else ops.full(like.shape, part, like.dtype)
        for part in parts
    ]
    return ops.stack(columns, 1)


@registry.register()
class RandomRotation(RandomMap):
    """In training turns pictures about their middle.

    Args:
        factor: the greatest angle in both directions as a share of a full turn, or the least and
            the greatest: 0.2 is up to 72 degrees, (-0.2, 0.3) is from -72 to 108.
        fill_mode: what is seen around the old picture: ``"reflect"``, its mirror image;
            ``"wrap"``, itself again; ``"nearest"``, its last pixels; ``"constant"``.
        interpolation: ``"bilinear"`` or ``"nearest"``.
        seed: an integer, or None to take one from the global generator.
        fill_value: the value of pixels for ``"constant"``.
        data_format: ``"channels_last"`` (if None), or ``"channels_first"``.

    Raises:
        ValueError: an argument is out of range; when called: inputs are no pictures.

    >>> RandomRotation((0.25, 0.25))([[[[1.0], [2.0]], [[3.0], [4.0]]]]).numpy().round(3).ravel()
    array([2., 4., 1., 3.], dtype=float32)
    """

    def __init__(
        self,
        factor: Any,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.factor: tuple[float, float] = number_range(
            "RandomRotation", "factor", factor, (-1.0, 1.0)
        )

    def _draw(self, shape: tuple[int, ...], dtype: str) -> Any:
        turn = 2 * math.pi
        between = (self.factor[0] * turn, self.factor[1] * turn)
        angle = self._uniform((shape[0],), between, dtype)
        cos, sin = ops.cos(angle), ops.sin(angle)
        y, x = (shape[1] - 1) / 2, (shape[2] - 1) / 2
        across = ops.add(ops.subtract(x, ops.multiply(cos, x)), ops.multiply(sin, y))
        down = ops.subtract(ops.subtract(y, ops.multiply(sin, x)), ops.multiply(cos, y))
        return _maps(cos, ops.negative(sin), across, sin, cos, down)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "factor": self.factor}


@registry.register()
class RandomTranslation(RandomMap):
    """In training moves pictures.

    Args:
        height_factor: how far down at most, as a share of the height, and as far up; or the least
            and the greatest.
        width_factor: likewise to the right and to the left, as a share of the width.
        fill_mode: what is seen around the old picture: ``"reflect"``, its mirror image;
            ``"wrap"``, itself again; ``"nearest"``, its last pixels; ``"constant"``.
        interpolation: ``"bilinear"`` or ``"nearest"``.
        seed: an integer, or None to take one from the global generator.
        fill_value: the value of pixels for ``"constant"``.
        data_format: ``"channels_last"`` (if None), or ``"channels_first"``.

    Raises:
        ValueError: an argument is out of range; when called: inputs are no pictures.

    >>> move = RandomTranslation((0.0, 0.0), (0.5, 0.5), "constant")
    >>> move([[[[1.0], [2.0]], [[3.0], [4.0]]]]).numpy().ravel()
    array([0., 1., 0., 3.], dtype=float32)
    """

    def __init__(
        self,
        height_factor: Any,
        width_factor: Any,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.height_factor = height_factor
        self.width_factor = width_factor
        op, bounds = "RandomTranslation", (-1.0, 1.0)
        self._height = number_range(op, "height_factor", height_factor, bounds)
        self._width = number_range(op, "width_factor", width_factor, bounds)

    def _draw(self, shape: tuple[int, ...], dtype: str) -> Any:
        down = ops.multiply(self._uniform((shape[0],), self._height, dtype), -shape[1])
        across = ops.multiply(self._uniform((shape[0],), self._width, dtype), -shape[2])
        return _maps(1.0, 0.0, across, 0.0, 1.0, down)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        own = {"height_factor": self.height_factor, "width_factor": self.width_factor}
        return {**super().get_config(), **own}


@registry.register()
class RandomZoom(RandomMap):
    """In training zooms into the middle of pictures, or out of it.

    Args:
        height_factor: by what share a picture shows more (above 0) or less (below) of the height,
            at most in both directions, or the least and the greatest: (0.2, 0.3) zooms out by 20
            to 30 %.
        width_factor: likewise for the width; if None, that of the height, so that nothing is
            stretched.
        fill_mode: what is seen around the old picture: ``"reflect"``, its mirror image;
            ``"wrap"``, itself again; ``"nearest"``, its last pixels; ``"constant"``.
        interpolation: ``"bilinear"`` or ``"nearest"``.
        seed: an integer, or None to take one from the global generator.
        fill_value: the value of pixels for ``"constant"``.
        data_format: ``"channels_last"`` (if None), or ``"channels_first"``.

    Raises:
        ValueError: an argument is out of range; when called: inputs are no pictures.

    >>> RandomZoom((-0.5, -0.5))([[[[0.0], [1.0], [2.0]]]]).numpy().ravel()
    array([0.5, 1. , 1.5], dtype=float32)
    """

    def __init__(
        self,
        height_factor: Any,
        width_factor: Any = None,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: int | None = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.height_factor = height_factor
        self.width_factor = width_factor
        op, bounds = "RandomZoom", (-1.0, 1.0)
        self._height = number_range(op, "height_factor", height_factor, bounds)
        given = height_factor if width_factor is None else width_factor
        self._width = number_range(op, "width_factor", given, bounds)

    def _draw(self, shape: tuple[int, ...], dtype: str) -> Any:
        high = ops.add(self._uniform((shape[0],), self._height, dtype), 1.0)
        wide = high
        if self.width_factor is not None:
            wide = ops.add(self._uniform((shape[0],), self._width, dtype), 1.0)
        down = ops.multiply(ops.subtract(1.0, high), (shape[1] - 1) / 2)
        across = ops.multiply(ops.subtract(1.0, wide), (shape[2] - 1) / 2)
        return _maps(wide, 0.0, across, 0.0, high, down)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        own = {"height_factor": self.height_factor, "width_factor": self.width_factor}
        return {**super().get_config(), **own}


@registry.register()
class RandomShear(RandomMap):
    """In training shears pictures: lines that stood upright lean, or level ones do.

    Args:
        x_factor: how many columns a row is moved from the one above it, at most and in both
            directions, or the least and the greatest; from 0 to 1.
        y_factor: likewise how many rows a column is moved.
        interpolation: ``"bilinear"`` or ``"nearest"``.
        fill_mode: what is seen around the old picture: ``"reflect"``, its mirror image;
            ``"wrap"``, itself again; ``"nearest"``, its last pixels; ``"constant"``.
        fill_value: the value of pixels for ``"constant"``.
        data_format: ``"channels_last"`` (if None), or ``"channels_first"``.
        seed: an integer, or None to take one from the global generator.

    Raises:
        ValueError: an argument is out of range; when called: inputs are no pictures.

    >>> RandomShear(0.3).compute_output_shape((None, 32, 32, 3))
    (None, 32, 32, 3)
    """

    def __init__(
        self,
        x_factor: Any = 0.0,
        y_factor: Any = 0.0,
        interpolation: str = "bilinear",
        fill_mode: str = "reflect",
        fill_value: float = 0.0,
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fill_mode, interpolation, seed, fill_value, data_format, **kwargs)
        self.x_factor: tuple[float, float] = _lean("x_factor", x_factor)
        self.y_factor: tuple[float, float] = _lean("y_factor", y_factor)

    def _draw(self, shape: tuple[int, ...], dtype: str) -> Any:
        signs = self._signs((shape[0],), dtype)
        lean = ops.multiply(self._uniform((shape[0],), self.x_factor, dtype), signs)
        slope = ops.multiply(self._uniform((shape[0],), self.y_factor, dtype), signs)
        return _maps(1.0, lean, 0.0, slope, 1.0, 0.0)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "x_factor": self.x_factor, "y_factor": self.y_factor}


def _lean(name: str, given: Any) -> tuple[float, float]:
    """From 0 to the greatest: signs are drawn. Keras' files have -f and f, which Keras refuses."""
    if isinstance(given, (list, tuple)) and len(given) == 2 and given[0] == -given[1]:
        given = max(given)
    return number_range("RandomShear", name, given, (0.0, 1.0), 0.0)
