"""Convolutions over one, two or three axes: plain, depthwise, separable and transposed."""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.conv_products import convolve, input_gradient
from mark1.ops.copy import transpose
from mark1.ops.reshape import reshape
from mark1.ops.windows import PerAxis, check_padding, conv_axes, per_axis, transpose_axes


def conv(
    inputs: Any,
    kernel: Any,
    strides: PerAxis = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: PerAxis = 1,
    bias: Any = None,
    activation: str = "linear",
) -> Tensor:
    """Slides filters over x.

    `y[n, p, o] = f(b[o] + sum over t, c of x[n, p stride + t dilation, c] w[t, c, o])`; positions
    outside of x count as zeros. The sum runs over taps in row-major order, channels fastest, in the
    order of `matmul`. Bias and activation are applied as in `dense`.

    Args:
        inputs: x (N, spatial..., C), with one to three spatial axes.
        kernel: w (taps..., C / groups, O); group g of the outputs sees group g of the channels.
        strides: distance of neighbouring windows, for all axes or for each.
        padding: "valid", "same" or, over one axis, "causal".
        data_format: "channels_last" (if None), or "channels_first": x and y are transposed.
        dilation_rate: distance of neighbouring taps.
        bias: b (O,), or None.
        activation: name of one of `mark1.activations`.

    Returns:
        (N, positions..., O).

    Raises:
        ValueError: if shapes do not fit, or an argument is out of range.

    Example:
        >>> import mark1
        >>> x = mark1.ops.reshape([1.0, 2.0, 3.0, 4.0], (1, 2, 2, 1))
        >>> w = mark1.ops.ones((2, 2, 1, 1))
        >>> mark1.ops.conv(x, w, padding="same").numpy().ravel()
        array([10.,  6.,  7.,  4.], dtype=float32)
    """
    x, w, last = _operands("conv", inputs, kernel, data_format)
    axes = _axes("conv", x, w, strides, padding, dilation_rate)
    return _back(convolve(x, w, axes, bias, activation), last)


def depthwise_conv(
    inputs: Any,
    kernel: Any,
    strides: PerAxis = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: PerAxis = 1,
    bias: Any = None,
    activation: str = "linear",
) -> Tensor:
    """Convolves each channel with its filters: `y[..., c M + m]` is x[..., c] by w[..., c, m].

    Args:
        inputs: x (N, spatial..., C).
        kernel: w (taps..., C, M).
        strides: as for `conv`, as are the other arguments.
        padding: "valid", "same" or, over one axis, "causal".
        data_format: "channels_last" (if None) or "channels_first".
        dilation_rate: distance of neighbouring taps.
        bias: (C M,), or None.
        activation: name of one of `mark1.activations`.

    Returns:
        (N, positions..., C M).

    Raises:
        ValueError: if shapes do not fit, or an argument is out of range.

    Example:
        >>> import mark1
        >>> mark1.ops.depthwise_conv([[[1.0, 2.0], [3.0, 4.0]]], [[[1.0], [10.0]]]).numpy()
        array([[[ 1., 20.],
                [ 3., 40.]]], dtype=float32)
    """
    x, w, last = _operands("depthwise_conv", inputs, kernel, data_format)
    if w.shape[-2] != x.shape[-1]:
        raise ValueError(
            f"[depthwise_conv] the filter takes {w.shape[-2]} channels, x has {x.shape[-1]} "
            f"(x: {x.shape}, w: {w.shape})"
        )
    w = reshape(w, (*w.shape[:-2], 1, w.shape[-2] * w.shape[-1]))
    axes = _axes("depthwise_conv", x, w, strides, padding, dilation_rate)
    return _back(convolve(x, w, axes, bias, activation, "depthwise_conv"), last)


def separable_conv(
    inputs: Any,
    depthwise_kernel: Any,
    pointwise_kernel: Any,
    strides: PerAxis = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: PerAxis = 1,
    bias: Any = None,
    activation: str = "linear",
) -> Tensor:
    """Convolves depthwise, then mixes the channels of each position.

    Args:
        inputs: x (N, spatial..., C).
        depthwise_kernel: (taps..., C, M).
        pointwise_kernel: (1..., C M, O).
        strides: as for `conv`, as are the other arguments.
        padding: "valid", "same" or, over one axis, "causal".
        data_format: "channels_last" (if None) or "channels_first".
        dilation_rate: distance of neighbouring taps.
        bias: (O,), or None.
        activation: name of one of `mark1.activations`.

    Returns:
        (N, positions..., O).

    Raises:
        ValueError: if shapes do not fit, or an argument is out of range.

    Example:
        >>> import mark1
        >>> x, mix = [[[1.0, 2.0], [3.0, 4.0]]], [[[1.0], [1.0]]]
        >>> mark1.ops.separable_conv(x, [[[1.0], [10.0]]], mix).numpy().ravel()
        array([21., 43.], dtype=float32)
    """
    x, _, last = _operands("separable_conv", inputs, depthwise_kernel, data_format)
    x = depthwise_conv(x, depthwise_kernel, strides, padding, None, dilation_rate)
    return _back(conv(x, pointwise_kernel, bias=bias, activation=activation), last)


