"""Transposed convolution layers: they enlarge what convolutions shrink."""

from __future__ import annotations

from typing import Any

from mark1 import initializers, ops
from mark1._core import Tensor
from mark1.layers.base_conv import BaseConv, check_count
from mark1.layers.layer import registry
from mark1.ops.windows import per_axis, transpose_size
from mark1.variable import Variable


class _ConvTranspose(BaseConv):
    _causal = False

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        output_padding: Any = None,
        data_format: str | None = None,
        dilation_rate: Any = 1,
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
        self.output_padding: tuple[int, ...] | None = None
        if output_padding is not None:
            added = per_axis(op, "output_padding", output_padding, self._rank, 0)
            if any(a >= s for a, s in zip(added, self.strides, strict=True)):
                raise ValueError(
                    f"[{op}] output_padding must be less than the strides {self.strides}, "
                    f"got {added}"
                )
            self.output_padding = added
        self.kernel_initializer: Any = initializers.get(kernel_initializer)
        self.kernel: Variable | None = None

    def _outputs(self, channels: int | None) -> int:
        return self.filters

    def _add_kernels(self, channels: int) -> None:
        shape = (*self.kernel_size, self.filters, channels)
        self.kernel = self.add_weight(shape, self.kernel_initializer, name="kernel")

    def _size(self, axis: int, size: int | None) -> int | None:
        added = None if self.output_padding is None else self.output_padding[axis]
        k, stride, dilation = (
            v[axis] for v in (self.kernel_size, self.strides, self.dilation_rate)
        )
        return transpose_size(size, k, stride, self.padding, added, dilation)

    def _convolve(self, x: Tensor, activation: str) -> Tensor:
        return ops.conv_transpose(
            x,
            self.kernel,
            self.strides,
            self.padding,
            self.output_padding,
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
            "output_padding": self.output_padding,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
        }


@registry.register("Convolution1DTranspose")
class Conv1DTranspose(_ConvTranspose):
    """Spreads filters along an axis: (N, steps, C) becomes (N, positions, O).

    Args:
        filters: number of outputs O.
        kernel_size: taps.
        strides: distance of what neighbouring inputs are spread over.
        padding: ``"valid"``: every position that is met; ``"same"``: ``steps * strides`` of them.
        output_padding: positions added at the end, less than the strides; None as above.
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.
        dilation_rate: distance of neighbouring taps.
        activation: a name, a function, or None for none.
        use_bias: whether a bias is added.
        kernel_initializer: how the filters begin.
        bias_initializer: how the bias begins.

    Weights:
        kernel (k, O, C), bias (O,).

    Raises:
        ValueError: an argument is out of range or not known.

    >>> layer = Conv1DTranspose(1, 2, strides=2, kernel_initializer="ones")
    >>> layer([[[1.0], [2.0]]]).numpy().ravel()
    array([1., 1., 2., 2.], dtype=float32)
    """

    _rank = 1


@registry.register("Convolution2DTranspose")
class Conv2DTranspose(_ConvTranspose):
    """Spreads filters over images: (N, H, W, C) becomes (N, positions..., O).

    Args:
        filters: number of outputs O.
        kernel_size: taps along height and width, or one number for both.
        strides: distance of what neighbouring inputs are spread over, likewise.
        padding: ``"valid"``: every position that is met; ``"same"``: size times strides.
        output_padding: positions added at the end, less than the strides; None as above.
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.
        dilation_rate: distance of neighbouring taps.
        activation: a name, a function, or None for none.
        use_bias: whether a bias is added.
        kernel_initializer: how the filters begin.
        bias_initializer: how the bias begins.

    Weights:
        kernel (kh, kw, O, C), bias (O,).

    Raises:
        ValueError: an argument is out of range or not known.

    >>> import mark1
    >>> Conv2DTranspose(8, 3, strides=2, padding="same")(mark1.ops.ones((2, 5, 7, 3))).shape
    (2, 10, 14, 8)
    """

    _rank = 2


@registry.register("Convolution3DTranspose")
class Conv3DTranspose(_ConvTranspose):
    """Spreads filters over volumes: (N, D, H, W, C) becomes (N, positions..., O).

    Args:
        filters: number of outputs O.
        kernel_size: taps along each axis, or one number for all.
        strides: distance of what neighbouring inputs are spread over, likewise.
        padding: ``"valid"``: every position that is met; ``"same"``: size times strides.
        output_padding: positions added at the end, less than the strides; None as above.
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.
        dilation_rate: distance of neighbouring taps.
        activation: a name, a function, or None for none.
        use_bias: whether a bias is added.
        kernel_initializer: how the filters begin.
        bias_initializer: how the bias begins.

    Weights:
        kernel (kd, kh, kw, O, C), bias (O,).

    Raises:
        ValueError: an argument is out of range or not known.

    >>> import mark1
    >>> Conv3DTranspose(4, 2, strides=2)(mark1.ops.ones((1, 2, 3, 4, 3))).shape
    (1, 4, 6, 8, 4)
    """

    _rank = 3


Convolution1DTranspose = Conv1DTranspose
Convolution2DTranspose = Conv2DTranspose
Convolution3DTranspose = Conv3DTranspose
