"""What stands for data while a model is described."""

from __future__ import annotations

from typing import Any


class SymbolicTensor:
    """A shape and a dtype without values, and the layer it comes from.

    >>> from mark1.layers import Input
    >>> Input((784,)).shape
    (None, 784)
    """

    def __init__(self, shape: tuple[int | None, ...], dtype: str, layer: Any) -> None:
        self.shape = shape
        self.dtype = dtype
        self.layer = layer

    def __repr__(self) -> str:
        return f"<SymbolicTensor shape={self.shape}, dtype={self.dtype}>"


def call_layer(layer: Any, given: dict[str, Any], positional: int, training: Any) -> Any:
    """Refuse."""
    raise TypeError(
        f'[{type(layer).__name__} "{layer.name}"] functional models are not supported yet: '
        "write Sequential([Input(...), ...])"
    )
