"""Models made of others: copies, and what JSON describes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from mark1.layers.input import InputLayer
from mark1.layers.layer import Layer, registry
from mark1.models.functional import Functional
from mark1.models.functional_config import config_of, model_of
from mark1.models.model import Model
from mark1.models.sequential import Sequential
from mark1.utils.custom_objects import remade


def clone_model(
    model: Model,
    input_tensors: None = None,
    clone_function: Callable[[Any], Any] | None = None,
    call_function: Callable[..., Any] | None = None,
    recursive: bool = False,
) -> Model:
    """Make a model of the same layers with new weights.

    Args:
        model: a model; of a class with its own `call`, it must define `get_config`.
        input_tensors: None.
        clone_function: makes a layer of a layer; one of the same config if None. Inputs are not
            asked for.
        call_function: calls the layers of a functional model, ``call(layer, *args, **kwargs)``, and
            may put others before or behind them.
        recursive: whether models within the model are cloned layer by layer, too, rather than by
            one call of `clone_function`.

    Returns:
        A model that is not compiled.

    Raises:
        ValueError: an argument does not go with this kind of model.

    >>> import mark1
    >>> model = mark1.Sequential([mark1.Input((4,)), mark1.layers.Dense(2)])
    >>> clone_model(model).count_params()
    10
    """
    if input_tensors is not None:
        raise ValueError("[clone_model] input_tensors are not supported: call the clone with them")

    if not isinstance(model, Model):
        raise TypeError(f"[clone_model] expected a model, got {type(model).__name__}")

    def clone(layer: Any) -> Any:
        if recursive and isinstance(layer, (Sequential, Functional)):
            inner = None if isinstance(layer, Sequential) else call_function
            return clone_model(layer, None, clone_function, inner, True)
        if clone_function is None:
            return remade(layer)
        made = clone_function(layer)
        if not isinstance(made, Layer):
            raise ValueError(
                f"[clone_model] clone_function must return a layer, got {type(made).__name__} for "
                f'"{layer.name}"'
            )
        return made

    if type(model) is Sequential:
        if call_function is not None:
            raise ValueError(
                f'[clone_model] call_function is for functional models, "{model.name}" is '
                "Sequential"
            )
        layers = [
            InputLayer.from_config(layer.get_config())
            if isinstance(layer, InputLayer)
            else clone(layer)
            for layer in model._layers
        ]
        return Sequential(layers, trainable=model.trainable, name=model.name)
    if type(model) is Functional:
        own = {layer.name: layer for layer in model.layers}

        def make(entry: dict[str, Any]) -> Layer:
            layer = own[entry["name"]]
            if isinstance(layer, InputLayer):
                return registry.deserialize(entry)
            made: Layer = clone(layer)
            return made

        model = model_of(Functional, config_of(model), None, make, call_function)
        return model
    if clone_function is not None or call_function is not None:
        raise ValueError(
            "[clone_model] clone_function and call_function are for Sequential and functional "
            f"models, got {type(model).__name__}"
        )
    model = remade(model)
    return model


def model_from_json(json_string: str, custom_objects: Mapping[str, Any] | None = None) -> Model:
    """Make a model of what `to_json` has written; its weights are new.

    Args:
        json_string: the text.
        custom_objects: classes of the user by name.

    Returns:
        A model that is not compiled.

    Raises:
        ValueError: the text is no JSON, or describes what is not known.

    >>> import mark1
    >>> model = mark1.Sequential([mark1.Input((4,)), mark1.layers.Dense(2)])
    >>> model_from_json(model.to_json()).count_params()
    10
    """
    from mark1.saving.saving import described_model

    try:
        config = json.loads(json_string)
    except (json.JSONDecodeError, TypeError) as error:
        raise ValueError(f"[model_from_json] this is no JSON: {error}") from error
    if not isinstance(config, dict):
        raise ValueError("[model_from_json] this describes no model")
    return described_model(config, custom_objects, "[model_from_json] the text")
