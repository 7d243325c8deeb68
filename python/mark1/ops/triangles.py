"""Diagonals and triangles: eye, tri, tril, triu, diag, diagonal, trace, vander."""

from __future__ import annotations

from typing import Any

import numpy as np

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.binary import power
from mark1.ops.copy import moveaxis
from mark1.ops.reduce import sum as sum_axes
from mark1.ops.reshape import expand_dims, normalize_axes, reshape
from mark1.ops.rounding import _as_tensor
from mark1.ops.slice import _cut, _paste
from mark1.ops.where import where


def eye(N: int, M: int | None = None, k: int = 0, dtype: str | None = None) -> Tensor:
    """A matrix of zeros with ones on a diagonal.

    Args:
        N: number of rows.
        M: number of columns; N if None.
        k: which diagonal: above the main one if positive, below if negative.
        dtype: of the result; float32 if None.

    Returns:
        A tensor (N, M).

    Example:
        >>> import mark1
        >>> mark1.ops.eye(2, 3, k=1).numpy()
        array([[0., 1., 0.],
               [0., 0., 1.]], dtype=float32)
    """
    return _core.convert(np.eye(N, M, k, np.bool_), dtype or "float32")


def identity(n: int, dtype: str | None = None) -> Tensor:
    """The identity matrix: ones on the main diagonal.

    Args:
        n: number of rows and of columns.
        dtype: of the result; float32 if None.

    Returns:
        A tensor (n, n).

    Example:
        >>> import mark1
        >>> mark1.ops.identity(2).numpy()
        array([[1., 0.],
               [0., 1.]], dtype=float32)
    """
    return eye(n, dtype=dtype)


def tri(N: int, M: int | None = None, k: int = 0, dtype: str | None = None) -> Tensor:
    """A matrix of ones up to a diagonal and zeros above it.

    Args:
        N: number of rows.
        M: number of columns; N if None.
        k: the last diagonal that holds ones.
        dtype: of the result; float32 if None.

    Returns:
        A tensor (N, M).

    Example:
        >>> import mark1
        >>> mark1.ops.tri(2, 3).numpy()
        array([[1., 0., 0.],
               [1., 1., 0.]], dtype=float32)
    """
    return _core.convert(np.tri(N, M, k, np.bool_), dtype or "float32")


def tril(x: Any, k: int = 0) -> Tensor:
    """The lower triangle of matrices: zeros above a diagonal.

    Args:
        x: Tensor, Variable or array (..., n, m).
        k: the last diagonal that is kept.

    Returns:
        A tensor of x's shape and dtype.

    Raises:
        ValueError: if x has less than two axes.

    Example:
        >>> import mark1
        >>> mark1.ops.tril([[1, 2], [3, 4]]).numpy()
        array([[1, 0],
               [3, 4]], dtype=int32)
    """
    x = _matrices("tril", x)
    return where(tri(x.shape[-2], x.shape[-1], k, "bool"), x, _zero(x))


def triu(x: Any, k: int = 0) -> Tensor:
    """The upper triangle of matrices: zeros below a diagonal.

    Args:
        x: Tensor, Variable or array (..., n, m).
        k: the first diagonal that is kept.

    Returns:
        A tensor of x's shape and dtype.

    Raises:
        ValueError: if x has less than two axes.

    Example:
        >>> import mark1
        >>> mark1.ops.triu([[1, 2], [3, 4]]).numpy()
        array([[1, 2],
               [0, 4]], dtype=int32)
    """
    x = _matrices("triu", x)
    return where(tri(x.shape[-2], x.shape[-1], k - 1, "bool"), _zero(x), x)


