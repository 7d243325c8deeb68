"""One tensor in several: split."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Sequence
from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.concatenate import concatenate
from mark1.ops.fill import zeros
from mark1.ops.reshape import normalize_axes
from mark1.ops.slice import Cuts, _cut, _paste
from mark1.tape import _state, record


def split(x: Any, indices_or_sections: int | Sequence[int], axis: int = 0) -> list[Tensor]:
    """Cuts a tensor into pieces along an axis.

    Args:
        x: Tensor, Variable or array.
        indices_or_sections: into how many equal pieces; or where pieces after the first begin,
            negative numbers counting from the end.
        axis: the axis that is cut.

    Returns:
        A list of tensors; views of x where only axes of size 1 are in front of the axis.

    Raises:
        ValueError: if the axis cannot be cut into equal pieces.
        TypeError: if `indices_or_sections` is neither an integer nor a sequence of them.

    Example:
        >>> import mark1
        >>> [y.numpy().tolist() for y in mark1.ops.split([1, 2, 3, 4, 5], [1, 3])]
        [[1], [2, 3], [4, 5]]
    """
    if not isinstance(x, (Tensor, _core.Variable)):
        x = _core.convert(x)
    (along,) = normalize_axes("split", axis, len(x.shape))
    n = x.shape[along]
    bounds = _bounds(n, indices_or_sections, along, x.shape)
    cuts = [
        [(0, 1, size) if i != along else (first, 1, max(0, last - first))
         for i, size in enumerate(x.shape)]
        for first, last in itertools.pairwise(bounds)
    ]  # fmt: skip
    if bounds != sorted(bounds):
        return [_cut(x, cut) for cut in cuts]  # pieces overlap
    pieces = [_core.slice(x, cut) for cut in cuts]
    if _state.stack:
        record(_split_rule, (x,), pieces, (along, x.shape, x.dtype, cuts))
    return pieces


def _split_rule(
    dys: list[Tensor | None], axis: int, shape: tuple[int, ...], dtype: str, cuts: list[Cuts]
) -> tuple[Tensor]:
    """One copy, where gradients of single pieces would be as many tensors of zeros, and sums."""
    given = [(dy, cut) for dy, cut in zip(dys, cuts, strict=True) if dy is not None]
    if len(given) == 1:
        return (_paste(given[0][0], shape, given[0][1]),)
    parts = [
        zeros([length for _, _, length in cut], dtype) if dy is None else dy
        for dy, cut in zip(dys, cuts, strict=True)
    ]
    return (concatenate(parts, axis),)


def _bounds(n: int, indices_or_sections: Any, axis: int, shape: tuple[int, ...]) -> list[int]:
    """Where pieces begin, and the end of the last."""
    try:
        if hasattr(indices_or_sections, "__len__"):
            # As slices do: beyond the end is the end.
            inner = [slice(operator.index(i), None).indices(n)[0] for i in indices_or_sections]
            return [0, *inner, n]
        sections = operator.index(indices_or_sections)
    except TypeError:
        raise TypeError(
            "[split] indices_or_sections must be an integer or a sequence of integers, "
            f"got {indices_or_sections!r}"
        ) from None
    if sections < 1 or n % sections:
        raise ValueError(
            f"[split] axis {axis} of size {n} cannot be cut into {sections} equal pieces "
            f"(x: {shape}). Say where to cut instead, as in split(x, [1, 3])"
        )
    return list(range(0, n + 1, n // sections)) if n else [0] * (sections + 1)
