"""Depthwise convolution layers: each channel has filters of its own."""

from __future__ import annotations

from typing import Any

from mark1 import initializers, ops
from mark1._core import Tensor
from mark1.layers.base_conv import BaseConv, check_count
from mark1.layers.layer import registry
from mark1.variable import Variable


class _DepthwiseConv(BaseConv):
    def __init__(
        self,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
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
                "depthwise_regularizer": depthwise_regularizer,
                "bias_regularizer": bias_regularizer,
                "depthwise_constraint": depthwise_constraint,
                "bias_constraint": bias_constraint,
            },
            activity_regularizer=activity_regularizer,
            **kwargs,
        )
        self.depth_multiplier: int = check_count(
            type(self).__name__, "depth_multiplier", depth_multiplier
        )
        self.depthwise_initializer: Any = initializers.get(depthwise_initializer)
        self.kernel: Variable | None = None

    def _outputs(self, channels: int | None) -> int | None:
        return None if channels is None else channels * self.depth_multiplier

    def _add_kernels(self, channels: int) -> None:
        shape = (*self.kernel_size, channels, self.depth_multiplier)
        self.kernel = self.add_weight(
            shape,
            self.depthwise_initializer,
            regularizer=getattr(self, "depthwise_regularizer", None),
            constraint=getattr(self, "depthwise_constraint", None),
            name="kernel",
        )

    def _convolve(self, x: Tensor, activation: str) -> Tensor:
        return ops.depthwise_conv(
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
            "depth_multiplier": self.depth_multiplier,
            "depthwise_initializer": initializers.serialize(self.depthwise_initializer),
        }


@registry.register()
class DepthwiseConv1D(_DepthwiseConv):
    """Slides M filters along each channel of sequences: (N, steps, C) becomes (N, positions, C M).

    Args:
        kernel_size: taps.
        strides: distance of neighbouring windows.
        padding: ``"valid"``, ``"same"`` or ``"causal"``.
        depth_multiplier: M.
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.
        dilation_rate: distance of neighbouring taps.
        activation: a name, a function, or None for none.
        use_bias: whether a bias is added.
        depthwise_initializer: how the filters begin.
        bias_initializer: how the bias begins.

    Weights:
        kernel (k, C, M), bias (C M,).

    Raises:
        ValueError: an argument is out of range or not known.

    >>> layer = DepthwiseConv1D(2, depthwise_initializer="ones")
    >>> layer([[[1.0, 10.0], [2.0, 20.0]]]).numpy()
    array([[[ 3., 30.]]], dtype=float32)
    """

    _rank = 1


@registry.register()
class DepthwiseConv2D(_DepthwiseConv):
    """Slides M filters over each channel of images: (N, H, W, C) becomes (N, positions..., C M).

    Args:
        kernel_size: taps along height and width, or one number for both.
        strides: distance of neighbouring windows, likewise.
        padding: ``"valid"`` or ``"same"``.
        depth_multiplier: M.
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.
        dilation_rate: distance of neighbouring taps.
        activation: a name, a function, or None for none.
        use_bias: whether a bias is added.
        depthwise_initializer: how the filters begin.
        bias_initializer: how the bias begins.

    Weights:
        kernel (kh, kw, C, M), bias (C M,).

    Raises:
        ValueError: an argument is out of range or not known.

    >>> import mark1
    >>> DepthwiseConv2D(3, depth_multiplier=2)(mark1.ops.ones((2, 5, 7, 3))).shape
    (2, 3, 5, 6)
    """

    _rank = 2
