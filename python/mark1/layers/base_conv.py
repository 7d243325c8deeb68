"""What all convolution layers share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mark1 import activations, initializers
from mark1._core import Tensor
from mark1.layers import defaults
from mark1.layers.dense import _fused
from mark1.layers.layer import Layer, Shape
from mark1.losses.alignment import shape_text
from mark1.ops.windows import check_padding, conv_size, per_axis
from mark1.variable import Variable

_AXES = {1: ("steps",), 2: ("height", "width"), 3: ("depth", "height", "width")}


class BaseConv(Layer):
    """A layer whose windows move over one to three axes; what they compute is left to subclasses.

    Args:
        kernel_size: taps along each axis, or for all axes.
        strides: distance of neighbouring windows.
        padding: ``"valid"``, ``"same"`` or, over one axis, ``"causal"``.
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.
        dilation_rate: distance of neighbouring taps.
        activation: a name, a function, or None for none.
        use_bias: whether a bias is added.
        bias_initializer: how it begins.
        rules: regularizers and constraints by the names of the arguments.

    Raises:
        ValueError: an argument is out of range or not known.
    """

    _rank = 2
    _causal = True

    def __init__(
        self,
        kernel_size: Any,
        strides: Any,
        padding: str,
        data_format: str | None,
        dilation_rate: Any,
        activation: Any,
        use_bias: bool,
        bias_initializer: Any,
        rules: dict[str, Any],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        op, rank = type(self).__name__, self._rank
        self._set_rules(**rules)
        if data_format not in (None, "channels_last", "channels_first"):
            raise ValueError(
                f"[{op}] data_format must be 'channels_last' or 'channels_first', "
                f"got {data_format!r}"
            )
        self.kernel_size: tuple[int, ...] = per_axis(op, "kernel_size", kernel_size, rank)
        self.strides: tuple[int, ...] = per_axis(op, "strides", strides, rank)
        self.padding: str = check_padding(op, padding, rank)
        if self.padding == "causal" and not self._causal:
            raise ValueError(f"[{op}] padding must be 'valid' or 'same', got {padding!r}")
        self.data_format: str = data_format or defaults.image_data_format()
        self.dilation_rate: tuple[int, ...] = per_axis(op, "dilation_rate", dilation_rate, rank)
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                f"[{op}] strides and dilation_rate cannot both be more than 1, "
                f"got {self.strides} and {self.dilation_rate}"
            )
        self.activation: Callable[..., Any] = activations.get(activation)
        self.use_bias: bool = bool(use_bias)
        self.bias_initializer: Any = initializers.get(bias_initializer)
        self.bias: Variable | None = None
        self._channels: int | None = None

    def _outputs(self, channels: int | None) -> int | None:
        """Return the number of output channels."""
        raise NotImplementedError

    def _add_kernels(self, channels: int) -> None:
        """Make the filters for that many input channels."""
        raise NotImplementedError

    def _convolve(self, x: Tensor, activation: str) -> Tensor:
        """Return what the activation gives on top of the convolution."""
        raise NotImplementedError

    def build(self, input_shape: Shape) -> None:
        """Make filters and bias."""
        self.check_input(input_shape)
        channels = input_shape[self._channel_axis]
        if channels is None:
            raise ValueError(
                f'[{type(self).__name__} "{self.name}"] the number of channels of its inputs must '
                f"be known, got {shape_text(input_shape)}"
            )
        self.compute_output_shape(input_shape)
        self._add_kernels(channels)
        if self.use_bias:
            outputs = self._outputs(channels)
            assert outputs is not None
            self.bias = self.add_weight((outputs,), self.bias_initializer, name="bias")
        self._channels = channels

    @property
    def _channel_axis(self) -> int:
        return -1 if self.data_format == "channels_last" else 1

    def check_input(self, shape: tuple[int | None, ...]) -> None:
        """Refuse inputs with another number of axes or of channels."""
        channels = self._channels
        if len(shape) == self._rank + 2 and channels in (None, shape[self._channel_axis]):
            return
        depth = "channels" if channels is None else str(channels)
        spatial = _AXES[self._rank]
        names = (*spatial, depth) if self._channel_axis == -1 else (depth, *spatial)
        raise ValueError(
            f'[{type(self).__name__} "{self.name}"] expected inputs of shape '
            f"(batch, {', '.join(names)}), got {shape_text(shape)}{self._hint(shape)}"
        )

    def _hint(self, shape: tuple[int | None, ...]) -> str:
        channels, last = self._channels, self._channel_axis == -1
        if len(shape) == self._rank + 1:
            if channels == 1 or (channels is None and last and (shape[-1] or 0) > 4):
                return ". The channel axis is missing: x[..., None] adds one" if last else ""
            return ". The batch axis is missing: x[None] adds one"
        if len(shape) != self._rank + 2:
            return ""
        if shape[1 if last else -1] == channels:
            other = "channels_first" if last else "channels_last"
            return f". For channels in that place pass data_format='{other}'"
        return f". The layer was built for {channels} channels, these inputs have others"

    def call(self, x: Tensor) -> Tensor:
        """Return the outputs."""
        if (name := _fused().get(self.activation)) is not None:
            return self._convolve(x, name)
        out: Tensor = self.activation(self._convolve(x, "linear"))
        return out

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (N, positions..., O)."""
        self.check_input(input_shape)
        last = self._channel_axis == -1
        spatial = input_shape[1:-1] if last else input_shape[2:]
        sizes = tuple(self._size(axis, n) for axis, n in enumerate(spatial))
        if any(n is not None and n < 1 for n in sizes):
            raise ValueError(
                f'[{type(self).__name__} "{self.name}"] a filter of {self.kernel_size} does not '
                f"fit inputs of shape {shape_text(input_shape)}. Use padding='same', or a smaller "
                "filter"
            )
        outputs = self._outputs(input_shape[self._channel_axis])
        batch = input_shape[0]
        return (batch, *sizes, outputs) if last else (batch, outputs, *sizes)

    def _size(self, axis: int, size: int | None) -> int | None:
        k, stride, dilation = (
            v[axis] for v in (self.kernel_size, self.strides, self.dilation_rate)
        )
        return conv_size(size, k, stride, self.padding, dilation)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {
            **super().get_config(),
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "data_format": self.data_format,
            "dilation_rate": self.dilation_rate,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "bias_initializer": initializers.serialize(self.bias_initializer),
            **self._config_of_rules(),
        }


def check_count(op: str, name: str, value: Any) -> int:
    """Return a positive integer.

    >>> check_count("Conv2D", "filters", 32)
    32
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"[{op}] {name} must be a positive integer, got {value!r}")
    return value
