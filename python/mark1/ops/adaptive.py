"""Pooling to an output of a given size, whatever that of the input."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mark1._core import Tensor
from mark1.ops.concatenate import concatenate
from mark1.ops.moments import _as_float
from mark1.ops.reduce import max as greatest
from mark1.ops.reduce import mean
from mark1.ops.reshape import reshape
from mark1.ops.slice import getitem

_MOST = 1 << 16  # each is an operation or two


def adaptive_average_pool(
    inputs: Any, output_size: int | Sequence[int], data_format: str | None = None
) -> Tensor:
    """The means over as many windows as there are to be outputs.

    Along an axis of size n, window i of m reaches from floor(i n / m) to ceil((i + 1) n / m).

    Args:
        inputs: Tensor, Variable or array (N, axes..., C), or (N, C, axes...) for "channels_first";
            integers become float32.
        output_size: the number of windows along each axis, or one number for all.
        data_format: "channels_last" (if None) or "channels_first".

    Returns:
        A floating-point tensor whose spatial axes have the sizes `output_size`.

    Raises:
        ValueError: if sizes are not positive, there is not one for each axis, or an axis is empty.

    Example:
        >>> import mark1
        >>> x = mark1.ops.reshape(mark1.ops.arange(5.0), (1, 5, 1))
        >>> mark1.ops.adaptive_average_pool(x, 2).numpy().ravel()
        array([1., 3.], dtype=float32)
    """
    return _pooled("adaptive_average_pool", mean, inputs, output_size, data_format)


def adaptive_max_pool(
    inputs: Any, output_size: int | Sequence[int], data_format: str | None = None
) -> Tensor:
    """The greatest elements of as many windows as there are to be outputs.

    Along an axis of size n, window i of m reaches from floor(i n / m) to ceil((i + 1) n / m).

    Args:
        inputs: Tensor, Variable or array (N, axes..., C), or (N, C, axes...) for "channels_first";
            integers become float32.
        output_size: the number of windows along each axis, or one number for all.
        data_format: "channels_last" (if None) or "channels_first".

    Returns:
        A floating-point tensor whose spatial axes have the sizes `output_size`.

    Raises:
        ValueError: if sizes are not positive, there is not one for each axis, or an axis is empty.

    Example:
        >>> import mark1
        >>> x = mark1.ops.reshape(mark1.ops.arange(5.0), (1, 5, 1))
        >>> mark1.ops.adaptive_max_pool(x, 2).numpy().ravel()
        array([2., 4.], dtype=float32)
    """
    return _pooled("adaptive_max_pool", greatest, inputs, output_size, data_format)


def _pooled(
    op: str,
    reduce: Callable[[Any, int, bool], Tensor],
    inputs: Any,
    output_size: int | Sequence[int],
    data_format: str | None,
) -> Tensor:
    """Axis by axis: a window is a block, and so is its mean a mean of means."""
    x: Any = _as_float(inputs)
    first = 2 if data_format == "channels_first" else 1
    if data_format not in (None, "channels_first", "channels_last"):
        raise ValueError(
            f"[{op}] data_format must be 'channels_last' or 'channels_first', got {data_format!r}"
        )
    count = len(x.shape) - 2
    sizes = [output_size] * count if isinstance(output_size, int) else list(output_size)
    spatial = x.shape[first : first + count]
    if count < 1 or len(sizes) != count or min(*sizes, *spatial, 1) < 1:
        raise ValueError(
            f"[{op}] needs a positive size for each spatial axis "
            f"(inputs: {x.shape}, output_size: {output_size})"
        )
    if max(sizes) > _MOST:
        raise ValueError(f"[{op}] makes at most {_MOST} windows along an axis, got {output_size}")
    for axis, m in enumerate(sizes, first):
        n = x.shape[axis]
        if n % m == 0:
            split = (*x.shape[:axis], m, n // m, *x.shape[axis + 1 :])
            x = reduce(reshape(x, split), axis + 1, False)
            continue
        before = [slice(None)] * axis
        windows = [slice(i * n // m, -(-(i + 1) * n // m)) for i in range(m)]
        x = concatenate([reduce(getitem(x, (*before, w)), axis, True) for w in windows], axis)
    y: Tensor = x
    return y
