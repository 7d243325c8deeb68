"""Pooling over all of the spatial axes."""

from __future__ import annotations

from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.layers.layer import Shape, registry
from mark1.layers.pooling import SpatialLayer


class GlobalPooling(SpatialLayer):
    """The greatest or the average element of each channel.

    Args:
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.
        keepdims: whether the spatial axes stay, with size 1.
    """

    def __init__(
        self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(data_format, **kwargs)
        self.keepdims: bool = bool(keepdims)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (N, C), or with keepdims ones in place of the spatial axes."""
        self.check_input(input_shape)
        shape = self._channels_last(input_shape)
        ones = (1,) * self.axes if self.keepdims else ()
        return self._own_format((shape[0], *ones, shape[-1]))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {
            **super().get_config(),
            "data_format": self.data_format,
            "keepdims": self.keepdims,
        }


class GlobalMaxPooling(GlobalPooling):
    """The greatest element of each channel."""

    def call(self, x: Tensor) -> Tensor:
        """Return the outputs."""
        # One window: its kernels need no other order of the axes, as those of max over axes do.
        first = 1 if self.data_format == "channels_last" else 2
        spatial = range(first, first + self.axes)
        pooled = ops.max_pool(x, [x.shape[i] for i in spatial], data_format=self.data_format)
        return pooled if self.keepdims else ops.squeeze(pooled, tuple(spatial))


class GlobalAveragePooling(GlobalPooling):
    """The average of each channel."""

    def call(self, x: Tensor) -> Tensor:
        """Return the outputs."""
        first = 1 if self.data_format == "channels_last" else 2
        return ops.mean(x, tuple(range(first, first + self.axes)), self.keepdims)


@registry.register("GlobalMaxPool1D")
class GlobalMaxPooling1D(GlobalMaxPooling):
    """The greatest element of each channel: (N, steps, C) becomes (N, C).

    Args:
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.
        keepdims: whether the spatial axis stays, with size 1.

    >>> GlobalMaxPooling1D()([[[1.0, 5.0], [3.0, 4.0]]]).numpy()
    array([[3., 5.]], dtype=float32)
    """

    axes = 1


@registry.register("GlobalMaxPool2D")
class GlobalMaxPooling2D(GlobalMaxPooling):
    """The greatest element of each channel: (N, H, W, C) becomes (N, C).

    Args:
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.
        keepdims: whether the spatial axes stay, with size 1.

    >>> GlobalMaxPooling2D(keepdims=True).compute_output_shape((None, 7, 7, 512))
    (None, 1, 1, 512)
    """


@registry.register("GlobalMaxPool3D")
class GlobalMaxPooling3D(GlobalMaxPooling):
    """The greatest element of each channel: (N, D, H, W, C) becomes (N, C).

    Args:
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.
        keepdims: whether the spatial axes stay, with size 1.

    >>> GlobalMaxPooling3D().compute_output_shape((None, 4, 7, 7, 512))
    (None, 512)
    """

    axes = 3


@registry.register("GlobalAvgPool1D")
class GlobalAveragePooling1D(GlobalAveragePooling):
    """The average of each channel: (N, steps, C) becomes (N, C).

    Args:
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.
        keepdims: whether the spatial axis stays, with size 1.

    >>> GlobalAveragePooling1D()([[[1.0, 5.0], [3.0, 4.0]]]).numpy()
    array([[2. , 4.5]], dtype=float32)
    """

    axes = 1
    supports_masking = True

    def call(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return the average of the steps that count."""
        if mask is None:
            return super().call(x)
        last = self.data_format == "channels_last"
        weight = ops.expand_dims(ops.cast(mask, x.dtype), 2 if last else 1)
        total = ops.sum(ops.multiply(x, weight), 1 if last else 2, self.keepdims)
        return ops.divide(total, ops.sum(weight, 1 if last else 2, self.keepdims))

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """Return None: there are no steps left."""
        return None


@registry.register("GlobalAvgPool2D")
class GlobalAveragePooling2D(GlobalAveragePooling):
    """The average of each channel: (N, H, W, C) becomes (N, C).

    Args:
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.
        keepdims: whether the spatial axes stay, with size 1.

    >>> GlobalAveragePooling2D("channels_first").compute_output_shape((None, 512, 7, 7))
    (None, 512)
    """


@registry.register("GlobalAvgPool3D")
class GlobalAveragePooling3D(GlobalAveragePooling):
    """The average of each channel: (N, D, H, W, C) becomes (N, C).

    Args:
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.
        keepdims: whether the spatial axes stay, with size 1.

    >>> GlobalAveragePooling3D().compute_output_shape((None, 4, 7, 7, 512))
    (None, 512)
    """

    axes = 3


GlobalMaxPool1D = GlobalMaxPooling1D
GlobalMaxPool2D = GlobalMaxPooling2D
GlobalMaxPool3D = GlobalMaxPooling3D
GlobalAvgPool1D = GlobalAveragePooling1D
GlobalAvgPool2D = GlobalAveragePooling2D
GlobalAvgPool3D = GlobalAveragePooling3D
