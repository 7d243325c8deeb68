"""Timesteps that do not count."""

from __future__ import annotations

from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.layers.layer import Layer, registry


@registry.register()
class Masking(Layer):
    """Masks the timesteps all of whose features have a certain value, and makes them 0.

    Args:
        mask_value: the value.

    >>> from mark1.layers.masks import mask_of
    >>> mask_of(Masking()([[[1.0, 0.0], [0.0, 0.0]]])).numpy()
    array([[ True, False]])
    """

    supports_masking = True
    _makes_masks = True

    def __init__(self, mask_value: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mask_value = mask_value

    def call(self, x: Tensor) -> Tensor:
        """Return the inputs, 0 where they are masked."""
        counts = ops.any(ops.not_equal(x, self.mask_value), axis=-1, keepdims=True)
        return ops.multiply(x, ops.cast(counts, x.dtype))

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """Return which timesteps count."""
        return ops.any(ops.not_equal(inputs, self.mask_value), axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "mask_value": self.mask_value}
