"""Models to files and back, in the layout of Keras 3."""

from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

from mark1.saving.saving import load_model, load_weights, save_model, save_weights
from mark1.utils.custom_objects import (
    CustomObjectScope,
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)

if _TYPE_CHECKING:
    from mark1.saving.objects import deserialize_keras_object, serialize_keras_object

__all__ = [
    "CustomObjectScope",
    "custom_object_scope",
    "deserialize_keras_object",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "load_model",
    "load_weights",
    "register_keras_serializable",
    "save_model",
    "save_weights",
    "serialize_keras_object",
]


def __getattr__(name: str) -> _Any:
    if name not in ("deserialize_keras_object", "serialize_keras_object"):
        raise AttributeError(f"module 'mark1.saving' has no attribute {name!r}")
    from mark1.saving import objects

    return getattr(objects, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
