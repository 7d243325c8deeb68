"""Objects of the library, and of the user, as plain data and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import FunctionType
from typing import Any

import numpy as np

from mark1 import _core, ops
from mark1.dtype_policies import DTypePolicy
from mark1.utils.custom_objects import CustomObjectScope, get_registered_object, name_of
from mark1.utils.registry import Registry, serialize
from mark1.variable import Variable

_PLAIN = (str, int, float, bool, type(None))


def _registries() -> dict[str, Registry[Any]]:
    from mark1.constraints.constraint import registry as constraints
    from mark1.initializers.initializer import registry as initializers
    from mark1.layers.layer import registry as layers
    from mark1.losses.loss import registry as losses
    from mark1.metrics.metric import registry as metrics
    from mark1.optimizers.optimizer import registry as optimizers
    from mark1.optimizers.schedules.schedule import registry as schedules
    from mark1.regularizers.regularizer import registry as regularizers

    all_of_them: tuple[Registry[Any], ...] = (
        constraints, initializers, layers, losses, metrics, optimizers, schedules, regularizers,
    )  # fmt: skip
    return {r.module: r for r in all_of_them}


@cache
def _functions() -> dict[str, Callable[..., Any]]:
    """The library's functions by the names in files: activations, losses and metrics."""
    from mark1 import activations, losses, metrics

    found: dict[str, Callable[..., Any]] = dict(activations._FUNCTIONS)
    for module in (losses, metrics):
        for name in set(dir(module)) - {"get", "serialize", "deserialize"}:
            value = getattr(module, name)
            if isinstance(value, FunctionType | _core.Operation) and not name.startswith("_"):
                found.setdefault(name, value)
    return found


def _name_of_function(obj: Any) -> str | None:
    """Return the name that a description has; of the user's own such as no other stands for."""
    name = getattr(obj, "__name__", None)
    if isinstance(name, str) and (_functions().get(name) is obj or obj is ops.relu):
        return name
    own = name_of(obj)
    if own is None and isinstance(obj, FunctionType) and str(name).isidentifier():
        return None if name in _functions() else name
    return own


def serialize_keras_object(obj: Any) -> Any:
    """Describe an object, or a nest of objects, as data that JSON can hold.

    Args:
        obj: a layer, loss, metric, optimizer, ...; an object of a class of one's own (see
            `register_keras_serializable`); a function, by its name; arrays, tensors and plain
            values; nests of them.

    Returns:
        Plain values as they are; of objects a dictionary, as in Keras' files.

    Raises:
        TypeError: there is no way to describe it.

    >>> from mark1.layers import Dense
    >>> serialize_keras_object([Dense(2), 1])[0]["class_name"]
    'Dense'
    """
    if isinstance(obj, _PLAIN):
        return obj
    if isinstance(obj, np.generic):
        return obj.item()
    if isinstance(obj, np.ndarray):
        return {
            "class_name": "__numpy__",
            "config": {"value": obj.tolist(), "dtype": obj.dtype.name},
        }
    if isinstance(obj, _core.Tensor | Variable):
        value = np.asarray(obj)
        return {"class_name": "__tensor__", "config": {"value": value.tolist(), "dtype": obj.dtype}}
    if isinstance(obj, DTypePolicy):
        return serialize(obj, "keras")
    if isinstance(obj, (list, tuple)):
        items = [serialize_keras_object(item) for item in obj]
        return tuple(items) if isinstance(obj, tuple) else items
    if isinstance(obj, dict):
        return {key: serialize_keras_object(item) for key, item in obj.items()}
    for registry in _registries().values():
        if type(obj) in registry._classes.values():
            return _described(obj, registry.module)
    if hasattr(obj, "get_config"):
        return _described(obj, type(obj).__module__)
    name = _name_of_function(obj)
    if name:
        return {
            "module": "builtins",
            "class_name": "function",
            "config": name,
            "registered_name": "function",
        }
    raise TypeError(
        f"[serialize_keras_object] cannot describe {obj!r}: it has no get_config, or is a function "
        "whose name finds nothing, or another; decorate it with register_keras_serializable"
    )


def _described(obj: Any, module: str) -> dict[str, Any]:
    from mark1.layers.layer import Layer, serialize_layer

    return serialize_layer(obj) if isinstance(obj, Layer) else serialize(obj, module)


def deserialize_keras_object(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Make what `serialize_keras_object` has described; weights and states are new.

    Classes are looked up among those of the library and those that the user has named; a
    description cannot have anything imported.

    Args:
        config: the description, or a nest of such and of plain values.
        custom_objects: classes and functions of the user by name.

    Raises:
        ValueError: the description is malformed, or names a class that is not known.

    >>> from mark1.optimizers import SGD
    >>> deserialize_keras_object(serialize_keras_object(SGD(0.5)))
    <SGD learning_rate=0.5>
    """
    if isinstance(config, (list, tuple)):
        return type(config)(deserialize_keras_object(item, custom_objects) for item in config)
    if not isinstance(config, Mapping):
        return config
    if "class_name" not in config or "config" not in config:
        return {k: deserialize_keras_object(v, custom_objects) for k, v in config.items()}
    name, inner = config["class_name"], config["config"]
    if name == "__numpy__":
        return np.array(inner["value"], dtype=inner["dtype"])
    if name == "__tensor__":
        return _core.convert(inner["value"], inner["dtype"])
    if name == "function":
        registered = config.get("registered_name") or inner
        found = get_registered_object(registered, custom_objects)
        found = found or get_registered_object(inner, custom_objects, _functions())
        if found is None:
            raise ValueError(
                f"[deserialize_keras_object] unknown function {inner!r}: name it in custom_objects"
            )
        return found
    registries = _registries()
    module = config.get("module")
    if module == "keras" and name == "DTypePolicy":
        return DTypePolicy(**inner)
    if module == "keras.layers" or module == "keras":
        from mark1.layers.descriptions import deserialize

        return deserialize(config, custom_objects)
    if module in registries:
        return registries[module].deserialize(config, custom_objects)
    own = get_registered_object(config.get("registered_name") or name, custom_objects)
    own = own or get_registered_object(name, custom_objects)
    if own is None:
        raise ValueError(
            f"[deserialize_keras_object] unknown class {name!r}: name it in custom_objects, or "
            "register it with register_keras_serializable"
        )
    with CustomObjectScope(custom_objects):
        if hasattr(own, "from_config"):
            return own.from_config(dict(inner))
        return own(**inner)
