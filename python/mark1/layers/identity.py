"""The layer that does nothing."""

from __future__ import annotations

from typing import Any

from mark1.layers.inference import Spec
from mark1.layers.layer import Layer, registry
from mark1.utils.nest import map_structure


@registry.register()
class Identity(Layer):
    """Returns what it is given, whatever that is.

    >>> Identity()([[1.0, 2.0]]).numpy()
    array([[1., 2.]], dtype=float32)
    """

    supports_masking = True
    _keeps_integers = True

    def call(self, x: Any) -> Any:
        """Return the inputs."""
        return x

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shapes of the inputs."""
        return input_shape

    def _specs_of_outputs(self, x: Any) -> Any:
        return map_structure(lambda each: Spec(tuple(each.shape), each.dtype), x)
