"""Convolution layers over one, two and three axes."""

from __future__ import annotations

from typing import Any

from mark1 import initializers, ops
from mark1._core import Tensor
from mark1.layers.base_conv import BaseConv, check_count
from mark1.layers.layer import Shape, registry
from mark1.variable import Variable


class _Conv(BaseConv):
    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        groups: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            kernel_size,
            strides,
            padding,
            data_format,
            dilation_rate,
            activation,
            use_bias,
            bias_initializer,
            {
                "kernel_regularizer": kernel_regularizer,
                "bias_regularizer": bias_regularizer,
                "kernel_constraint": kernel_constraint,
                "bias_constraint": bias_constraint,
            },
            activity_regularizer=activity_regularizer,
            **kwargs,
        )
        op = type(self).__name__
        self.filters: int = check_count(op, "filters", filters)
        self.groups: int = check_count(op, "groups", groups)
        if filters % groups:
            raise ValueError(f"[{op}] {filters} filters cannot be shared out to {groups} groups")
        self.kernel_initializer: Any = initializers.get(kernel_initializer)
        self.kernel: Variable | None = None

    def check_input(self, shape: Shape) -> None:
        """Refuse inputs with another number of axes or of channels."""
        super().check_input(shape)
        channels = shape[self._channel_axis]
        if channels is not None and channels % self.groups:
            raise ValueError(
                f'[{type(self).__name__} "{self.name}"] {channels} channels cannot be shared out '
                f"to {self.groups} groups"
            )

    def _outputs(self, channels: int | None) -> int:
        return self.filters

    def _add_kernels(self, channels: int) -> None:
        shape = (*self.kernel_size, channels // self.groups, self.filters)
        self.kernel = self.add_weight(shape, self.kernel_initializer, name="kernel")

    def _convolve(self, x: Tensor, activation: str) -> Tensor:
        return ops.conv(
            x,
            self.kernel,
            self.strides,
            self.padding,
            self.data_format,
            self.dilation_rate,
            self.bias,
            activation,
        )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {
            **super().get_config(),
            "filters": self.filters,
            "groups": self.groups,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
        }


@registry.register("Convolution1D")
class Conv1D(_Conv):
    """Slides filters along an axis: sequences (N, steps, C) become (N, positions, O).

    Args:
        filters: number of outputs O.
        kernel_size: taps.
        strides: distance of neighbouring windows.
        padding: ``"valid"``, ``"same"``, or ``"causal"``: no output depends on later steps.
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.
        dilation_rate: distance of neighbouring taps.
        groups: of channels, each with filters of its own.
        activation: a name, a function, or None for none.
        use_bias: whether a bias is added.
        kernel_initializer: how the filters begin.
        bias_initializer: how the bias begins.

    Weights:
        kernel (k, C / groups, O), bias (O,).

    Raises:
        ValueError: an argument is out of range or not known.

    >>> layer = Conv1D(1, 2, padding="causal", kernel_initializer="ones")
    >>> layer([[[1.0], [2.0], [3.0]]]).numpy().ravel()
    array([1., 3., 5.], dtype=float32)
    """

    _rank = 1


@registry.register("Convolution2D")
class Conv2D(_Conv):
    """Slides filters over images: (N, H, W, C) becomes (N, positions..., O).

    Args:
        filters: number of outputs O.
        kernel_size: taps along height and width, or one number for both.
        strides: distance of neighbouring windows, likewise.
        padding: ``"valid"`` or ``"same"``.
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.
        dilation_rate: distance of neighbouring taps.
        groups: of channels, each with filters of its own.
        activation: a name, a function, or None for none.
        use_bias: whether a bias is added.
        kernel_initializer: how the filters begin.
        bias_initializer: how the bias begins.

    Weights:
        kernel (kh, kw, C / groups, O), bias (O,).

    Raises:
        ValueError: an argument is out of range or not known.

    >>> import mark1
    >>> Conv2D(8, 3, padding="same")(mark1.ops.ones((2, 5, 7, 3))).shape
    (2, 5, 7, 8)
    """

    _rank = 2


@registry.register("Convolution3D")
class Conv3D(_Conv):
    """Slides filters over volumes: (N, D, H, W, C) becomes (N, positions..., O).

    Args:
        filters: number of outputs O.
        kernel_size: taps along each axis, or one number for all.
        strides: distance of neighbouring windows, likewise.
        padding: ``"valid"`` or ``"same"``.
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.
        dilation_rate: distance of neighbouring taps.
        groups: of channels, each with filters of its own.
        activation: a name, a function, or None for none.
        use_bias: whether a bias is added.
        kernel_initializer: how the filters begin.
        bias_initializer: how the bias begins.

    Weights:
        kernel (kd, kh, kw, C / groups, O), bias (O,).

    Raises:
        ValueError: an argument is out of range or not known.

    >>> import mark1
    >>> Conv3D(4, 2, strides=2)(mark1.ops.ones((1, 4, 6, 8, 3))).shape
    (1, 2, 3, 4, 4)
    """

    _rank = 3


Convolution1D = Conv1D
Convolution2D = Conv2D
Convolution3D = Conv3D
