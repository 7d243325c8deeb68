"""Pooling: the greatest or the average element of each window that slides over the spatial axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.copy import transpose
from mark1.tape import _state, record


class Windows(NamedTuple):
    """How windows lie: one size and stride per spatial axis, and whether padding is "same"."""

    size: tuple[int, ...]
    strides: tuple[int, ...]
    same: bool


def max_pool(
    inputs: Any,
    pool_size: int | Sequence[int],
    strides: int | Sequence[int] | None = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """The greatest element of each window, channel by channel.

    The first in row-major order wins a tie, and the gradient goes to it alone; a NaN wins over all.

    Args:
        inputs: Tensor, Variable or array (N, spatial..., C) with 1 to 3 spatial axes.
        pool_size: size of the window, one number per spatial axis or one for all.
        strides: steps from window to window; `pool_size` if None.
        padding: "valid", windows inside the inputs only, `(size - pool_size) // strides + 1` of
            them; or "same", `ceil(size / strides)` windows, of which the outer ones hold fewer
            elements.
        data_format: "channels_last" (if None), or "channels_first" for (N, C, spatial...).

    Returns:
        A floating-point tensor (N, windows..., C).

    Raises:
        ValueError: if the inputs have no 1 to 3 spatial axes, or a window does not fit.

    Example:
        >>> import mark1
        >>> x = mark1.ops.reshape([1.0, 5.0, 2.0, 4.0], (1, 4, 1))
        >>> mark1.ops.max_pool(x, 2).numpy().ravel()
        array([5., 4.], dtype=float32)
    """
    if not isinstance(inputs, (Tensor, _core.Variable)):
        inputs = _core.convert(inputs)
    axes = _spatial_axes("max_pool", inputs)
    if _channels_first("max_pool", data_format):
        return _first(max_pool(_last(inputs), pool_size, strides, padding))
    windows = make_windows("max_pool", axes, pool_size, strides, padding)
    out, index = _core.max_pool(inputs, *windows)
    if _state.stack:
        record(_max_pool_rule, (inputs,), out, (index, inputs.shape, windows, out))
    return out


def _max_pool_rule(
    dy: Tensor, index: Tensor, shape: tuple[int, ...], windows: Windows, pooled: Tensor
) -> tuple[Tensor]:
    # What was pooled is for joint rules (pooled_relu.py).
    return (_max_pool_backward(dy, index, shape, windows),)


def _max_pool_backward(
    dy: Tensor, index: Tensor, shape: tuple[int, ...], windows: Windows
) -> Tensor:
    dx = _core.max_pool_backward(dy, index, shape, *windows)
    if _state.stack:
        record(_max_pool_backward_rule, (dy,), dx, (index, shape, windows))
    return dx


def _max_pool_backward_rule(
    g: Tensor, index: Tensor, shape: tuple[int, ...], windows: Windows
) -> tuple[Tensor]:
    # Linear in dy: each window gets back what its winner was sent.
    out = _core.max_pool_gather(g, index, *windows)
    if _state.stack:
        record(_max_pool_rule, (g,), out, (index, shape, windows, out))
    return (out,)


def average_pool(
    inputs: Any,
    pool_size: int | Sequence[int],
    strides: int | Sequence[int] | None = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """The average of the elements of each window, channel by channel.

    Args:
        inputs: Tensor, Variable or array (N, spatial..., C) with 1 to 3 spatial axes.
        pool_size: size of the window, one number per spatial axis or one for all.
        strides: steps from window to window; `pool_size` if None.
        padding: "valid" or "same", as in `max_pool`; padding does not count in the average.
        data_format: "channels_last" (if None), or "channels_first" for (N, C, spatial...).

    Returns:
        A floating-point tensor (N, windows..., C).

    Raises:
        ValueError: if the inputs have no 1 to 3 spatial axes, or a window does not fit.

    Example:
        >>> import mark1
        >>> x = mark1.ops.reshape([1.0, 5.0, 2.0], (1, 3, 1))
        >>> mark1.ops.average_pool(x, 2, padding="same").numpy().ravel()
        array([3., 2.], dtype=float32)
    """
    if not isinstance(inputs, (Tensor, _core.Variable)):
        inputs = _core.convert(inputs)
    axes = _spatial_axes("average_pool", inputs)
    if _channels_first("average_pool", data_format):
        return _first(average_pool(_last(inputs), pool_size, strides, padding))
    windows = make_windows("average_pool", axes, pool_size, strides, padding)
    out = _core.average_pool(inputs, *windows)
    if _state.stack:
        record(_average_pool_rule, (inputs,), out, (inputs.shape, windows))
    return out


def _average_pool_rule(dy: Tensor, shape: tuple[int, ...], windows: Windows) -> tuple[Tensor]:
    dx = _core.average_pool_backward(dy, shape, *windows)
    if _state.stack:
        record(_average_pool_backward_rule, (dy,), dx, (windows,))
    return (dx,)


def _average_pool_backward_rule(g: Tensor, windows: Windows) -> tuple[Tensor]:
    padding = "same" if windows.same else "valid"
    return (average_pool(g, windows.size, windows.strides, padding),)


def make_windows(
    op: str,
    axes: int,
    pool_size: int | Sequence[int],
    strides: int | Sequence[int] | None,
    padding: str,
) -> Windows:
    """Spells the arguments of a pooling out: one number per spatial axis.

    Raises:
        ValueError: if they are no positive integers, or too many or too few.

    Example:
        >>> from mark1.ops.pool import make_windows
        >>> make_windows("max_pool", 2, 2, None, "same")
        Windows(size=(2, 2), strides=(2, 2), same=True)
    """
    if padding not in ("valid", "same"):
        raise ValueError(f"[{op}] padding must be 'valid' or 'same', got {padding!r}")
    size = _numbers(op, "pool_size", pool_size, axes)
    steps = size if strides is None else _numbers(op, "strides", strides, axes)
    return Windows(size, steps, padding == "same")


def _numbers(op: str, name: str, value: int | Sequence[int], axes: int) -> tuple[int, ...]:
    numbers: tuple[Any, ...] = (value,) * axes
    if isinstance(value, (tuple, list)):
        numbers = tuple(value)
    positive = all(isinstance(n, int) and not isinstance(n, bool) and n > 0 for n in numbers)
    if not positive or len(numbers) != axes:
        raise ValueError(
            f"[{op}] {name} must be a positive integer, or one for each of the {axes} spatial "
            f"axes, got {value!r}"
        )
    return numbers


def _spatial_axes(op: str, x: Any) -> int:
    axes = len(x.shape) - 2
    if not 1 <= axes <= 3:
        raise ValueError(
            f"[{op}] needs (batch, 1 to 3 spatial axes, channels), got x: {tuple(x.shape)}"
        )
    return axes


def _channels_first(op: str, data_format: str | None) -> bool:
    if data_format not in (None, "channels_last", "channels_first"):
        raise ValueError(
            f"[{op}] data_format must be 'channels_last' or 'channels_first', got {data_format!r}"
        )
    return data_format == "channels_first"


def _last(x: Any) -> Tensor:
    """Channels from axis 1 to the end."""
    return transpose(x, (0, *range(2, len(x.shape)), 1))


def _first(x: Tensor) -> Tensor:
    rank = len(x.shape)
    return transpose(x, (0, rank - 1, *range(1, rank - 1)))
