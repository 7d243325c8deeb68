"""Initializers that draw nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from mark1 import ops
from mark1._core import Tensor
from mark1.initializers.initializer import Initializer, registry


@registry.register("zero")
class Zeros(Initializer):
    """Zeros.

    >>> Zeros()((2,)).numpy()
    array([0., 0.], dtype=float32)
    """

    def __call__(self, shape: tuple[int, ...], dtype: str | None = None) -> Tensor:
        """Return the values."""
        return ops.full(shape, 0.0, dtype or "float32")


@registry.register("one")
class Ones(Initializer):
    """Ones.

    >>> Ones()((2,)).numpy()
    array([1., 1.], dtype=float32)
    """

    def __call__(self, shape: tuple[int, ...], dtype: str | None = None) -> Tensor:
        """Return the values."""
        return ops.full(shape, 1.0, dtype or "float32")


@registry.register()
class Constant(Initializer):
    """One value everywhere, or values that are repeated along missing axes.

    Args:
        value: a number, or an array that broadcasts to the shape.

    >>> Constant(0.5)((2,)).numpy()
    array([0.5, 0.5], dtype=float32)
    >>> Constant([1.0, 2.0])((2, 2)).numpy()
    array([[1., 2.],
           [1., 2.]], dtype=float32)
    """

    def __init__(self, value: Any = 0.0) -> None:
        if isinstance(value, Mapping):  # as Keras writes arrays
            value = value["config"]["value"]
        self.value: Any = np.asarray(value).tolist()

    def __call__(self, shape: tuple[int, ...], dtype: str | None = None) -> Tensor:
        """Return the values."""
        if not isinstance(self.value, list):
            return ops.full(shape, self.value, dtype or "float32")
        return ops.broadcast_to(ops.convert_to_tensor(self.value, dtype or "float32"), shape)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this initializer was made with."""
        return {"value": self.value}


@registry.register("IdentityInitializer")
class Identity(Initializer):
    """Ones on the diagonal of a matrix, zeros elsewhere, times a gain.

    Args:
        gain: factor on the matrix.

    Raises:
        ValueError: the shape has not two axes.

    >>> Identity(2.0)((2, 3)).numpy()
    array([[2., 0., 0.],
           [0., 2., 0.]], dtype=float32)
    """

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = gain

    def __call__(self, shape: tuple[int, ...], dtype: str | None = None) -> Tensor:
        """Return the values."""
        if len(shape) != 2:
            raise ValueError(f"[Identity] needs a shape of two axes, got {tuple(shape)}")
        return ops.convert_to_tensor(np.eye(*shape) * self.gain, dtype or "float32")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this initializer was made with."""
        return {"gain": self.gain}