def conv_transpose(
    inputs: Any,
    kernel: Any,
    strides: PerAxis = 1,
    padding: str = "valid",
    output_padding: PerAxis | None = None,
    data_format: str | None = None,
    dilation_rate: PerAxis = 1,
    bias: Any = None,
    activation: str = "linear",
) -> Tensor:
    """Convolves in reverse, as gradients of a convolution's inputs do: it enlarges.

    Args:
        inputs: (N, spatial..., C).
        kernel: (taps..., O, C).
        strides: distance of what neighbouring inputs are spread over.
        padding: "valid": every position that is met, at least `size * stride`; "same": exactly
            `size * stride`.
        output_padding: positions added at the end, less than the stride; None as above.
        data_format: "channels_last" (if None) or "channels_first".
        dilation_rate: distance of neighbouring taps.
        bias: (O,), or None.
        activation: name of one of `mark1.activations`.

    Returns:
        (N, positions..., O).

    Raises:
        ValueError: if shapes do not fit, or an argument is out of range.

    Source:
        V. Dumoulin and F. Visin: A guide to convolution arithmetic for deep learning. 2016.

    Example:
        >>> import mark1
        >>> w = [[[1.0]], [[10.0]]]
        >>> mark1.ops.conv_transpose([[[1.0], [2.0]]], w, strides=2).numpy().ravel()
        array([ 1., 10.,  2., 20.], dtype=float32)
    """
    op = "conv_transpose"
    x, w, last = _operands(op, inputs, kernel, data_format)
    rank = x.ndim - 2
    if check_padding(op, padding, rank) == "causal":
        raise ValueError(f"[{op}] padding must be 'valid' or 'same', got {padding!r}")
    if w.shape[-1] != x.shape[-1]:
        raise ValueError(
            f"[{op}] the filter takes {w.shape[-1]} channels, x has {x.shape[-1]} "
            f"(x: {x.shape}, w: {w.shape}). Its last two axes are (outputs, channels)"
        )
    steps = per_axis(op, "strides", strides, rank)
    added = None
    if output_padding is not None:
        added = per_axis(op, "output_padding", output_padding, rank, 0)
        if any(a >= s for a, s in zip(added, steps, strict=True)):
            raise ValueError(
                f"[{op}] output_padding must be less than the strides {steps}, got {added}"
            )
    sizes, axes = transpose_axes(
        x.shape[1:-1],
        w.shape[:-2],
        steps,
        padding.lower(),
        added,
        per_axis(op, "dilation_rate", dilation_rate, rank),
    )
    shape = (x.shape[0], *sizes, w.shape[-2])
    return _back(input_gradient(x, w, shape, axes, bias, activation, op), last)


def _operands(op: str, inputs: Any, kernel: Any, data_format: str | None) -> tuple[Any, Any, bool]:
    """Inputs with channels last, the filter, and whether outputs stay so."""
    if data_format not in (None, "channels_last", "channels_first"):
        raise ValueError(
            f"[{op}] data_format must be 'channels_last' or 'channels_first', got {data_format!r}"
        )
    x, w = _array(inputs), _array(kernel)
    if not 3 <= x.ndim <= 5 or w.ndim != x.ndim:
        raise ValueError(
            f"[{op}] needs x (N, 1 to 3 spatial axes, C) and a filter of as many axes "
            f"(x: {x.shape}, w: {w.shape})"
        )
    last = data_format != "channels_first"
    if not last:
        x = transpose(x, (0, *range(2, x.ndim), 1))
    return x, w, last


def _axes(
    op: str, x: Any, w: Any, strides: PerAxis, padding: str, dilation_rate: PerAxis
) -> tuple[tuple[int, int, int, int], ...]:
    rank = x.ndim - 2
    return conv_axes(
        x.shape[1:-1],
        w.shape[:-2],
        per_axis(op, "strides", strides, rank),
        check_padding(op, padding, rank),
        per_axis(op, "dilation_rate", dilation_rate, rank),
    )


def _back(y: Tensor, last: bool) -> Tensor:
    return y if last else transpose(y, (0, y.ndim - 1, *range(1, y.ndim - 1)))


def _array(x: Any) -> Any:
    return x if isinstance(x, (Tensor, _core.Variable)) else _core.convert(x)