def diagonal(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The diagonals of the matrices that two axes hold.

    Args:
        x: Tensor, Variable or array of two axes or more.
        offset: which diagonal: above the main one if positive, below if negative.
        axis1: the axis of rows.
        axis2: the axis of columns.

    Returns:
        A tensor of x's other axes, and the diagonal as the last one.

    Raises:
        ValueError: if x has less than two axes, or the two are the same.

    Example:
        >>> import mark1
        >>> mark1.ops.diagonal([[1, 2, 3], [4, 5, 6]], offset=1).numpy()
        array([2, 6], dtype=int32)
    """
    x = _matrices("diagonal", x)
    rank = len(x.shape)
    normalize_axes("diagonal", (axis1, axis2), rank)
    x = moveaxis(x, (axis1, axis2), (rank - 2, rank - 1))
    *others, n, m = x.shape
    start = offset if offset >= 0 else -offset * m
    length = max(0, min(n, m - offset) if offset >= 0 else min(n + offset, m))
    # In a row-major matrix the diagonal's elements are m + 1 apart.
    line = (start, m + 1, length) if length else (0, 1, 0)
    return _cut(reshape(x, (*others, n * m)), [*[(0, 1, dim) for dim in others], line])


def trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The sums of the diagonals of the matrices that two axes hold.

    Args:
        x: Tensor, Variable or array of two axes or more.
        offset: which diagonal: above the main one if positive, below if negative.
        axis1: the axis of rows.
        axis2: the axis of columns.

    Returns:
        A tensor of x's other axes.

    Raises:
        ValueError: if x has less than two axes, or the two are the same.

    Example:
        >>> import mark1
        >>> mark1.ops.trace([[1.0, 2.0], [3.0, 4.0]]).numpy()
        array(5., dtype=float32)
    """
    return sum_axes(diagonal(x, offset, axis1, axis2), -1)


def diag(x: Any, k: int = 0) -> Tensor:
    """A matrix with x on a diagonal; of a matrix, that diagonal.

    Args:
        x: Tensor, Variable or array of one or two axes.
        k: which diagonal: above the main one if positive, below if negative.

    Returns:
        A square matrix with `|k|` more rows than x has elements; of a matrix a tensor of one axis.

    Raises:
        ValueError: if x has another number of axes.

    Example:
        >>> import mark1
        >>> mark1.ops.diag([1, 2]).numpy()
        array([[1, 0],
               [0, 2]], dtype=int32)
    """
    x = _as_tensor(x)
    if len(x.shape) == 2:
        return diagonal(x, k)
    if len(x.shape) != 1:
        raise ValueError(f"[diag] needs one or two axes (x: {x.shape}). See diagonal and diagflat")
    n = x.shape[0] + (k if k >= 0 else -k)
    start = k if k >= 0 else -k * n
    return reshape(_paste(x, (n * n,), [(start, n + 1, x.shape[0])]), (n, n))


def diagflat(x: Any, k: int = 0) -> Tensor:
    """A matrix with x's elements on a diagonal, whatever its shape.

    Args:
        x: Tensor, Variable or array; any shape.
        k: which diagonal: above the main one if positive, below if negative.

    Returns:
        A square matrix with `|k|` more rows than x has elements.

    Example:
        >>> import mark1
        >>> mark1.ops.diagflat([[1, 2]]).numpy()
        array([[1, 0],
               [0, 2]], dtype=int32)
    """
    return diag(reshape(x, -1), k)


def vander(x: Any, N: int | None = None, increasing: bool = False) -> Tensor:
    """The powers of x's elements, a row for each: Vandermonde's matrix.

    Args:
        x: Tensor, Variable or array (n,).
        N: number of columns; n if None.
        increasing: whether the powers go up from 0, instead of down to it.

    Returns:
        A tensor (n, N) of x's dtype.

    Raises:
        ValueError: if x has another number of axes.

    Example:
        >>> import mark1
        >>> mark1.ops.vander([1.0, 2.0, 3.0]).numpy()
        array([[1., 1., 1.],
               [4., 2., 1.],
               [9., 3., 1.]], dtype=float32)
    """
    x = _as_tensor(x)
    if len(x.shape) != 1:
        raise ValueError(f"[vander] needs one axis (x: {x.shape})")
    powers = np.arange(x.shape[0] if N is None else N)
    return power(expand_dims(x, 1), _core.convert(powers if increasing else powers[::-1], x.dtype))


def _matrices(op: str, x: Any) -> Any:
    x = _as_tensor(x)
    if len(x.shape) < 2:
        raise ValueError(f"[{op}] needs two axes or more (x: {x.shape})")
    return x


def _zero(x: Any) -> Any:
    return False if x.dtype == "bool" else 0
