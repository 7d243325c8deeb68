"""Matrices and images turned and rearranged: fliplr, flipud, rot90, depth and space."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1._core import Tensor
from mark1.ops.copy import swapaxes, transpose
from mark1.ops.reshape import normalize_axes, reshape
from mark1.ops.rounding import _as_tensor
from mark1.ops.slice import flip


def fliplr(x: Any) -> Tensor:
    """Reverses the second axis: what was left is right.

    Args:
        x: Tensor, Variable or array of two axes or more.

    Returns:
        A tensor of x's shape.

    Raises:
        ValueError: if x has less than two axes.

    Example:
        >>> import mark1
        >>> mark1.ops.fliplr([[1, 2], [3, 4]]).numpy()
        array([[2, 1],
               [4, 3]], dtype=int32)
    """
    return flip(x, 1)


def flipud(x: Any) -> Tensor:
    """Reverses the first axis: what was up is down.

    Args:
        x: Tensor, Variable or array of one axis or more.

    Returns:
        A tensor of x's shape.

    Raises:
        ValueError: if x has no axis.

    Example:
        >>> import mark1
        >>> mark1.ops.flipud([[1, 2], [3, 4]]).numpy()
        array([[3, 4],
               [1, 2]], dtype=int32)
    """
    return flip(x, 0)


def rot90(array: Any, k: int = 1, axes: Sequence[int] = (0, 1)) -> Tensor:
    """Turns a tensor by quarters in the plane of two axes, from the first towards the second.

    Args:
        array: Tensor, Variable or array of two axes or more.
        k: how many quarters; negative ones turn the other way.
        axes: the plane.

    Returns:
        A tensor of the array's shape, the two axes exchanged if k is odd.

    Raises:
        ValueError: if there are no two such axes.

    Example:
        >>> import mark1
        >>> mark1.ops.rot90([[1, 2], [3, 4]]).numpy()
        array([[2, 4],
               [1, 3]], dtype=int32)
    """
    x = _as_tensor(array)
    if len(normalize_axes("rot90", axes, len(x.shape))) != 2:
        raise ValueError(f"[rot90] needs two axes, got {axes}")
    first, second = axes
    if k % 4 == 2:
        return flip(x, axes)
    if k % 4 == 1:
        return swapaxes(flip(x, second), first, second)
    return flip(swapaxes(x, first, second), second) if k % 4 else x


def space_to_depth(x: Any, block_size: int, data_format: str = "channels_last") -> Tensor:
    """Moves squares of pixels into channels: a smaller image of more channels.

    Args:
        x: Tensor, Variable or array (N, H, W, C), or (N, C, H, W) for "channels_first".
        block_size: side b of the squares; H and W are multiples of it.
        data_format: where channels are.

    Returns:
        A tensor (N, H / b, W / b, b b C), channels varying fastest, or (N, b b C, H / b, W / b).

    Raises:
        ValueError: if the sizes are no multiples, or x has not four axes.

    Example:
        >>> import mark1
        >>> mark1.ops.space_to_depth(mark1.ops.zeros((1, 4, 6, 3)), 2).shape
        (1, 2, 3, 12)
    """
    n, h, w, c, first = _image("space_to_depth", x, data_format)
    b = block_size
    if b < 1 or h % b or w % b:
        raise ValueError(f"[space_to_depth] {h} x {w} pixels cannot be cut into squares of {b}")
    if first:
        y = transpose(reshape(x, (n, c, h // b, b, w // b, b)), (0, 3, 5, 1, 2, 4))
        return reshape(y, (n, b * b * c, h // b, w // b))
    y = transpose(reshape(x, (n, h // b, b, w // b, b, c)), (0, 1, 3, 2, 4, 5))
    return reshape(y, (n, h // b, w // b, b * b * c))


def depth_to_space(x: Any, block_size: int, data_format: str = "channels_last") -> Tensor:
    """Moves channels into squares of pixels: a larger image of fewer channels.

    Args:
        x: Tensor, Variable or array (N, H, W, C), or (N, C, H, W) for "channels_first".
        block_size: side b of the squares; C is a multiple of b b.
        data_format: where channels are.

    Returns:
        A tensor (N, b H, b W, C / (b b)), or (N, C / (b b), b H, b W).

    Raises:
        ValueError: if C is no multiple, or x has not four axes.

    Example:
        >>> import mark1
        >>> mark1.ops.depth_to_space(mark1.ops.zeros((1, 2, 3, 12)), 2).shape
        (1, 4, 6, 3)
    """
    n, h, w, c, first = _image("depth_to_space", x, data_format)
    b = block_size
    if b < 1 or c % (b * b):
        raise ValueError(f"[depth_to_space] {c} channels are no squares of side {b}")
    rest = c // (b * b)
    if first:
        y = transpose(reshape(x, (n, b, b, rest, h, w)), (0, 3, 4, 1, 5, 2))
        return reshape(y, (n, rest, h * b, w * b))
    y = transpose(reshape(x, (n, h, w, b, b, rest)), (0, 1, 3, 2, 4, 5))
    return reshape(y, (n, h * b, w * b, rest))


def _image(op: str, x: Any, data_format: str) -> tuple[int, int, int, int, bool]:
    """N, H, W, C, and whether channels come first."""
    shape = _as_tensor(x).shape
    if len(shape) != 4:
        raise ValueError(f"[{op}] needs four axes (x: {shape})")
    if data_format not in ("channels_last", "channels_first"):
        raise ValueError(
            f"[{op}] data_format must be 'channels_last' or 'channels_first', got {data_format!r}"
        )
    if data_format == "channels_first":
        n, c, h, w = shape
        return n, h, w, c, True
    n, h, w, c = shape
    return n, h, w, c, False
