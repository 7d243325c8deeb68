"""A rectifier whose slope is learned."""

from __future__ import annotations

from typing import Any

from mark1 import initializers, ops
from mark1._core import Tensor
from mark1.layers.layer import Layer, registry
from mark1.variable import Variable


@registry.register()
class PReLU(Layer):
    """x, or below 0 ``alpha x`` with an alpha that is learned.

    Args:
        alpha_initializer: how alpha begins.
        alpha_regularizer: what it adds to the loss.
        alpha_constraint: what it is brought back to.
        shared_axes: axes along which there is one alpha; the batch is 0.

    Weights:
        alpha, the shape of a sample with ones for the shared axes.

    Source:
        He et al., Delving deep into rectifiers, 2015.

    >>> PReLU("ones")([[-1.0, 2.0]]).numpy()
    array([[-1.,  2.]], dtype=float32)
    """

    supports_masking = True

    def __init__(
        self,
        alpha_initializer: Any = "zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.alpha_initializer: Any = initializers.get(alpha_initializer)
        self._set_rules(alpha_regularizer=alpha_regularizer, alpha_constraint=alpha_constraint)
        listed = isinstance(shared_axes, (list, tuple)) or shared_axes is None
        self.shared_axes: Any = shared_axes if listed else [shared_axes]
        self.alpha: Variable | None = None

    def build(self, input_shape: Any) -> None:
        """Make alpha."""
        shape = list(input_shape[1:])
        for axis in self.shared_axes or ():
            if not 1 <= axis <= len(shape):
                raise ValueError(
                    f'[PReLU "{self.name}"] shared_axes must be from 1 to {len(shape)} for inputs '
                    f"of shape {input_shape}, got {axis}"
                )
            shape[axis - 1] = 1
        if None in shape:
            raise ValueError(
                f'[PReLU "{self.name}"] needs an alpha for every place, but inputs of shape '
                f"{input_shape} have axes of any length: share them with shared_axes"
            )
        self.alpha = self.add_weight(tuple(shape), self.alpha_initializer, name="alpha")

    def call(self, x: Tensor) -> Tensor:
        """Return the outputs."""
        below = ops.multiply(self.alpha, ops.minimum(x, 0.0))
        return ops.add(ops.relu(x), below)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        shared = None if self.shared_axes is None else list(self.shared_axes)
        return {
            **super().get_config(),
            "alpha_initializer": initializers.serialize(self.alpha_initializer),
            **self._config_of_rules(),
            "shared_axes": shared,
        }
