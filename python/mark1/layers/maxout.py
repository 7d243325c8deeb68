"""The largest of several channels."""

from __future__ import annotations

from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.layers.layer import Layer, registry


@registry.register()
class Maxout(Layer):
    """The largest of every C / num_units neighbouring channels: a learned activation after `Dense`.

    Args:
        num_units: channels that come out; C, those that come in, are a multiple of them.
        axis: where the channels are; not the batch, 0.

    Raises:
        ValueError: an argument is out of range, or C is no multiple of num_units.

    Source:
        Goodfellow et al., Maxout networks, 2013.

    >>> Maxout(2)([[1.0, 3.0, -2.0, -5.0]]).numpy()
    array([[ 3., -2.]], dtype=float32)
    """

    def __init__(self, num_units: int, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(num_units, int) or num_units < 1:
            raise ValueError(f"[Maxout] num_units must be a positive integer, got {num_units!r}")
        self.num_units = num_units
        self.axis = axis

    def build(self, input_shape: Any) -> None:
        """Look whether the channels can be divided."""
        self.compute_output_shape(input_shape)

    def call(self, inputs: Tensor) -> Tensor:
        """Return the largest of each group."""
        axis = self._position(inputs.shape)
        groups = (self.num_units, inputs.shape[axis] // self.num_units)
        shape = (-1, *inputs.shape[1:axis], *groups, *inputs.shape[axis + 1 :])
        return ops.max(ops.reshape(inputs, shape), axis + 1)

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        """Return the shape with num_units channels."""
        shape = list(input_shape)
        shape[self._position(input_shape)] = self.num_units
        return tuple(shape)

    def get_config(self) -> dict[str, Any]:
        """Return what the layer is made from."""
        return {**super().get_config(), "num_units": self.num_units, "axis": self.axis}

    def _position(self, shape: Any) -> int:
        rank = len(shape)
        axis = self.axis + rank if self.axis < 0 else self.axis
        if not 1 <= axis < rank:
            raise ValueError(
                f'[Maxout "{self.name}"] axis must be from 1 to {rank - 1} or from the end, and '
                f"not the batch, for inputs of shape {tuple(shape)}, got {self.axis}"
            )
        if shape[axis] is None or shape[axis] % self.num_units:
            raise ValueError(
                f'[Maxout "{self.name}"] the channels must be a multiple of num_units, '
                f"{self.num_units} (inputs: {tuple(shape)}, axis {self.axis})"
            )
        return axis
