"""Sums of products by Einstein's notation, made of transposes, reshapes and matrix products."""

from __future__ import annotations

import math
from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.broadcast import multiply
from mark1.ops.copy import transpose
from mark1.ops.matmul import batched_product, product
from mark1.ops.reduce import sum as sum_axes
from mark1.ops.reshape import reshape

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def einsum(subscripts: str, *operands: Any) -> Tensor:
    """Multiplies tensors whose axes have names, and sums over the names that the result lacks.

    `einsum("ij,jk->ik", a, b)` is the matrix product `y[i, k] = sum over j of a[i, j] * b[j, k]`.
    Several operands are multiplied from left to right, two at a time, each time by one matrix
    product, and sums over names of one operand alone are made first.

    Args:
        subscripts: one letter per axis, operands separated by commas, then `->` and the axes of the
            result; without `->` the letters that occur once, in alphabetic order. `...` stands for
            any number of axes, which are aligned at the right.
        *operands: Tensors, Variables or arrays; floating-point if a sum of products is asked for.

    Returns:
        A tensor whose axes are those behind `->`.

    Raises:
        ValueError: if the subscripts do not fit the operands, or a letter names two axes of one
            operand (diagonals are not supported).
        TypeError: if operands that a matrix product is needed for are not floating-point.

    Example:
        >>> import mark1
        >>> a = mark1.ops.convert_to_tensor([[1.0, 2.0], [3.0, 4.0]])
        >>> mark1.ops.einsum("ij,kj->ik", a, a).numpy()
        array([[ 5., 11.],
               [11., 25.]], dtype=float32)
    """
    if not isinstance(subscripts, str):
        raise TypeError(f"[einsum] subscripts must be a string, got {type(subscripts).__name__}")
    xs = [x if isinstance(x, (Tensor, _core.Variable)) else _core.convert(x) for x in operands]
    terms, output = _parse(subscripts, [x.shape for x in xs])
    y, names = xs[0], terms[0]
    for i in range(1, len(xs)):
        later = set(output).union(*terms[i + 1 :])
        y, names = _pair(y, names, xs[i], terms[i], later)
    y, names = _summed(y, names, set(output))
    return transpose(y, [names.index(c) for c in output])


def _pair(a: Any, left: str, b: Any, right: str, later: set[str]) -> tuple[Tensor, str]:
    """The product of two operands, summed over what neither the result nor a later one names."""
    a, left = _summed(a, left, later | set(right))
    b, right = _summed(b, right, later | set(left))
    shared = [c for c in left if c in right and c in later]
    summed = [c for c in left if c in right and c not in later]
    rows = [c for c in left if c not in right]
    columns = [c for c in right if c not in left]
    sizes = {**dict(zip(left, a.shape, strict=True)), **dict(zip(right, b.shape, strict=True))}
    names = "".join(shared + rows + columns)
    shape = [sizes[c] for c in names]
    if not summed:
        a = _arranged(
            a, left, shared + rows, [sizes[c] for c in shared + rows] + [1] * len(columns)
        )
        spread = [sizes[c] for c in shared] + [1] * len(rows) + [sizes[c] for c in columns]
        return multiply(a, _arranged(b, right, shared + columns, spread)), names
    batch = [math.prod(sizes[c] for c in shared)] if shared else []
    m, k, n = (math.prod(sizes[c] for c in group) for group in (rows, summed, columns))
    # A matrix that lies transposed is multiplied as it is, without a copy.
    trans_a = left == "".join(shared + summed + rows) and bool(rows)
    trans_b = right == "".join(shared + columns + summed) and bool(columns)
    a = _arranged(a, left, shared + (summed + rows if trans_a else rows + summed),
                  [*batch, *((k, m) if trans_a else (m, k))])  # fmt: skip
    b = _arranged(b, right, shared + (columns + summed if trans_b else summed + columns),
                  [*batch, *((n, k) if trans_b else (k, n))])  # fmt: skip
    multiplied = batched_product(a, b, trans_a, trans_b) if shared else product(
        a, b, trans_a, trans_b, "einsum")  # fmt: skip
    return reshape(multiplied, shape), names


def _arranged(x: Any, names: str, order: list[str], shape: list[int]) -> Tensor:
    if list(names) != order:
        x = transpose(x, [names.index(c) for c in order])
    return reshape(x, shape)


def _summed(x: Any, names: str, kept: set[str]) -> tuple[Any, str]:
    """X summed over the axes that are named nowhere else."""
    axes = [i for i, c in enumerate(names) if c not in kept]
    if not axes:
        return x, names
    return sum_axes(x, axes), "".join(c for c in names if c in kept)


def _parse(subscripts: str, shapes: list[tuple[int, ...]]) -> tuple[list[str], str]:
    """The names of each operand's axes and of the result's, checked against the shapes."""

    def refuse(rule: str) -> ValueError:
        shown = ", ".join(map(str, shapes))
        return ValueError(f"[einsum] {rule} (subscripts: {subscripts!r}, operands: {shown})")

    given, arrow, result = subscripts.replace(" ", "").partition("->")
    terms = given.split(",")
    if len(terms) != len(shapes):
        raise refuse(f"the subscripts name {len(terms)} operands, {len(shapes)} were given")
    for text in [*terms, result]:
        letters = text.replace("...", "", 1)
        if any(c not in _LETTERS for c in letters):
            raise refuse("subscripts are made of letters, commas, one -> and ...")
        if len(set(letters)) < len(letters):
            raise refuse(f"a letter occurs twice in {text!r}: diagonals are not supported")
    spare = [c for c in reversed(_LETTERS) if c not in subscripts]
    ranks = [len(s) - len(t) + 3 if "..." in t else 0 for t, s in zip(terms, shapes, strict=True)]
    widest = max(0, *ranks)
    if widest > len(spare):
        raise refuse("there are more axes than letters")
    others = "".join(spare[:widest])
    full = [
        t.replace("...", others[widest - max(0, n) :]) for t, n in zip(terms, ranks, strict=True)
    ]
    sizes: dict[str, int] = {}
    for names, term, shape in zip(full, terms, shapes, strict=True):
        if len(names) != len(shape):
            raise refuse(f"{term!r} does not fit {len(shape)} axes")
        for c, n in zip(names, shape, strict=True):
            if sizes.setdefault(c, n) != n:
                axis = "an axis of ..." if c in others else f"axis {c!r}"
                raise refuse(f"{axis} has two sizes, {sizes[c]} and {n}")
    if not arrow:
        together = "".join(given)
        once = sorted(c for c in set(together) & set(_LETTERS) if together.count(c) == 1)
        return full, others + "".join(once)
    for c in result.replace("...", ""):
        if c not in sizes:
            raise refuse(f"axis {c!r} of the result is in no operand")
    return full, result.replace("...", others)
