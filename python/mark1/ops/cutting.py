"""One tensor in several, as NumPy's variants of split do it, and in slices of one axis."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from mark1._core import Tensor
from mark1.ops.reshape import normalize_axes, squeeze
from mark1.ops.rounding import _as_tensor
from mark1.ops.split import split

_MOST = 1 << 16  # pieces, all others being empty


def array_split(x: Any, indices_or_sections: int | Sequence[int], axis: int = 0) -> list[Tensor]:
    """Cuts a tensor into pieces along an axis; the first ones are longer by one if need be.

    Args:
        x: Tensor, Variable or array.
        indices_or_sections: into how many pieces; or where pieces after the first begin.
        axis: the axis that is cut.

    Returns:
        A list of tensors.

    Raises:
        ValueError: if there are to be no pieces, or there is no such axis.

    Example:
        >>> import mark1
        >>> [y.numpy().tolist() for y in mark1.ops.array_split([1, 2, 3, 4, 5], 3)]
        [[1, 2], [3, 4], [5]]
    """
    if not isinstance(indices_or_sections, int):
        return split(x, indices_or_sections, axis)
    x = _as_tensor(x)
    (along,) = normalize_axes("array_split", axis, len(x.shape))
    if indices_or_sections < 1:
        raise ValueError(f"[array_split] needs at least one piece, got {indices_or_sections}")
    if indices_or_sections > max(_MOST, x.shape[along]):
        raise ValueError(
            f"[array_split] makes at most {_MOST} pieces, or one of each element, "
            f"got {indices_or_sections} (x: {x.shape})"
        )
    each, more = divmod(x.shape[along], indices_or_sections)
    sizes = [each + (i < more) for i in range(indices_or_sections - 1)]
    return split(x, list(accumulate(sizes)), axis)


def vsplit(x: Any, indices_or_sections: int | Sequence[int]) -> list[Tensor]:
    """Cuts a tensor along its first axis; the opposite of `vstack`.

    Args:
        x: Tensor, Variable or array of two axes or more.
        indices_or_sections: into how many equal pieces; or where pieces after the first begin.

    Returns:
        A list of tensors.

    Raises:
        ValueError: if x has too few axes, or cannot be cut into equal pieces.

    Example:
        >>> import mark1
        >>> [y.numpy().tolist() for y in mark1.ops.vsplit([[1, 2], [3, 4]], 2)]
        [[[1, 2]], [[3, 4]]]
    """
    return split(_of_rank("vsplit", x, 2), indices_or_sections, 0)


def hsplit(x: Any, indices_or_sections: int | Sequence[int]) -> list[Tensor]:
    """Cuts a tensor along its second axis, a vector along its only one; the opposite of `hstack`.

    Args:
        x: Tensor, Variable or array of one axis or more.
        indices_or_sections: into how many equal pieces; or where pieces after the first begin.

    Returns:
        A list of tensors.

    Raises:
        ValueError: if x has too few axes, or cannot be cut into equal pieces.

    Example:
        >>> import mark1
        >>> [y.numpy().tolist() for y in mark1.ops.hsplit([[1, 2], [3, 4]], 2)]
        [[[1], [3]], [[2], [4]]]
    """
    x = _of_rank("hsplit", x, 1)
    return split(x, indices_or_sections, 0 if len(x.shape) == 1 else 1)


def dsplit(x: Any, indices_or_sections: int | Sequence[int]) -> list[Tensor]:
    """Cuts a tensor along its third axis; the opposite of `dstack`.

    Args:
        x: Tensor, Variable or array of three axes or more.
        indices_or_sections: into how many equal pieces; or where pieces after the first begin.

    Returns:
        A list of tensors.

    Raises:
        ValueError: if x has too few axes, or cannot be cut into equal pieces.

    Example:
        >>> import mark1
        >>> [y.numpy().tolist() for y in mark1.ops.dsplit([[[1, 2], [3, 4]]], 2)]
        [[[[1], [3]]], [[[2], [4]]]]
    """
    return split(_of_rank("dsplit", x, 3), indices_or_sections, 2)


def unstack(x: Any, num: int | None = None, axis: int = 0) -> list[Tensor]:
    """The slices of a tensor along an axis, without that axis; the opposite of `stack`.

    Args:
        x: Tensor, Variable or array of one axis or more.
        num: how many there are, if one wants it checked.
        axis: the axis.

    Returns:
        A list of tensors with one axis less.

    Raises:
        ValueError: if there is no such axis, or its size is not `num`.

    Example:
        >>> import mark1
        >>> [y.numpy().tolist() for y in mark1.ops.unstack([[1, 2], [3, 4]], axis=1)]
        [[1, 3], [2, 4]]
    """
    x = _as_tensor(x)
    (along,) = normalize_axes("unstack", axis, len(x.shape))
    n = x.shape[along]
    if num is not None and num != n:
        raise ValueError(f"[unstack] axis {axis} has size {n}, not {num} (x: {x.shape})")
    return [squeeze(piece, along) for piece in split(x, n, along)] if n else []


def _of_rank(op: str, x: Any, rank: int) -> Any:
    x = _as_tensor(x)
    if len(x.shape) < rank:
        raise ValueError(f"[{op}] needs {rank} axes or more (x: {x.shape})")
    return x
