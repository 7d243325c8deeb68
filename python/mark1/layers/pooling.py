"""Pooling layers over one, two and three axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import _core, ops
from mark1._core import Tensor
from mark1.layers import defaults
from mark1.layers.layer import Layer, Shape, registry
from mark1.losses.alignment import shape_text
from mark1.ops.pool import make_windows

_AXES = {1: ("steps",), 2: ("height", "width"), 3: ("depth", "height", "width")}


class SpatialLayer(Layer):
    """What layers over (batch, spatial..., channels) have in common.

    Args:
        data_format: ``"channels_last"`` (if None), or ``"channels_first"`` for
            (batch, channels, spatial...).
    """

    axes = 2

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        data_format = data_format or defaults.image_data_format()
        if data_format not in ("channels_last", "channels_first"):
            raise ValueError(
                f"[{type(self).__name__}] data_format must be 'channels_last' or "
                f"'channels_first', got {data_format!r}"
            )
        self.data_format = data_format

    def check_input(self, shape: tuple[int | None, ...]) -> None:
        """Refuse inputs with too few or too many axes."""
        if len(shape) == self.axes + 2:
            return
        spatial = ", ".join(_AXES[self.axes])
        inner = f"{spatial}, channels"
        if self.data_format == "channels_first":
            inner = f"channels, {spatial}"
        hint = ""
        if len(shape) == self.axes + 1:
            hint = ". An axis is missing: x[None] adds a batch axis, x[..., None] one of channels"
        raise ValueError(
            f'[{type(self).__name__} "{self.name}"] expected inputs of shape (batch, {inner}), '
            f"got {shape_text(shape)}{hint}"
        )

    def _channels_last(self, shape: Shape) -> Shape:
        if self.data_format == "channels_last":
            return shape
        return (shape[0], *shape[2:], shape[1])

    def _own_format(self, shape: Shape) -> Shape:
        if self.data_format == "channels_last":
            return shape
        return (shape[0], shape[-1], *shape[1:-1])


class Pooling(SpatialLayer):
    """The greatest or the average element of each window.

    Args:
        pool_size: size of the window, one number for all axes or one for each.
        strides: steps from window to window; pool_size if None.
        padding: ``"valid"``, windows inside the input only; or ``"same"``,
            ceil(size / strides) windows, whose places outside of the input do not count.
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.
    """

    _op = "max_pool"

    def __init__(
        self,
        pool_size: int | Sequence[int] = 2,
        strides: int | Sequence[int] | None = None,
        padding: str = "valid",
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format, **kwargs)
        padding = padding.lower() if isinstance(padding, str) else padding
        windows = make_windows(type(self).__name__, self.axes, pool_size, strides, padding)
        self.pool_size: tuple[int, ...] = windows.size
        self.strides: tuple[int, ...] = windows.strides
        self.padding = padding

    def call(self, x: Tensor) -> Tensor:
        """Return the outputs."""
        pool = ops.max_pool if self._op == "max_pool" else ops.average_pool
        return pool(x, self.pool_size, self.strides, self.padding, self.data_format)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (N, windows..., C), or (N, C, windows...)."""
        self.check_input(input_shape)
        shape = self._channels_last(input_shape)
        same = self.padding == "same"
        return self._own_format(
            _core.pool_shape(self._op, shape, self.pool_size, self.strides, same)
        )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {
            **super().get_config(),
            "pool_size": self.pool_size,
            "padding": self.padding,
            "strides": self.strides,
            "data_format": self.data_format,
        }


@registry.register("MaxPool1D")
class MaxPooling1D(Pooling):
    """The greatest element of each window: (N, steps, C) becomes (N, windows, C).

    Args:
        pool_size: size of the window.
        strides: steps from window to window; pool_size if None.
        padding: ``"valid"`` or ``"same"``.
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.

    >>> MaxPooling1D()([[[1.0], [3.0], [2.0], [0.0]]]).numpy().ravel()
    array([3., 2.], dtype=float32)
    """

    axes = 1


@registry.register("MaxPool2D")
class MaxPooling2D(Pooling):
    """The greatest element of each window: (N, H, W, C) becomes (N, OH, OW, C).

    Args:
        pool_size: size of the window, one number or (height, width).
        strides: steps from window to window; pool_size if None.
        padding: ``"valid"`` or ``"same"``.
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.

    Raises:
        ValueError: an argument is out of range; when called: a window does not fit.

    >>> MaxPooling2D().compute_output_shape((None, 28, 28, 16))
    (None, 14, 14, 16)
    """


@registry.register("MaxPool3D")
class MaxPooling3D(Pooling):
    """The greatest element of each window: (N, D, H, W, C) becomes (N, OD, OH, OW, C).

    Args:
        pool_size: size of the window, one number or (depth, height, width).
        strides: steps from window to window; pool_size if None.
        padding: ``"valid"`` or ``"same"``.
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.

    >>> MaxPooling3D().compute_output_shape((None, 8, 28, 28, 16))
    (None, 4, 14, 14, 16)
    """

    axes = 3


@registry.register("AvgPool1D")
class AveragePooling1D(Pooling):
    """The average of each window: (N, steps, C) becomes (N, windows, C).

    Args:
        pool_size: size of the window.
        strides: steps from window to window; pool_size if None.
        padding: ``"valid"`` or ``"same"``; padding does not count in the average.
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.

    >>> AveragePooling1D()([[[1.0], [3.0], [2.0], [0.0]]]).numpy().ravel()
    array([2., 1.], dtype=float32)
    """

    axes = 1
    _op = "average_pool"


@registry.register("AvgPool2D")
class AveragePooling2D(Pooling):
    """The average of each window: (N, H, W, C) becomes (N, OH, OW, C).

    Args:
        pool_size: size of the window, one number or (height, width).
        strides: steps from window to window; pool_size if None.
        padding: ``"valid"`` or ``"same"``; padding does not count in the average.
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.

    >>> AveragePooling2D(3, padding="same").compute_output_shape((None, 28, 28, 16))
    (None, 10, 10, 16)
    """

    _op = "average_pool"


@registry.register("AvgPool3D")
class AveragePooling3D(Pooling):
    """The average of each window: (N, D, H, W, C) becomes (N, OD, OH, OW, C).

    Args:
        pool_size: size of the window, one number or (depth, height, width).
        strides: steps from window to window; pool_size if None.
        padding: ``"valid"`` or ``"same"``; padding does not count in the average.
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.

    >>> AveragePooling3D((2, 1, 1)).compute_output_shape((None, 8, 28, 28, 16))
    (None, 4, 28, 28, 16)
    """

    axes = 3
    _op = "average_pool"


MaxPool1D = MaxPooling1D
MaxPool2D = MaxPooling2D
MaxPool3D = MaxPooling3D
AvgPool1D = AveragePooling1D
AvgPool2D = AveragePooling2D
AvgPool3D = AveragePooling3D
