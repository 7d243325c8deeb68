"""More elements at the ends of axes: pad."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.broadcast import add
from mark1.ops.slice import _cut, flip
from mark1.tape import _state, record

Widths = list[tuple[int, int]]  # before, after of each axis


def pad(
    x: Any,
    pad_width: int | Sequence[Any],
    mode: str = "constant",
    constant_values: float | None = None,
) -> Tensor:
    """Adds elements at the ends of axes.

    Args:
        x: Tensor, Variable or array; any shape.
        pad_width: how many: `((before, after), ...)` for each axis, `((before, after),)` or
            `(before, after)` for every axis, or one number for all ends.
        mode: "constant"; "reflect" for x mirrored at its first and last element, as in
            c b | a b c | b a; "symmetric" for x mirrored at its ends, as in b a | a b c | c b.
        constant_values: the value of new elements in mode "constant"; 0 if None.

    Returns:
        A tensor of x's dtype, larger by `before + after` along each axis.

    Raises:
        ValueError: if widths are negative or do not fit x's axes, if there is too little to mirror,
            or the mode is not known.

    Example:
        >>> import mark1
        >>> mark1.ops.pad([1, 2, 3], (2, 1)).numpy()
        array([0, 0, 1, 2, 3, 0], dtype=int32)
        >>> mark1.ops.pad([1, 2, 3], (2, 1), "reflect").numpy()
        array([3, 2, 1, 2, 3, 2], dtype=int32)
    """
    if not isinstance(x, (Tensor, _core.Variable)):
        x = _core.convert(x)
    if constant_values is not None and mode != "constant":
        raise ValueError(f"[pad] constant_values belong to mode 'constant', not to {mode!r}")
    if isinstance(constant_values, (Tensor, _core.Variable)):
        raise TypeError("[pad] constant_values must be a number, got a tensor")
    return _padded(x, _widths(pad_width, x.shape), mode, constant_values or 0)


def _padded(x: Any, widths: Widths, mode: str, value: float) -> Tensor:
    out = _core.pad(x, widths, mode, value)
    if _state.stack:
        record(_pad_rule, (x,), out, (x.shape, widths, mode))
    return out


def _pad_rule(dy: Tensor, shape: tuple[int, ...], widths: Widths, mode: str) -> tuple[Tensor]:
    if mode == "constant":
        inside = zip(widths, shape, strict=True)
        return (_cut(dy, [(before, 1, n) for (before, _), n in inside]),)
    # What was mirrored is folded back, axis by axis.
    for axis, n in enumerate(shape):
        dy = _fold(dy, axis, n, *widths[axis], edge=0 if mode == "symmetric" else 1)
    return (dy,)


def _fold(dy: Tensor, axis: int, n: int, before: int, after: int, edge: int) -> Tensor:
    """Adds the mirrored ends of one axis to the n elements that they show."""

    def part(start: int, length: int) -> Tensor:
        cuts = [(0, 1, size) for size in dy.shape]
        cuts[axis] = (start, 1, length)
        return _cut(dy, cuts)

    def placed(end: Tensor, first: int) -> Tensor:
        widths = [(0, 0)] * len(dy.shape)
        widths[axis] = (first, n - first - end.shape[axis])
        return _padded(flip(end, axis), widths, "constant", 0)

    dx = part(before, n)
    if before:
        dx = add(dx, placed(part(0, before), edge))
    if after:
        dx = add(dx, placed(part(before + n, after), n - edge - after))
    return dx


def _widths(given: Any, shape: tuple[int, ...]) -> Widths:
    rank = len(shape)
    listed: list[Any] = [given] if isinstance(given, int) else list(given)
    if all(isinstance(width, int) for width in listed) and len(listed) in (1, 2):
        # One number, or one pair, for every axis.
        return [(listed[0], listed[-1])] * rank
    try:
        pairs = [(operator.index(before), operator.index(after)) for before, after in listed]
    except (TypeError, ValueError):
        pairs = []
    if len(pairs) == 1:
        pairs *= rank
    if len(pairs) != rank:
        raise ValueError(
            f"[pad] pad_width must be one (before, after) for each of the {rank} axes, one for all "
            f"of them, or a number, got {given!r} (x: {shape})"
        )
    return pairs
