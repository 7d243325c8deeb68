"""Axes by name, split, moved and merged: rearrange."""

from __future__ import annotations

import math
import re
from typing import Any

from mark1._core import Tensor
from mark1.ops.copy import transpose
from mark1.ops.reshape import reshape
from mark1.ops.rounding import _as_tensor

Groups = list[list[str]]


def rearrange(tensor: Any, pattern: str, **axes_lengths: int) -> Tensor:
    """Splits, moves and merges axes that have names.

    `"b (h i) w c -> b h w (i c)"` reads: the second axis is h times i, i varying fastest; i goes
    in front of c, and the two become one axis.

    Args:
        tensor: Tensor, Variable or array.
        pattern: the names of its axes, `->`, and the same names in the order of the result; those
            in parentheses share an axis.
        **axes_lengths: sizes by name; of those that share an axis all but one.

    Returns:
        A tensor of the elements in their new order.

    Raises:
        ValueError: if the pattern cannot be read, names differ, or sizes do not fit.

    Source:
        A. Rogozhnikov: Einops: clear and reliable tensor manipulations with Einstein-like notation.
        ICLR 2022.

    Example:
        >>> import mark1
        >>> images = mark1.ops.zeros((2, 30, 40, 3))
        >>> mark1.ops.rearrange(images, "b (h i) (w j) c -> b h w (i j c)", i=2, j=2).shape
        (2, 15, 20, 12)
    """
    x = _as_tensor(tensor)
    before, after = _parse(pattern)
    named = [name for group in before for name in group]
    if len(set(named)) < len(named) or sorted(named) != sorted(n for g in after for n in g):
        raise ValueError(f"[rearrange] each name must stand on both sides, once ({pattern!r})")
    if len(before) != len(x.shape) or not set(axes_lengths) <= set(named):
        raise ValueError(
            f"[rearrange] {pattern!r} with sizes of {sorted(axes_lengths)} does not fit {x.shape}"
        )
    sizes = dict(axes_lengths)
    for group, n in zip(before, x.shape, strict=True):
        known = math.prod(sizes[name] for name in group if name in sizes)
        unknown = [name for name in group if name not in sizes]
        if len(unknown) > 1:
            raise ValueError(
                f"[rearrange] sizes of {unknown} are needed, all but one ({pattern!r})"
            )
        if known < 1 or (n % known if unknown else n != known):
            raise ValueError(f"[rearrange] {group} of {sizes} does not make {n} (x: {x.shape})")
        sizes.update(dict.fromkeys(unknown, n // known))
    apart = reshape(x, [sizes[name] for name in named])
    moved = transpose(apart, [named.index(name) for group in after for name in group])
    return reshape(moved, [math.prod(sizes[name] for name in group) for group in after])


def _parse(pattern: str) -> tuple[Groups, Groups]:
    """The names on both sides of the arrow, grouped by axis."""
    sides = pattern.split("->")
    pieces = [re.findall(r"\([\w\s]*\)|\w+", side) for side in sides]
    read = ["".join("".join(part).split()) for part in pieces]
    if len(sides) != 2 or read != ["".join(side.split()) for side in sides]:
        raise ValueError(
            f"[rearrange] a pattern is made of names, parentheses and one ->, got {pattern!r}"
        )
    before, after = ([piece.strip("()").split() for piece in part] for part in pieces)
    return before, after
