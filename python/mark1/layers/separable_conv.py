"""Separable convolution layers: depthwise, then a mixture of channels."""

from __future__ import annotations

from typing import Any

from mark1 import initializers, ops
from mark1._core import Tensor
from mark1.layers.base_conv import BaseConv, check_count
from mark1.layers.layer import registry
from mark1.variable import Variable


class _SeparableConv(BaseConv):
    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        rules = {
            "depthwise_regularizer": depthwise_regularizer,
            "pointwise_regularizer": pointwise_regularizer,
            "bias_regularizer": bias_regularizer,
            "depthwise_constraint": depthwise_constraint,
            "pointwise_constraint": pointwise_constraint,
            "bias_constraint": bias_constraint,
        }
        super().__init__(
            kernel_size,
            strides,
            padding,
            data_format,
            dilation_rate,
            activation,
            use_bias,
            bias_initializer,
            rules,
            activity_regularizer=activity_regularizer,
            **kwargs,
        )
        op = type(self).__name__
        self.filters: int = check_count(op, "filters", filters)
        self.depth_multiplier: int = check_count(op, "depth_multiplier", depth_multiplier)
        self.depthwise_initializer: Any = initializers.get(depthwise_initializer)
        self.pointwise_initializer: Any = initializers.get(pointwise_initializer)
        self.depthwise_kernel: Variable | None = None
        self.pointwise_kernel: Variable | None = None

    def _outputs(self, channels: int | None) -> int:
        return self.filters

    def _add_kernels(self, channels: int) -> None:
        self.depthwise_kernel = self.add_weight(
            (*self.kernel_size, channels, self.depth_multiplier),
            self.depthwise_initializer,
            name="depthwise_kernel",
        )
        self.pointwise_kernel = self.add_weight(
            (*(1,) * self._rank, channels * self.depth_multiplier, self.filters),
            self.pointwise_initializer,
            name="pointwise_kernel",
        )

    def _convolve(self, x: Tensor, activation: str) -> Tensor:
        return ops.separable_conv(
            x,
            self.depthwise_kernel,
            self.pointwise_kernel,
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
            "depth_multiplier": self.depth_multiplier,
            "depthwise_initializer": initializers.serialize(self.depthwise_initializer),
            "pointwise_initializer": initializers.serialize(self.pointwise_initializer),
        }


@registry.register("SeparableConvolution1D")
class SeparableConv1D(_SeparableConv):
    """Slides a filter along each channel, then mixes channels: (N, steps, C) to (N, positions, O).

    Args:
        filters: number of outputs O.
        kernel_size: taps.
        strides: distance of neighbouring windows.
        padding: ``"valid"``, ``"same"`` or ``"causal"``.
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.
        dilation_rate: distance of neighbouring taps.
        depth_multiplier: M, filters per channel.
        activation: a name, a function, or None for none.
        use_bias: whether a bias is added.
        depthwise_initializer: how the filters of channels begin.
        pointwise_initializer: how the mixture begins.
        bias_initializer: how the bias begins.

    Weights:
        depthwise_kernel (k, C, M), pointwise_kernel (1, C M, O), bias (O,).

    Raises:
        ValueError: an argument is out of range or not known.

    >>> layer = SeparableConv1D(
    ...     1, 2, depthwise_initializer="ones", pointwise_initializer="ones")
    >>> layer([[[1.0, 10.0], [2.0, 20.0]]]).numpy()
    array([[[33.]]], dtype=float32)
    """

    _rank = 1


@registry.register("SeparableConvolution2D")
class SeparableConv2D(_SeparableConv):
    """Slides a filter over each channel, then mixes channels: (N, H, W, C) to (N, positions..., O).

    Args:
        filters: number of outputs O.
        kernel_size: taps along height and width, or one number for both.
        strides: distance of neighbouring windows, likewise.
        padding: ``"valid"`` or ``"same"``.
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.
        dilation_rate: distance of neighbouring taps.
        depth_multiplier: M, filters per channel.
        activation: a name, a function, or None for none.
        use_bias: whether a bias is added.
        depthwise_initializer: how the filters of channels begin.
        pointwise_initializer: how the mixture begins.
        bias_initializer: how the bias begins.

    Weights:
        depthwise_kernel (kh, kw, C, M), pointwise_kernel (1, 1, C M, O), bias (O,).

    Raises:
        ValueError: an argument is out of range or not known.

    >>> import mark1
    >>> SeparableConv2D(8, 3, strides=2)(mark1.ops.ones((2, 5, 7, 3))).shape
    (2, 2, 3, 8)
    """

    _rank = 2


SeparableConvolution1D = SeparableConv1D
SeparableConvolution2D = SeparableConv2D
