"""Products of vectors, matrices and more: dot, vdot, inner, outer, tensordot, kron, cross."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1._core import Tensor
from mark1.ops.broadcast import multiply, subtract
from mark1.ops.concatenate import roll
from mark1.ops.copy import moveaxis
from mark1.ops.einsum import _LETTERS, einsum
from mark1.ops.pad import pad
from mark1.ops.reshape import expand_dims, ravel, reshape
from mark1.ops.rounding import _as_tensor
from mark1.ops.slice import getitem


def dot(x1: Any, x2: Any) -> Tensor:
    """The product of vectors or matrices: a sum over x1's last axis and x2's last but one.

    Args:
        x1: Tensor, Variable or array; floating-point unless one of the two is a scalar.
        x2: likewise; of a vector the only axis is meant.

    Returns:
        A tensor of the axes that are left, x1's before x2's. A scalar multiplies elements.

    Raises:
        ValueError: if the two axes differ.
        TypeError: if the operands are not floating-point.

    Example:
        >>> import mark1
        >>> mark1.ops.dot([[1.0, 2.0], [3.0, 4.0]], [1.0, 10.0]).numpy()
        array([21., 43.], dtype=float32)
    """
    x1, x2 = _as_tensor(x1), _as_tensor(x2)
    if len(x1.shape) == 0 or len(x2.shape) == 0:
        return multiply(x1, x2)
    return tensordot(x1, x2, ([-1], [max(-2, -len(x2.shape))]))


def vdot(x1: Any, x2: Any) -> Tensor:
    """The sum of the products of elements, whatever the shapes.

    Args:
        x1: Tensor, Variable or array, floating-point.
        x2: likewise, with as many elements.

    Returns:
        A scalar tensor.

    Raises:
        ValueError: if the numbers of elements differ.
        TypeError: if the operands are not floating-point.

    Example:
        >>> import mark1
        >>> mark1.ops.vdot([1.0, 2.0], [[3.0], [4.0]]).numpy()
        array(11., dtype=float32)
    """
    return einsum("i,i->", ravel(x1), ravel(x2))


def inner(x1: Any, x2: Any) -> Tensor:
    """The sums of products over the last axes of both.

    Args:
        x1: Tensor, Variable or array; floating-point unless one of the two is a scalar.
        x2: likewise; the last axes have one size.

    Returns:
        A tensor of the axes that are left, x1's before x2's. A scalar multiplies elements.

    Raises:
        ValueError: if the last axes differ.
        TypeError: if the operands are not floating-point.

    Example:
        >>> import mark1
        >>> mark1.ops.inner([[1.0, 2.0], [3.0, 4.0]], [1.0, 10.0]).numpy()
        array([21., 43.], dtype=float32)
    """
    x1, x2 = _as_tensor(x1), _as_tensor(x2)
    if len(x1.shape) == 0 or len(x2.shape) == 0:
        return multiply(x1, x2)
    return tensordot(x1, x2, ([-1], [-1]))


def outer(x1: Any, x2: Any) -> Tensor:
    """Each element of x1 times each of x2.

    Args:
        x1: Tensor, Variable or array; it is flattened.
        x2: likewise.

    Returns:
        A tensor (size of x1, size of x2).

    Example:
        >>> import mark1
        >>> mark1.ops.outer([1, 2], [3, 4, 5]).numpy()
        array([[ 3,  4,  5],
               [ 6,  8, 10]], dtype=int32)
    """
    return multiply(expand_dims(ravel(x1), 1), ravel(x2))


def tensordot(x1: Any, x2: Any, axes: int | Sequence[Any] = 2) -> Tensor:
    """The sums of products over some axes of x1 and as many of x2.

    Args:
        x1: Tensor, Variable or array; floating-point if any axis is summed over.
        x2: likewise.
        axes: how many of x1's last axes belong to as many of x2's first; or a pair of axes or of
            lists of them, x1's and x2's.

    Returns:
        A tensor of the axes that are left, x1's before x2's.

    Raises:
        ValueError: if the sizes of the axes differ.
        TypeError: if the operands are not floating-point.

    Example:
        >>> import mark1
        >>> a = mark1.ops.ones((2, 3, 4))
        >>> mark1.ops.tensordot(a, mark1.ops.ones((4, 3, 5)), ([1, 2], [1, 0])).shape
        (2, 5)
    """
    x1, x2 = _as_tensor(x1), _as_tensor(x2)
    rank1, rank2 = len(x1.shape), len(x2.shape)
    if isinstance(axes, int):
        first, second = list(range(rank1 - axes, rank1)), list(range(axes))
    else:
        first, second = ([a] if isinstance(a, int) else list(a) for a in axes)
    sizes = [[x.shape[i] for i in at if -len(x.shape) <= i < len(x.shape)]
             for x, at in ((x1, first), (x2, second))]  # fmt: skip
    if sizes[0] != sizes[1] or not len(sizes[0]) == len(first) == len(second):
        raise ValueError(
            f"[tensordot] axes {axes} do not belong together (x1: {x1.shape}, x2: {x2.shape})"
        )
    left = list(_LETTERS[:rank1])
    right = list(_LETTERS[rank1 : rank1 + rank2])
    for i, j in zip(first, second, strict=True):
        right[j] = left[i]
    shared = {left[i] for i in first}
    result = [c for c in left + right if c not in shared]
    return einsum(f"{''.join(left)},{''.join(right)}->{''.join(result)}", x1, x2)


def kron(x1: Any, x2: Any) -> Tensor:
    """Kronecker's product: x2 as often as x1 has elements, each time multiplied by one of them.

    Args:
        x1: Tensor, Variable or array, of up to four axes.
        x2: likewise; the shorter shape gets axes of size 1 in front.

    Returns:
        A tensor whose sizes are the products of those of x1 and x2.

    Example:
        >>> import mark1
        >>> mark1.ops.kron([[1, 2]], [[1, 0], [0, 1]]).numpy()
        array([[1, 0, 2, 0],
               [0, 1, 0, 2]], dtype=int32)
    """
    x1, x2 = _as_tensor(x1), _as_tensor(x2)
    rank = max(len(x1.shape), len(x2.shape))
    first, second = ([1] * (rank - len(x.shape)) + list(x.shape) for x in (x1, x2))
    y = multiply(
        reshape(x1, [dim for n in first for dim in (n, 1)]),
        reshape(x2, [dim for n in second for dim in (1, n)]),
    )
    return reshape(y, [n * m for n, m in zip(first, second, strict=True)])


def cross(
    x1: Any, x2: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Tensor:
    """The vector product of vectors of two or three components.

    y = (a1 b2 - a2 b1, a2 b0 - a0 b2, a0 b1 - a1 b0); of two flat vectors the last one alone.

    Args:
        x1: Tensor, Variable or array of vectors.
        x2: likewise; the other axes broadcast together.
        axisa: where x1's components are.
        axisb: where x2's components are.
        axisc: where those of the result go.
        axis: instead of all three.

    Returns:
        A tensor of vectors, of numbers if both have two components.

    Raises:
        ValueError: if vectors have not two or three components.

    Example:
        >>> import mark1
        >>> mark1.ops.cross([1.0, 0.0, 0.0], [0.0, 1.0, 0.0]).numpy()
        array([0., 0., 1.], dtype=float32)
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = moveaxis(x1, axisa, -1), moveaxis(x2, axisb, -1)
    if not {a.shape[-1], b.shape[-1]} <= {2, 3}:
        raise ValueError(f"[cross] needs 2 or 3 components (x1: {a.shape}, x2: {b.shape})")
    if a.shape[-1] == b.shape[-1] == 2:
        y = multiply(a, roll(b, 1, -1))
        return subtract(getitem(y, (..., 0)), getitem(y, (..., 1)))
    a, b = (_spatial(v) for v in (a, b))
    y = subtract(
        multiply(roll(a, -1, -1), roll(b, 1, -1)), multiply(roll(a, 1, -1), roll(b, -1, -1))
    )
    return moveaxis(y, -1, axisc)


def _spatial(x: Tensor) -> Tensor:
    """Vectors with a third component: 0 if they had two."""
    missing = 3 - x.shape[-1]
    return pad(x, [(0, 0)] * (len(x.shape) - 1) + [(0, missing)]) if missing else x
