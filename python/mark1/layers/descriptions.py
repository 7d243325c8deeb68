"""Layers as data and back: what files hold of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mark1.layers.layer import Layer, registry, serialize_layer


def serialize(layer: Layer) -> dict[str, Any]:
    """Describe a layer: its class, its config and the shapes it was built for, not its weights.

    Raises:
        TypeError: it is no layer.

    >>> from mark1.layers import Dense
    >>> serialize(Dense(3))["class_name"]
    'Dense'
    """
    if not isinstance(layer, Layer):
        raise TypeError(f"[layers] serialize takes a layer, got {type(layer).__name__}")
    return serialize_layer(layer)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Layer:
    """Make a layer of its description; its weights are new.

    Args:
        config: what `serialize` has returned.
        custom_objects: classes of the user by name.

    Raises:
        ValueError: the description is malformed, or names a class that is not known.

    >>> from mark1.layers import Dense
    >>> layer = Dense(3)
    >>> layer.build((None, 4))
    >>> deserialize(serialize(layer)).kernel.shape
    (4, 3)
    """
    layer = registry.deserialize(config, custom_objects)
    shapes = config.get("build_config") or {}
    if not layer.built and "shapes_dict" in shapes:
        layer.build(**{name: _shape(shape) for name, shape in shapes["shapes_dict"].items()})
    elif not layer.built and "input_shape" in shapes:
        layer.build(_shape(shapes["input_shape"]))
    return layer


def _shape(shape: Any) -> Any:
    plain = isinstance(shape, list) and all(n is None or isinstance(n, int) for n in shape)
    return tuple(shape) if plain else shape
