"""Pictures of another size, and cut-outs of them."""

from __future__ import annotations

from typing import Any

from mark1 import ops, random
from mark1._core import Tensor
from mark1.layers.augmentation.pictures import PictureLayer, RandomPictureLayer
from mark1.layers.layer import registry
from mark1.ops.affine_transform import sampled


def _check_size(op: str, height: Any, width: Any) -> tuple[int, int]:
    for name, n in (("height", height), ("width", width)):
        if isinstance(n, bool) or not isinstance(n, int) or n < 1:
            raise ValueError(f"[{op}] {name} must be a positive integer, got {n!r}")
    return height, width


def _with_size(shape: Any, height: int, width: int, data_format: str) -> Any:
    """Shapes with another height and width."""
    if isinstance(shape, dict):
        pictures = ("images", "segmentation_masks")
        return {
            key: _with_size(part, height, width, data_format) if key in pictures else part
            for key, part in shape.items()
        }
    if data_format == "channels_first":
        return (*shape[:-2], height, width)
    return (*shape[:-3], height, width, shape[-1])


@registry.register()
class Resizing(PictureLayer):
    """Gives pictures another size, in training and otherwise.

    Args:
        height: the new height.
        width: the new width.
        interpolation: ``"bilinear"``, ``"nearest"``, ``"bicubic"``, ``"lanczos3"`` or
            ``"lanczos5"``.
        crop_to_aspect_ratio: whether what is too high or too wide for the new size is cut off
            rather than pressed in.
        pad_to_aspect_ratio: whether pictures are made higher or wider to fit the new size.
        fill_mode: ``"constant"``.
        fill_value: what is put around them.
        antialias: whether a pixel of a smaller picture is made of all that it covers.
        data_format: ``"channels_last"`` (if None), or ``"channels_first"``.

    Raises:
        ValueError: an argument is out of range; when called: inputs are no pictures.

    >>> Resizing(2, 2)([[[[0.0], [1.0], [2.0], [3.0]]]]).numpy().ravel()
    array([0.5, 2.5, 0.5, 2.5], dtype=float32)
    """

    _always = True

    def __init__(
        self,
        height: int,
        width: int,
        interpolation: str = "bilinear",
        crop_to_aspect_ratio: bool = False,
        pad_to_aspect_ratio: bool = False,
        fill_mode: str = "constant",
        fill_value: float = 0.0,
        antialias: bool = False,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format, **kwargs)
        self.height: int
        self.width: int
        self.height, self.width = _check_size("Resizing", height, width)
        self.interpolation: str = interpolation.lower()
        self.crop_to_aspect_ratio: bool = bool(crop_to_aspect_ratio)
        self.pad_to_aspect_ratio: bool = bool(pad_to_aspect_ratio)
        self.fill_mode = fill_mode
        self.fill_value = fill_value
        self.antialias: bool = bool(antialias)
        # Options are refused now, not when the first picture comes.
        self._change(ops.zeros((1, 1, 1, 1)), None)

    def _change(self, x: Tensor, drawn: Any) -> Tensor:
        return self._resized(x, self.interpolation)

    def _change_masks(self, x: Tensor, drawn: Any) -> Tensor:
        return self._resized(x, "nearest")

    def _resized(self, x: Tensor, interpolation: str) -> Tensor:
        return ops.image.resize(
            x,
            (self.height, self.width),
            interpolation,
            self.antialias,
            self.crop_to_aspect_ratio,
            self.pad_to_aspect_ratio,
            self.fill_mode,
            self.fill_value,
        )

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the inputs with the new height and width."""
        self.check_input(input_shape)
        return _with_size(input_shape, self.height, self.width, self.data_format)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {
            **super().get_config(),
            "height": self.height,
            "width": self.width,
            "interpolation": self.interpolation,
            "crop_to_aspect_ratio": self.crop_to_aspect_ratio,
            "pad_to_aspect_ratio": self.pad_to_aspect_ratio,
            "fill_mode": self.fill_mode,
            "fill_value": self.fill_value,
            "antialias": self.antialias,
        }


@registry.register()
class CenterCrop(PictureLayer):
    """Cuts out the middle of pictures, in training and otherwise.

    Of a picture that is lower or narrower, the greatest window of that form is resized.

    Args:
        height: the height of what is left.
        width: the width of what is left.
        data_format: ``"channels_last"`` (if None), or ``"channels_first"``.

    Raises:
        ValueError: sizes are not positive; when called: inputs are no pictures.

    >>> CenterCrop(1, 2)([[[[0.0], [1.0], [2.0], [3.0]]]]).numpy().ravel()
    array([1., 2.], dtype=float32)
    """

    _always = True

    def __init__(
        self, height: int, width: int, data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data_format, **kwargs)
        self.height: int
        self.width: int
        self.height, self.width = _check_size("CenterCrop", height, width)

    def _change(self, x: Tensor, drawn: Any) -> Tensor:
        return _middle(x, self.height, self.width)

    _change_masks = _change

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the inputs with the new height and width."""
        self.check_input(input_shape)
        return _with_size(input_shape, self.height, self.width, self.data_format)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "height": self.height, "width": self.width}


def _middle(x: Tensor, height: int, width: int) -> Tensor:
    n, h, w, c = x.shape
    if h < height or w < width:
        return ops.image.resize(x, (height, width), crop_to_aspect_ratio=True)
    return ops.slice(x, (0, (h - height) // 2, (w - width) // 2, 0), (n, height, width, c))


@registry.register()
class RandomCrop(RandomPictureLayer):
    """In training cuts the same window out of all pictures of a batch, somewhere at random.

    Otherwise, and of pictures that are not larger, it is the greatest window of that form in the
    middle, resized.

    Args:
        height: the height of what is left.
        width: the width of what is left.
        seed: an integer, or None to take one from the global generator.
        data_format: ``"channels_last"`` (if None), or ``"channels_first"``.

    Raises:
        ValueError: sizes are not positive; when called: inputs are no pictures.

    >>> RandomCrop(2, 2, seed=3)(ops.zeros((1, 4, 6, 1))).shape
    (1, 2, 2, 1)
    """

    _always = True

    def __init__(
        self,
        height: int,
        width: int,
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed, data_format, **kwargs)
        self.height: int
        self.width: int
        self.height, self.width = _check_size("RandomCrop", height, width)

    def _draw(self, shape: tuple[int, ...], dtype: str) -> Any:
        room = (shape[1] - self.height, shape[2] - self.width)
        if min(room) < 0:
            return None
        starts = [random.randint((1,), 0, n + 1, seed=self.seed_generator) for n in room]
        down, across = (ops.cast(start, dtype) for start in starts)
        one, zero = ops.ones((1,), dtype), ops.zeros((1,), dtype)
        return ops.stack([one, zero, across, zero, one, down, zero, zero], 1)

    def _change(self, x: Tensor, drawn: Any) -> Tensor:
        if drawn is None:
            return ops.image.resize(x, (self.height, self.width), crop_to_aspect_ratio=True)
        # Whole pixels: nothing is interpolated.
        return sampled(x, drawn, (self.height, self.width), 0, True, 0.0)

    _change_masks = _change

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the inputs with the new height and width."""
        self.check_input(input_shape)
        return _with_size(input_shape, self.height, self.width, self.data_format)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "height": self.height, "width": self.width}
