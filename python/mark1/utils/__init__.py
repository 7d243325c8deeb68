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
    from mark1.utils.sequences import normalize, pad_sequences, timeseries_dataset_from_array

__all__ = [
    "CustomObjectScope",
    "PyDataset",
    "Sequence",
    "clear_session",
    "custom_object_scope",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "normalize",
    "pack_x_y_sample_weight",
    "pad_sequences",
    "register_keras_serializable",
    "set_random_seed",
    "timeseries_dataset_from_array",
    "to_categorical",
    "unpack_x_y_sample_weight",
    "weights_hash",
]


def __getattr__(name: str) -> _Any:
    if name not in ("normalize", "pad_sequences", "timeseries_dataset_from_array"):
        raise AttributeError(f"module 'mark1.utils' has no attribute {name!r}")
    from mark1.utils import sequences

    return getattr(sequences, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
