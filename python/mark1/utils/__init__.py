"""Seeds, names, labels, fingerprints, data sets made batch by batch."""

from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

from mark1.utils.custom_objects import (
    CustomObjectScope,
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from mark1.utils.naming import clear_session
from mark1.utils.packing import pack_x_y_sample_weight, unpack_x_y_sample_weight
from mark1.utils.py_dataset import PyDataset, Sequence
from mark1.utils.random_seed import set_random_seed
from mark1.utils.to_categorical import to_categorical
from mark1.utils.weights_hash import weights_hash

if _TYPE_CHECKING:
    from mark1.backend import is_keras_tensor, standardize_dtype
    from mark1.config import (
        disable_interactive_logging,
        enable_interactive_logging,
        is_interactive_logging_enabled,
    )
    from mark1.saving.objects import deserialize_keras_object, serialize_keras_object
    from mark1.utils.images import array_to_img, img_to_array, load_img, save_img
    from mark1.utils.parting import split_dataset
    from mark1.utils.progbar import Progbar
    from mark1.utils.sequences import normalize, pad_sequences, timeseries_dataset_from_array

# Seldom wanted: each module is imported when one of its names is asked for.
_LATER = {
    "mark1.backend": "is_keras_tensor standardize_dtype",
    "mark1.config": (
        "disable_interactive_logging enable_interactive_logging is_interactive_logging_enabled"
    ),
    "mark1.saving.objects": "deserialize_keras_object serialize_keras_object",
    "mark1.utils.images": "array_to_img img_to_array load_img save_img",
    "mark1.utils.progbar": "Progbar",
    "mark1.utils.sequences": "normalize pad_sequences timeseries_dataset_from_array",
    "mark1.utils.parting": "split_dataset",
}
_MODULES = {name: module for module, names in _LATER.items() for name in names.split()}

__all__ = [
    "CustomObjectScope",
    "Progbar",
    "PyDataset",
    "Sequence",
    "array_to_img",
    "clear_session",
    "custom_object_scope",
    "deserialize_keras_object",
    "disable_interactive_logging",
    "enable_interactive_logging",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "img_to_array",
    "is_interactive_logging_enabled",
    "is_keras_tensor",
    "load_img",
    "normalize",
    "pack_x_y_sample_weight",
    "pad_sequences",
    "register_keras_serializable",
    "save_img",
    "serialize_keras_object",
    "set_random_seed",
    "split_dataset",
    "standardize_dtype",
    "timeseries_dataset_from_array",
    "to_categorical",
    "unpack_x_y_sample_weight",
    "weights_hash",
]


def __getattr__(name: str) -> _Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'mark1.utils' has no attribute {name!r}")
    from importlib import import_module

    found = globals()[name] = getattr(import_module(_MODULES[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
