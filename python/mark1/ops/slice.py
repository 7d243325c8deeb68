"""Parts of a tensor, forwards or backwards: slice, flip, and indexing with brackets."""

from __future__ import annotations

import builtins
import operator
from collections.abc import Sequence
from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.gather import take
from mark1.ops.reshape import normalize_axes, reshape
from mark1.tape import _state, record

Cuts = list[tuple[int, int, int]]  # start, step, length of each axis


def slice(inputs: Any, start_indices: Sequence[int], shape: Sequence[int]) -> Tensor:
    """A block of a tensor.

    Args:
        inputs: Tensor, Variable or array; any shape.
        start_indices: where the block begins, per axis.
        shape: its shape.

    Returns:
        A tensor of `shape`; a view of inputs where only the first axis is cut.

    Raises:
        ValueError: if the block is not within them.

    Example:
        >>> import mark1
        >>> mark1.ops.slice([[1, 2, 3], [4, 5, 6]], (0, 1), (2, 2)).numpy()
        array([[2, 3],
               [5, 6]], dtype=int32)
    """
    if not isinstance(inputs, (Tensor, _core.Variable)):
        inputs = _core.convert(inputs)
    return _cut(
        inputs, [(whole(s), 1, whole(n)) for s, n in zip(start_indices, shape, strict=True)]
    )


def whole(number: Any) -> int:
    """An integer, which may be a tensor of one; nothing is rounded.

    Raises:
        TypeError: if it is a number of another kind.

    Example:
        >>> whole(_core.convert(3))
        3
    """
    if isinstance(number, Tensor) and not number.dtype.startswith("float"):
        return int(number)
    return operator.index(number)


def getitem(x: Any, key: Any) -> Tensor:
    """`x[key]` with integers, slices of any step, `None`, `...`, or one array of integers.

    Args:
        x: Tensor or Variable.
        key: what stands between the brackets.

    Returns:
        A tensor; a view of x where only the first axis is cut, in steps of 1.

    Raises:
        IndexError: if an integer is out of range or there are too many.
        TypeError: if the key is of another kind.

    Example:
        >>> import mark1
        >>> x = mark1.ops.convert_to_tensor([[1, 2, 3], [4, 5, 6]])
        >>> x[-1].numpy(), x[:, ::2].numpy()
        (array([4, 5, 6], dtype=int32), array([[1, 3],
               [4, 6]], dtype=int32))
    """
    if isinstance(key, (Tensor, _core.Variable, list)) or hasattr(key, "__array_interface__"):
        indices = _core.convert(key)
        if indices.shape:
            if indices.dtype not in ("int32", "int64"):
                raise TypeError(
                    f"[getitem] an array of indices must be integers, not {indices.dtype}"
                )
            return take(x, indices, axis=0)
        key = indices.item()
    parts = list(key) if isinstance(key, tuple) else [key]
    rank = len(x.shape)
    taken = len([part for part in parts if part is not None and part is not Ellipsis])
    if taken > rank or len([part for part in parts if part is Ellipsis]) > 1:
        raise IndexError(f"[getitem] {taken} indices are too many for {rank} dimensions")
    if not any(part is Ellipsis for part in parts):
        parts.append(Ellipsis)
    where = next(i for i, part in enumerate(parts) if part is Ellipsis)
    parts[where : where + 1] = [builtins.slice(None)] * (rank - taken)
    cuts: Cuts = []
    shape: list[int] = []
    for part in parts:
        if part is None:
            shape.append(1)
            continue
        axis = len(cuts)
        size = x.shape[axis]
        if isinstance(part, builtins.slice):
            start, stop, step = part.indices(size)
            length = len(range(start, stop, step))
            cuts.append((start, step, length))
            shape.append(length)
            continue
        try:
            index = operator.index(part)
        except TypeError:
            raise TypeError(
                "[getitem] indices are integers, slices, None, ... or one array of integers, "
                f"not {type(part).__name__}. Use take or where"
            ) from None
        if not -size <= index < size:
            raise IndexError(
                f"[getitem] index {index} is out of range for axis {axis} of {x.shape}"
            )
        cuts.append((index % size, 1, 1))
    return reshape(_cut(x, cuts), shape)


def flip(x: Any, axis: int | Sequence[int] | None = None) -> Tensor:
    """Reverses the order of elements along axes.

    Args:
        x: Tensor, Variable or array; any shape.
        axis: the axes; all of them if None.

    Returns:
        A tensor of x's shape.

    Raises:
        ValueError: if an axis is out of range or named twice.

    Example:
        >>> import mark1
        >>> mark1.ops.flip([[1, 2, 3], [4, 5, 6]], axis=1).numpy()
        array([[3, 2, 1],
               [6, 5, 4]], dtype=int32)
    """
    if not isinstance(x, (Tensor, _core.Variable)):
        x = _core.convert(x)
    axes = normalize_axes("flip", axis, len(x.shape))
    return _cut(x, [(n - 1, -1, n) if i in axes else (0, 1, n) for i, n in enumerate(x.shape)])


def _cut(x: Any, cuts: Cuts) -> Tensor:
    out = _core.slice(x, cuts)
    if _state.stack:
        record(_cut_rule, (x,), out, (x.shape, cuts))
    return out


def _cut_rule(dy: Tensor, shape: tuple[int, ...], cuts: Cuts) -> tuple[Tensor]:
    return (_paste(dy, shape, cuts),)


def _paste(x: Tensor, shape: tuple[int, ...], cuts: Cuts) -> Tensor:
    out = _core.paste(x, shape, cuts)
    if _state.stack:
        record(_paste_rule, (x,), out, (cuts,))
    return out


def _paste_rule(dy: Tensor, cuts: Cuts) -> tuple[Tensor]:
    return (_cut(dy, cuts),)
