"""Initializers that draw nothing."""

from __future__ import annotations

from typing import Any

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
    """One value everywhere.

    Args:
        value: a number.

    >>> Constant(0.5)((2,)).numpy()
    array([0.5, 0.5], dtype=float32)
    """

    def __init__(self, value: float = 0.0) -> None:
        self.value = float(value)

    def __call__(self, shape: tuple[int, ...], dtype: str | None = None) -> Tensor:
        """Return the values."""
        return ops.full(shape, self.value, dtype or "float32")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this initializer was made with."""
        return {"value": self.value}
