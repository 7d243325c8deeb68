"""Where the windows of convolutions lie: strides, dilations and padding, axis by axis."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

Axis = tuple[int, int, int, int]  # stride, dilation, zeros before, zeros after
PerAxis = int | Sequence[int]


def per_axis(op: str, name: str, value: Any, rank: int, least: int = 1) -> tuple[int, ...]:
    """Gives one integer to each of `rank` axes.

    Args:
        op: the name errors carry.
        name: what the integers are.
        value: an integer for all axes, or one for each.
        rank: number of axes.
        least: the smallest integer allowed.

    Returns:
        A tuple of `rank` integers.

    Raises:
        ValueError: if there are not `rank` of them, or one is too small or too large.

    Example:
        >>> per_axis("conv", "strides", 2, 3)
        (2, 2, 2)
    """
    values = (value,) * rank if isinstance(value, int) else value
    if (
        not isinstance(values, (list, tuple))
        or len(values) != rank
        or any(isinstance(v, bool) or not isinstance(v, int) or v < least for v in values)
    ):
        kind = {0: "non-negative ", 1: "positive "}[least]
        want = f"a {kind}integer"
        if rank > 1:
            want += f" or {rank} of them"
        raise ValueError(f"[{op}] {name} must be {want}, got {value!r}")
    if max(values) >= 1 << 31:
        raise ValueError(f"[{op}] {name} must be below 2^31, got {value!r}")
    return tuple(values)


def check_padding(op: str, padding: Any, rank: int) -> str:
    """Returns the name of a padding in lower case.

    Raises:
        ValueError: if there is no such padding for that many axes.

    Example:
        >>> check_padding("conv", "SAME", 2)
        'same'
    """
    name = padding.lower() if isinstance(padding, str) else padding
    if name not in ("valid", "same") and not (name == "causal" and rank == 1):
        known = "'valid', 'same' or 'causal'" if rank == 1 else "'valid' or 'same'"
        hint = ". Causal padding needs one axis, time" if name == "causal" else ""
        raise ValueError(f"[{op}] padding must be {known}, got {padding!r}{hint}")
    return str(name)


def reach(taps: int, dilation: int) -> int:
    """Positions from the first to the last tap of a window.

    Example:
        >>> reach(3, 2)
        5
    """
    return (taps - 1) * dilation + 1


@lru_cache(maxsize=1024)
def conv_axes(
    sizes: tuple[int, ...],
    taps: tuple[int, ...],
    strides: tuple[int, ...],
    padding: str,
    dilations: tuple[int, ...],
) -> tuple[Axis, ...]:
    """The walk of a convolution's windows.

    Args:
        sizes: of the inputs' spatial axes.
        taps: of the filter, per axis.
        strides: distance of neighbouring windows.
        padding: `valid`: none; `same`: there are `ceil(size / stride)` windows, and the odd zero is
            at the end; `causal`: before the first position, so that no window looks ahead.
        dilations: distance of neighbouring taps.

    Returns:
        (stride, dilation, zeros before, zeros after) of each axis.

    Example:
        >>> conv_axes((6,), (3,), (2,), "same", (1,))
        ((2, 1, 0, 1),)
    """
    axes = []
    for size, k, stride, dilation in zip(sizes, taps, strides, dilations, strict=True):
        low = high = 0
        if padding == "same":
            missing = max((-(-size // stride) - 1) * stride + reach(k, dilation) - size, 0)
            low, high = missing // 2, missing - missing // 2
        elif padding == "causal":
            low = reach(k, dilation) - 1
        axes.append((stride, dilation, low, high))
    return tuple(axes)


def conv_size(size: int | None, taps: int, stride: int, padding: str, dilation: int) -> int | None:
    """Number of windows along an axis; not positive if not one fits.

    Example:
        >>> conv_size(6, 3, 2, "valid", 1), conv_size(None, 3, 2, "same", 1)
        (2, None)
    """
    if size is None:
        return None
    if padding == "valid":
        return (size - reach(taps, dilation)) // stride + 1
    return -(-size // stride)


@lru_cache(maxsize=1024)
def transpose_axes(
    sizes: tuple[int, ...],
    taps: tuple[int, ...],
    strides: tuple[int, ...],
    padding: str,
    output_padding: tuple[int, ...] | None,
    dilations: tuple[int, ...],
) -> tuple[tuple[int, ...], tuple[Axis, ...]]:
    """The convolution that a transposed one is the transpose of.

    Args:
        sizes: of the inputs' spatial axes.
        taps: of the filter, per axis.
        strides: distance of what neighbouring inputs are spread over.
        padding: `valid`: outputs are all positions that a window meets, at least `size * stride`;
            `same`: exactly `size * stride` of them.
        output_padding: further positions at the end, per axis, on top of
            `(size - 1) * stride + reach` (`valid`) or `(size - 1) * stride + reach % 2` (`same`).
        dilations: distance of neighbouring taps.

    Returns:
        Sizes of the outputs' spatial axes; windows over these.

    Example:
        >>> transpose_axes((3,), (3,), (2,), "same", None, (1,))
        ((6,), ((2, 1, 0, 1),))
    """
    outputs, axes = [], []
    for i, (size, k, stride, dilation) in enumerate(
        zip(sizes, taps, strides, dilations, strict=True)
    ):
        extent = reach(k, dilation)
        added = None if output_padding is None else output_padding[i]
        n = transpose_size(size, k, stride, padding, added, dilation)
        assert n is not None
        low = 0
        if padding == "same":
            # Keras pads inputs that lie `stride` apart by half of what is needed, rounded up.
            total = stride + extent - 2 if added is None else extent + extent % 2 - 2 + added
            low = extent - 1 - min(total // 2 + total % 2, extent - 1)
        high = max((size - 1) * stride + extent - n - low, 0)
        outputs.append(n)
        axes.append((stride, dilation, low, high))
    return tuple(outputs), tuple(axes)


def transpose_size(
    size: int | None, taps: int, stride: int, padding: str, added: int | None, dilation: int
) -> int | None:
    """Length of an axis after a transposed convolution.

    Example:
        >>> transpose_size(3, 3, 2, "valid", None, 1), transpose_size(3, 3, 2, "same", 1, 1)
        (7, 6)
    """
    if size is None:
        return None
    extent = reach(taps, dilation)
    if added is None:
        return size * stride + (max(extent - stride, 0) if padding == "valid" else 0)
    return (size - 1) * stride + (extent if padding == "valid" else extent % 2) + added
