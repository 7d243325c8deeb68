"""Several layers as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mark1.layers.layer import Layer, registry, serialize_layer


@registry.register()
class Pipeline(Layer):
    """Layers one after the other, told that this is training unless somebody says otherwise.

    Args:
        layers: the layers.

    Raises:
        TypeError: one of them is no layer.

    >>> from mark1.layers import Rescaling
    >>> Pipeline([Rescaling(2.0), Rescaling(1.0, 3.0)])([[1.0]]).numpy()
    array([[5.]], dtype=float32)
    """

    supports_masking = True
    _keeps_integers = True

    def __init__(self, layers: Sequence[Layer], name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        for layer in layers:
            if not isinstance(layer, Layer):
                raise TypeError(f"[Pipeline] takes layers, got {type(layer).__name__}")
        self.layers: list[Layer] = list(layers)

    def build(self, input_shape: Any) -> None:
        """Build the layers."""
        for layer in self.layers:
            if not layer.built:
                layer.build(input_shape)
            input_shape = layer.compute_output_shape(input_shape)

    def call(self, x: Any, training: bool = True, mask: Any = None) -> Any:
        """Return the outputs of the last layer; a mask travels with what it belongs to."""
        for layer in self.layers:
            x = layer(x, training=training)
        return x

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the outputs of the last layer."""
        for layer in self.layers:
            input_shape = layer.compute_output_shape(input_shape)
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Describe the layers."""
        return {"name": self.name, "layers": [serialize_layer(layer) for layer in self.layers]}

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None
    ) -> Pipeline:
        """Make a pipeline from its config; its weights are new."""
        made = [registry.deserialize(entry, custom_objects) for entry in config["layers"]]
        return cls(**{**config, "layers": made})
