"""Several tensors in one, or one with its end in front: concatenate, stack, roll."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.cast import cast
from mark1.ops.matmul import _wanted
from mark1.ops.reshape import expand_dims, normalize_axes, reshape
from mark1.ops.slice import _cut
from mark1.tape import Gradients, _state, record


def concatenate(xs: Sequence[Any], axis: int = 0) -> Tensor:
    """Puts tensors one behind the other along an axis.

    Args:
        xs: Tensors, Variables or arrays whose shapes agree in all other axes.
        axis: the axis along which they are joined.

    Returns:
        A tensor of the widest of their dtypes.

    Raises:
        ValueError: if there is none, or the shapes do not agree.

    Example:
        >>> import mark1
        >>> mark1.ops.concatenate([[[1, 2]], [[3, 4], [5, 6]]]).numpy()
        array([[1, 2],
               [3, 4],
               [5, 6]], dtype=int32)
    """
    xs = [x if isinstance(x, (Tensor, _core.Variable)) else _core.convert(x) for x in xs]
    out = _core.concatenate(xs, axis)
    if _state.stack:
        sizes = [x.shape[axis] for x in xs]
        dtypes = [x.dtype if _wanted(x) else None for x in xs]
        record(_concatenate_rule, xs, out, (axis % len(out.shape), sizes, dtypes))
    return out


def _concatenate_rule(
    dy: Tensor, axis: int, sizes: list[int], dtypes: list[str | None]
) -> Gradients:
    cuts = [(0, 1, n) for n in dy.shape]
    gradients: list[Tensor | None] = []
    start = 0
    for size, dtype in zip(sizes, dtypes, strict=True):
        cuts[axis] = (start, 1, size)
        start += size
        if dtype is None:
            gradients.append(None)
            continue
        dx = _cut(dy, list(cuts))
        gradients.append(dx if dx.dtype == dtype else cast(dx, dtype))
    return gradients


def stack(x: Sequence[Any], axis: int = 0) -> Tensor:
    """Puts tensors of one shape side by side along a new axis.

    Args:
        x: Tensors, Variables or arrays of one shape.
        axis: the new axis, counted in the result.

    Returns:
        A tensor with one more axis, of size `len(x)`.

    Raises:
        ValueError: if there is none, or the shapes differ.

    Example:
        >>> import mark1
        >>> mark1.ops.stack([[1, 2], [3, 4]], axis=1).numpy()
        array([[1, 3],
               [2, 4]], dtype=int32)
    """
    xs = [v if isinstance(v, (Tensor, _core.Variable)) else _core.convert(v) for v in x]
    shapes = [v.shape for v in xs]
    if not xs or any(shape != shapes[0] for shape in shapes):
        raise ValueError(f"[stack] needs tensors of one shape, got {shapes}")
    (along,) = normalize_axes("stack", axis, len(shapes[0]) + 1)
    if _state.stack:
        return concatenate([expand_dims(v, axis) for v in xs], axis)
    shape = (*shapes[0][:along], 1, *shapes[0][along:])
    return _core.concatenate([_core.reshape(v, shape) for v in xs], along)


def roll(x: Any, shift: int | Sequence[int], axis: int | Sequence[int] | None = None) -> Tensor:
    """Moves elements along axes; what leaves at the end comes back at the beginning.

    `y[(i + shift) mod n] = x[i]`

    Args:
        x: Tensor, Variable or array; any shape.
        shift: by how many places, backwards if negative; one number per axis.
        axis: along which axes; along x as one row if None.

    Returns:
        A tensor of x's shape.

    Raises:
        ValueError: if an axis is out of range, or there is not one shift per axis.

    Example:
        >>> import mark1
        >>> mark1.ops.roll([1, 2, 3, 4], 1).numpy()
        array([4, 1, 2, 3], dtype=int32)
    """
    if not isinstance(x, (Tensor, _core.Variable)):
        x = _core.convert(x)
    if axis is None:
        return reshape(roll(reshape(x, -1), shift, 0), x.shape)
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    shifts = (shift,) * len(axes) if isinstance(shift, int) else tuple(shift)
    if len(shifts) != len(axes) or not axes:
        raise ValueError(f"[roll] needs one shift per axis (shift: {shift}, axis: {axis})")
    for places, along in zip(shifts, axes, strict=True):
        (along,) = normalize_axes("roll", along, len(x.shape))
        x = _roll(x, places, along)
    out: Tensor = x
    return out


def _roll(x: Any, shift: int, axis: int) -> Tensor:
    out = _core.roll(x, shift, axis)
    if _state.stack:
        record(_roll_rule, (x,), out, (shift, axis))
    return out


def _roll_rule(dy: Tensor, shift: int, axis: int) -> tuple[Tensor]:
    return (_roll(dy, -shift, axis),)
