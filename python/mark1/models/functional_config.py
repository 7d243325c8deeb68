"""Functional models as Keras' files describe them: layers, their calls, inputs and outputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mark1.layers.layer import Layer, registry, serialize_layer
from mark1.layers.symbolic import Call, Node, SymbolicTensor
from mark1.models.keras_operations import (
    decode,
    encode,
    joined_arguments,
    operation_of,
    split_arguments,
)
from mark1.utils.nest import flatten

# Where Keras lists what goes in and out, the calls of a functional model count from 1.
_FUNCTIONAL = "Functional"
# Keras writes down for every call whether it was training, which it was not, and pays no heed to
# that. Where it was an argument of the call, it is meant.
_TOLD = "told_training"


def config_of(model: Any) -> dict[str, Any]:
    """Return the config of a functional model.

    Raises:
        ValueError: an input is the output of a layer, so that there is no Input to name.
    """
    graph = model._graph
    places: dict[int, int] = {}  # number of a node to its place among those of its operation
    nodes: dict[Any, list[Node]] = {operation: [] for operation in graph.operations}
    for node in graph.nodes:
        places[node.number] = len(nodes[node.operation])
        nodes[node.operation].append(node)

    def history(x: SymbolicTensor) -> list[Any]:
        if x.node.number not in places:
            raise ValueError(
                f'[save] the input "{x.name}" of "{model.name}" is the output of a layer: only '
                "models that begin with Input can be saved"
            )
        return [x.name, places[x.node.number], x.index]

    def symbolic(value: Any) -> Any:
        if isinstance(value, SymbolicTensor):
            config = {"shape": list(value.shape), "dtype": value.dtype}
            config["keras_history"] = history(value)
            return {"class_name": "__keras_tensor__", "config": config}
        if isinstance(value, (list, tuple)):
            return [symbolic(part) for part in value]
        if isinstance(value, dict):
            return {key: symbolic(part) for key, part in value.items()}
        return encode(value)

    layers = []
    for operation in graph.operations:
        if isinstance(operation, Call):
            (node,) = nodes[operation]
            module, name, config, args = split_arguments(operation, node.args, node.kwargs)
            entry = {"module": module, "class_name": name, "config": encode(config)}
            entry["registered_name"] = name
            calls: list[dict[str, Any]] = [{"args": symbolic(args), "kwargs": {}}]
        else:
            entry = serialize_layer(operation)
            calls = [
                {
                    "args": symbolic(node.args),
                    "kwargs": symbolic(node.kwargs),
                    **({_TOLD: True} if "training" in node.kwargs else {}),
                }
                for node in nodes[operation]
                if node.inputs
            ]
        layers.append({**entry, "name": operation.name, "inbound_nodes": calls})
    return {
        "name": model.name,
        "trainable": model.trainable,
        "layers": layers,
        "input_layers": _map_ends(model.input, lambda x: _shifted(history(x), x.layer, 1)),
        "output_layers": _map_ends(model.output, lambda x: _shifted(history(x), x.layer, 1)),
    }


def _map_ends(structure: Any, function: Any) -> Any:
    """Return a nest with a function's results in place of tensors or of their histories."""
    if isinstance(structure, dict):
        return {key: _map_ends(part, function) for key, part in structure.items()}
    leaf = isinstance(structure, list) and len(structure) == 3 and isinstance(structure[0], str)
    if isinstance(structure, (list, tuple)) and not leaf:
        return [_map_ends(part, function) for part in structure]
    return function(structure)


def _shifted(history: list[Any], operation: Any, by: int) -> list[Any]:
    name, place, index = history
    return [name, place + by * (type(operation).__name__ == _FUNCTIONAL), index]


def model_of(
    cls: Any,
    config: dict[str, Any],
    custom_objects: Mapping[str, Any] | None = None,
    make: Callable[[dict[str, Any]], Layer] | None = None,
    call: Callable[..., Any] | None = None,
) -> Any:
    """Make a functional model from its config.

    Args:
        cls: the class of the model.
        config: what `config_of` returned.
        custom_objects: classes of the user by name.
        make: makes a layer of its description; what the description says if None.
        call: calls a layer, ``call(layer, *args, **kwargs)``; as usual if None.

    Raises:
        ValueError: the config is malformed, or names what is not known.
    """
    entries = config.get("layers")
    if not isinstance(entries, list) or not all(
        isinstance(entry, dict) and {"name", "inbound_nodes"} <= entry.keys() for entry in entries
    ):
        raise ValueError(
            "[Functional] not the config of a functional model: no list of layers with their calls"
        )
    make = make or (lambda entry: registry.deserialize(entry, custom_objects))
    made: dict[str, Any] = {}
    options: dict[str, dict[str, Any]] = {}
    returned: dict[str, list[list[SymbolicTensor]]] = {}  # by each call of an operation
    for entry in entries:
        name = entry["name"]
        if str(entry.get("module", "")).startswith(("keras.src.ops", "mark1.ops")):
            made[name], options[name] = operation_of(entry)
        else:
            made[name] = make(entry)
        returned[name] = []
        if not entry.get("inbound_nodes"):  # an Input
            returned[name].append([made[name].symbolic])

    def symbolic(name: str, place: int, index: int) -> SymbolicTensor:
        if place >= len(returned[name]):
            raise _NotYetError
        return returned[name][place][index]

    waiting = [(entry["name"], list(entry.get("inbound_nodes", ()))) for entry in entries]
    while waiting:
        before = sum(len(calls) for _, calls in waiting)
        for name, calls in waiting:
            operation = made[name]
            while calls:
                try:
                    args = decode(calls[0].get("args", []), symbolic)
                    kwargs = decode(calls[0].get("kwargs", {}), symbolic)
                    if not calls[0].get(_TOLD):
                        kwargs.pop("training", None)
                except _NotYetError:
                    break
                if isinstance(operation, Call):
                    if operation.function.__name__ == "get_item" and isinstance(args[1], list):
                        args[1] = tuple(args[1])
                    kwargs = {key: v for key, v in kwargs.items() if v is not None}
                    out = operation(*joined_arguments(operation, options[name], args), **kwargs)
                elif call is not None:
                    out = call(operation, *args, **kwargs)
                else:
                    out = operation(*args, **kwargs)
                returned[name].append(list(flatten(out)))
                calls.pop(0)
        waiting = [(name, calls) for name, calls in waiting if calls]
        if waiting and sum(len(calls) for _, calls in waiting) == before:
            names = ", ".join(name for name, _ in waiting)
            raise ValueError(
                f"[Functional] the calls of {names} need each other, or what is not there"
            )

    def end(history: list[Any]) -> SymbolicTensor:
        return symbolic(*_shifted(history, made[history[0]], -1))

    return cls(
        _map_ends(config["input_layers"], end),
        _map_ends(config["output_layers"], end),
        name=config.get("name"),
        trainable=config.get("trainable", True),
    )


class _NotYetError(Exception):
    """A tensor is asked for whose call has not been made."""
