"""Pictures as a worse camera, or one from another place, would have taken them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.layers.augmentation.pictures import RandomPictureLayer, number_range
from mark1.layers.layer import registry


class ShareLayer(RandomPictureLayer):
    """Changes a share of the pictures.

    Args:
        factor: the share, or the least and the greatest; from 0 to 1.
        seed: an integer, or None to take one from the global generator.
        data_format: ``"channels_last"`` (if None), or ``"channels_first"``.
    """

    def __init__(self, factor: Any, seed: int | None, data_format: str | None, **kwargs: Any):
        super().__init__(seed, data_format, **kwargs)
        op = type(self).__name__
        self.factor: tuple[float, float] = number_range(op, "factor", factor, (0.0, 1.0), 0.0)

    def _chosen(self, n: int, dtype: str) -> Tensor:
        """Which of n pictures are changed, (n, 1, 1, 1)."""
        share = self._uniform((n, 1, 1, 1), self.factor, dtype)
        return ops.less(self._uniform((n, 1, 1, 1), (0.0, 1.0), dtype), share)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "factor": self.factor}


@registry.register()
class RandomGaussianBlur(ShareLayer):
    """In training blurs a share of the pictures: pixels become averages of those around.

    Args:
        factor: the share, or the least and the greatest; from 0 to 1.
        kernel_size: how many rows and columns count: an odd number, or one for each.
        sigma: the greatest width of the bell curve of weights, or the least and the greatest; drawn
            for rows and for columns at each call.
        value_range: the least and the greatest value of a pixel, to which results are cut off.
        data_format: ``"channels_last"`` (if None), or ``"channels_first"``.
        seed: an integer, or None to take one from the global generator.

    Raises:
        ValueError: an argument is out of range; when called: inputs are no pictures.

    >>> blur = RandomGaussianBlur((1.0, 1.0), 3, (0.5, 0.5))
    >>> blur([[[[0.0], [100.0], [0.0], [0.0]]]]).numpy().ravel().round(1)
    array([ 8.4, 61.9,  8.4,  0. ], dtype=float32)
    """

    def __init__(
        self,
        factor: Any = 1.0,
        kernel_size: int | Sequence[int] = 3,
        sigma: Any = 1.0,
        value_range: Sequence[float] = (0, 255),
        data_format: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(factor, seed, data_format, **kwargs)
        sizes = (kernel_size,) * 2 if isinstance(kernel_size, int) else tuple(kernel_size)
        if len(sizes) != 2 or not all(isinstance(k, int) and k > 0 and k % 2 for k in sizes):
            raise ValueError(
                "[RandomGaussianBlur] kernel_size must be an odd number, or two of them, "
                f"got {kernel_size!r}"
            )
        self.kernel_size: tuple[int, ...] = sizes
        bounds = (0.0, math.inf)
        self.sigma: tuple[float, float] = number_range(
            "RandomGaussianBlur", "sigma", sigma, bounds, 0.0
        )
        self.value_range = value_range

    def _draw(self, shape: tuple[int, ...], dtype: str) -> Any:
        # A curve of no width would divide by nothing.
        widths = ops.add(self._uniform((2,), self.sigma, dtype), 1e-6)
        return self._chosen(shape[0], dtype), widths

    def _change(self, x: Tensor, drawn: Any) -> Tensor:
        chosen, widths = drawn
        blurred = ops.image.gaussian_blur(x, self.kernel_size, widths)
        return ops.clip(ops.where(chosen, blurred, x), *self.value_range)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        own = {
            "kernel_size": self.kernel_size,
            "sigma": self.sigma,
            "value_range": self.value_range,
        }
        return {**super().get_config(), **own}


@registry.register()
class RandomPerspective(ShareLayer):
    """In training moves the corners of a share of the pictures, and all else with them.

    Args:
        factor: the share, or the least and the greatest; from 0 to 1.
        scale: how far, from 0 to 1: the coordinates of corners grow or shrink by up to half of it.
        interpolation: ``"bilinear"`` or ``"nearest"``.
        fill_value: the value of pixels around the old picture.
        seed: an integer, or None to take one from the global generator.
        data_format: ``"channels_last"`` (if None), or ``"channels_first"``.

    Raises:
        ValueError: an argument is out of range; when called: inputs are no pictures.

    >>> RandomPerspective(scale=0.5).compute_output_shape((None, 32, 32, 3))
    (None, 32, 32, 3)
    """

    def __init__(
        self,
        factor: Any = 1.0,
        scale: float = 1.0,
        interpolation: str = "bilinear",
        fill_value: float = 0.0,
        seed: int | None = None,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(factor, seed, data_format, **kwargs)
        if interpolation not in ("bilinear", "nearest"):
            raise ValueError(
                "[RandomPerspective] interpolation must be 'bilinear' or 'nearest', "
                f"got {interpolation!r}"
            )
        self.scale: float = number_range("RandomPerspective", "scale", scale, (0.0, 1.0))[1]
        self.interpolation = interpolation
        self.fill_value = fill_value

    def _draw(self, shape: tuple[int, ...], dtype: str) -> Any:
        n, right, bottom = shape[0], shape[2] - 1.0, shape[1] - 1.0
        corners = [[0.0, 0.0], [right, 0.0], [0.0, bottom], [right, bottom]]
        start = ops.broadcast_to(ops.convert_to_tensor([corners], dtype), (n, 4, 2))
        moved = self._uniform((n, 4, 2), (-self.scale / 2, self.scale / 2), dtype)
        return self._chosen(n, dtype), start, ops.multiply(start, ops.add(moved, 1.0))

    def _change(self, x: Tensor, drawn: Any) -> Tensor:
        return self._seen(x, drawn, self.interpolation)

    def _change_masks(self, x: Tensor, drawn: Any) -> Tensor:
        return self._seen(x, drawn, "nearest")

    def _seen(self, x: Tensor, drawn: Any, interpolation: str) -> Tensor:
        chosen, start, end = drawn
        moved = ops.image.perspective_transform(x, start, end, interpolation, self.fill_value)
        return ops.where(chosen, moved, x)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        own = {
            "scale": self.scale,
            "interpolation": self.interpolation,
            "fill_value": self.fill_value,
        }
        return {**super().get_config(), **own}
