"""Pictures as they look from another place: four corners are moved, the rest follows."""

from __future__ import annotations

from typing import Any

import numpy as np

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.affine_transform import as_batch, sampled
from mark1.ops.broadcast import divide, multiply
from mark1.ops.concatenate import concatenate, stack
from mark1.ops.copy import swapaxes
from mark1.ops.fill import ones
from mark1.ops.matmul import matmul
from mark1.ops.products import cross
from mark1.ops.reduce import sum as total
from mark1.ops.reshape import reshape
from mark1.ops.rounding import _as_tensor
from mark1.ops.slice import getitem


def perspective_transform(
    images: Any,
    start_points: Any,
    end_points: Any,
    interpolation: str = "bilinear",
    fill_value: float = 0,
    data_format: str | None = None,
) -> Tensor:
    """Pictures of which four points are moved to four others, and straight lines stay straight.

    The map of the plane that does so is the only one; `affine_transform` looks through it. The
    gradient is that of the pictures.

    Args:
        images: Tensor, Variable or array (N, H, W, C), or (H, W, C); (N, C, H, W) or (C, H, W) for
            "channels_first". Integers become float32.
        start_points: column and row of four points of each picture (N, 4, 2), or of all (4, 2); no
            three of them on a line.
        end_points: where they are in the result, likewise.
        interpolation: "bilinear" or "nearest".
        fill_value: the value of pixels around a picture.
        data_format: "channels_last" (if None) or "channels_first".

    Returns:
        A floating-point tensor of the shape of the pictures.

    Raises:
        ValueError: if shapes do not fit, or the interpolation is not known.

    Source:
        P. Heckbert: Fundamentals of texture mapping and image warping, 1989.

    Example:
        >>> import mark1
        >>> x = mark1.ops.reshape(mark1.ops.arange(4.0), (2, 2, 1))
        >>> corners = [[0, 0], [1, 0], [0, 1], [1, 1]]
        >>> turned = [[1, 0], [1, 1], [0, 0], [0, 1]]
        >>> mark1.ops.image.perspective_transform(x, corners, turned).numpy()[..., 0]
        array([[2., 0.],
               [3., 1.]], dtype=float32)
    """
    op = "perspective_transform"
    if interpolation not in ("bilinear", "nearest"):
        raise ValueError(
            f"[{op}] interpolation must be 'bilinear' or 'nearest', got {interpolation!r}"
        )
    x, put_back = as_batch(op, images, data_format)
    start, end = _corners(start_points), _corners(end_points)
    if start.shape != end.shape or start.shape[1:] != (4, 2):
        raise ValueError(
            f"[{op}] needs four points of each picture, (N, 4, 2), or of all, (4, 2) "
            f"(start_points: {start.shape}, end_points: {end.shape})"
        )
    numbers = _core.cast(_homography(start, end), x.dtype)
    nearest = interpolation == "nearest"
    out: Tensor = put_back(sampled(x, numbers, x.shape[1:3], 0, nearest, float(fill_value)))
    return out


def _corners(points: Any) -> Tensor:
    """Points in float64, in which the map loses nothing that pictures show, with a batch axis."""
    if isinstance(points, (list, tuple)):
        points = np.asarray(points, np.float64)
    x = _core.cast(_as_tensor(points), "float64")
    return x if len(x.shape) == 3 else reshape(x, (1, *x.shape))


def _homography(start: Tensor, end: Tensor) -> Tensor:
    """The eight numbers (N, 8) of the map from places of the result to those of the picture."""
    points, _, shares = _frame(start)
    _, lines, others = _frame(end)
    a, b, c = (getitem(others, (slice(None), i)) for i in range(3))
    # The end's frame is undone by its adjugate: no division by what may be nothing.
    undone = stack([multiply(b, c), multiply(a, c), multiply(a, b)], 1)
    scale = reshape(multiply(shares, undone), (-1, 3, 1))
    whole = reshape(matmul(swapaxes(points, 1, 2), multiply(scale, lines)), (-1, 9))
    return divide(
        getitem(whole, (slice(None), slice(8))), getitem(whole, (slice(None), slice(8, 9)))
    )


def _frame(corners: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Three points (N, 3, 3), lines through two of them, and what the fourth has of each point."""
    # The third coordinate of a point is 1; shares are multiplied by the points' determinant.
    n = corners.shape[0]
    points = concatenate([corners, ones((n, 4, 1), "float64")], 2)
    p, q, r, last = (getitem(points, (slice(None), i)) for i in range(4))
    lines = stack([cross(q, r), cross(r, p), cross(p, q)], 1)
    shares = total(multiply(lines, reshape(last, (n, 1, 3))), 2)
    return stack([p, q, r], 1), lines, shares
