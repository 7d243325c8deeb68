"""Orthogonal matrices."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mark1 import ops, random
from mark1._core import Tensor
from mark1.initializers.initializer import RandomInitializer, Seed, registry
from mark1.typing import Matrix


@registry.register("OrthogonalInitializer", "orthogonal_initializer")
class Orthogonal(RandomInitializer):
    """Orthonormal rows or columns, whichever are fewer, times a gain.

    A normal matrix is orthonormalised in float64 by the modified Gram-Schmidt method, which gives
    the Q of the QR decomposition whose R has a positive diagonal: the uniform distribution over
    orthogonal matrices (Mezzadri, How to generate random matrices from the classical compact
    groups, 2007). Every sum has a fixed order, so the bits are the same on every machine; those of
    LAPACK are not.

    Args:
        gain: factor on the matrix.
        seed: an integer, a `SeedGenerator`, or None to take one from the global generator.

    Raises:
        ValueError: the shape has fewer than two axes.

    Source:
        Saxe, McClelland and Ganguli, Exact solutions to the nonlinear dynamics of learning, 2013.

    >>> w = Orthogonal(seed=1)((3, 3)).numpy()
    >>> bool(abs(w.T @ w - [[1, 0, 0], [0, 1, 0], [0, 0, 1]]).max() < 1e-6)
    True
    """

    def __init__(self, gain: float = 1.0, seed: Seed = None) -> None:
        super().__init__(seed)
        self.gain = gain

    def __call__(self, shape: tuple[int, ...], dtype: str | None = None) -> Tensor:
        """Return the values."""
        if len(shape) < 2:
            raise ValueError(f"[Orthogonal] needs a shape of two axes or more, got {tuple(shape)}")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        few, many = sorted((rows, columns))
        drawn = random.normal((few, many), 0.0, 1.0, "float64", self.seed)
        q = _orthonormal_rows(np.array(drawn.numpy()))
        q *= self.gain
        if rows > columns:
            q = q.T
        return ops.convert_to_tensor(np.ascontiguousarray(q).reshape(shape), dtype or "float32")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this initializer was made with."""
        return {**super().get_config(), "gain": self.gain}


def _orthonormal_rows(a: Matrix) -> Matrix:
    """Orthonormalise the rows in place; uses only element-wise operations, which are exact."""
    for i in range(len(a)):
        a[i] /= np.sqrt(_fold(a[i] * a[i]))
        rest = a[i + 1 :]
        if len(rest):
            rest -= _fold(rest * a[i])[:, None] * a[i]
    return a


def _fold(a: Matrix) -> Matrix:
    """Sum the last axis by adding its second half to its first until one element is left.

    >>> float(_fold(np.array([1.0, 2.0, 3.0])))
    6.0
    """
    while a.shape[-1] > 1:
        half = (a.shape[-1] + 1) // 2
        upper = a[..., half:]
        a = a[..., :half].copy()
        a[..., : upper.shape[-1]] += upper
    return a[..., 0]
