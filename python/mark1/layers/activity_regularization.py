"""A layer that does nothing but cost."""

from __future__ import annotations

from typing import Any

from mark1 import regularizers
from mark1._core import Tensor
from mark1.layers.layer import Layer, registry


@registry.register()
class ActivityRegularization(Layer):
    """Returns its inputs, which add ``l1 sum(|x|) + l2 sum(x^2)`` per sample to the loss.

    Args:
        l1: factor of the absolute values.
        l2: factor of the squares.

    >>> layer = ActivityRegularization(l1=0.5)
    >>> layer([[1.0, -2.0]]).numpy(), float(layer.losses[0])
    (array([[ 1., -2.]], dtype=float32), 1.5)
    """

    supports_masking = True

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Any) -> None:
        super().__init__(activity_regularizer=regularizers.L1L2(l1, l2), **kwargs)
        self.l1 = l1
        self.l2 = l2

    def call(self, x: Tensor) -> Tensor:
        """Return the inputs."""
        return x

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        config = super().get_config()
        config.pop("activity_regularizer", None)
        return {**config, "l1": self.l1, "l2": self.l2}
