"""What layers that change pictures have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import ops, random
from mark1._core import Tensor
from mark1.layers import defaults
from mark1.layers.layer import Layer
from mark1.losses.alignment import shape_text
from mark1.ops.affine_transform import as_batch

FORMATS = ("channels_last", "channels_first")


class PictureLayer(Layer):
    """Takes pictures, one or a batch, or a dictionary with ``"images"`` and what belongs to them.

    Of a dictionary ``"segmentation_masks"`` are moved as the images are, ``"labels"`` change where
    pictures are mixed, and everything else stays.

    Args:
        data_format: ``"channels_last"`` (if None), or ``"channels_first"``.
    """

    _keeps_integers = True  # labels; pictures are cast below
    _always = False  # whether pictures change outside of training, too

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        if kwargs.pop("bounding_box_format", None) is not None:
            raise ValueError(f"[{type(self).__name__}] bounding boxes are not supported")
        super().__init__(**kwargs)
        if data_format not in (None, *FORMATS):
            raise ValueError(
                f"[{type(self).__name__}] data_format must be 'channels_last' or "
                f"'channels_first', got {data_format!r}"
            )
        self.data_format: str = data_format or defaults.image_data_format()

    def check_input(self, shape: Any) -> None:
        """Refuse what is no picture."""
        shape = shape.get("images", ()) if isinstance(shape, dict) else shape
        if len(shape) not in (3, 4):
            raise ValueError(
                f'[{type(self).__name__} "{self.name}"] expected pictures (batch, height, width, '
                f"channels) or one without batch, got {shape_text(shape)}. "
                "x[..., None] adds an axis of channels"
            )

    def call(self, data: Any, training: bool = True) -> Any:
        """Return the pictures, changed if this is training."""
        images = data["images"] if isinstance(data, dict) else data
        x = self._floats(images)
        drawn = None
        if training or self._always:
            x, put_back = as_batch(type(self).__name__, x, self.data_format)
            drawn = self._draw(x.shape, x.dtype) if training else None
            x = put_back(self._change(x, drawn))
        x = ops.cast(x, self.compute_dtype)
        if not isinstance(data, dict):
            return x
        out = {**data, "images": x}
        if "bounding_boxes" in data:
            raise ValueError(
                f'[{type(self).__name__} "{self.name}"] bounding boxes are not supported'
            )
        if training or self._always:
            if "segmentation_masks" in data:
                masks = self._floats(data["segmentation_masks"])
                masks, put_back = as_batch(type(self).__name__, masks, self.data_format)
                out["segmentation_masks"] = put_back(self._change_masks(masks, drawn))
            if "labels" in data and training:
                out["labels"] = self._change_labels(data["labels"], drawn)
        return out

    def _floats(self, x: Any) -> Tensor:
        return x if x.dtype == self.dtype else ops.cast(x, self.dtype)

    def _draw(self, shape: tuple[int, ...], dtype: str) -> Any:
        """The random numbers for pictures of that shape (N, H, W, C)."""
        return None

    def _change(self, x: Tensor, drawn: Any) -> Tensor:
        raise NotImplementedError

    def _change_masks(self, x: Tensor, drawn: Any) -> Tensor:
        return x

    def _change_labels(self, labels: Any, drawn: Any) -> Any:
        return labels

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the inputs."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "data_format": self.data_format}


class RandomPictureLayer(PictureLayer):
    """Draws numbers at each call.

    Args:
        seed: an integer, or None to take one from the global generator.
        data_format: ``"channels_last"`` (if None), or ``"channels_first"``.
    """

    def __init__(
        self, seed: int | None = None, data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data_format, **kwargs)
        self.seed = seed
        self.seed_generator: random.SeedGenerator = random.SeedGenerator(seed)

    def _uniform(
        self, shape: int | tuple[int, ...], between: Sequence[float], dtype: str
    ) -> Tensor:
        low, high = between
        if low == high:
            return ops.full(shape, low, dtype)
        return random.uniform(shape, low, high, dtype, self.seed_generator)

    def _signs(self, shape: int | tuple[int, ...], dtype: str) -> Tensor:
        """1 or -1, each as often."""
        return ops.where(ops.less(self._uniform(shape, (0.0, 1.0), dtype), 0.5), 1.0, -1.0)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "seed": self.seed}


def number_range(
    op: str, name: str, given: Any, bounds: tuple[float, float], low: float | None = None
) -> tuple[float, float]:
    """Return two numbers in order: those given, or from ``-given`` to ``given``.

    Args:
        op: the class of the layer, for messages.
        name: what the argument is called.
        given: one or two numbers.
        bounds: the least and the greatest.
        low: where the range of one number begins; its opposite if None, or the least.

    Raises:
        ValueError: they are out of bounds, or no numbers.

    >>> number_range("RandomContrast", "factor", 0.2, (0.0, 1.0)), number_range(
    ...     "RandomRotation", "factor", 0.2, (-1.0, 1.0))
    ((0.0, 0.2), (-0.2, 0.2))
    """
    numbers = list(given) if isinstance(given, (list, tuple)) else [given]
    plain = all(isinstance(n, (int, float)) and not isinstance(n, bool) for n in numbers)
    if (
        not plain
        or len(numbers) not in (1, 2)
        or not all(bounds[0] <= n <= bounds[1] for n in numbers)
    ):
        raise ValueError(
            f"[{op}] {name} must be a number from {bounds[0]:g} to {bounds[1]:g}, or two of them, "
            f"got {given!r}"
        )
    if isinstance(given, (list, tuple)):
        return (min(numbers), max(numbers)) if len(numbers) == 2 else (numbers[0], numbers[0])
    begin = max(-abs(given), bounds[0]) if low is None else low
    return begin, abs(given)


def value_range_of(op: str, given: Any) -> list[float]:
    """Return the least and the greatest value of a pixel.

    >>> value_range_of("RandomContrast", (1, 0))
    [0, 1]
    """
    if not isinstance(given, (list, tuple)) or len(given) != 2 or given[0] == given[1]:
        raise ValueError(f"[{op}] value_range must be two different numbers, got {given!r}")
    return sorted(given)


def scaled(x: Tensor, old: Sequence[float], new: Sequence[float]) -> Tensor:
    """Pixels of one range of values in another.

    >>> scaled(ops.convert_to_tensor([0.0, 1.0]), (0, 1), (0, 255)).numpy()
    array([  0., 255.], dtype=float32)
    """
    if list(old) == list(new):
        return x
    share = ops.divide(ops.subtract(x, old[0]) if old[0] else x, old[1] - old[0])
    wide = ops.multiply(share, new[1] - new[0])
    return ops.add(wide, new[0]) if new[0] else wide
