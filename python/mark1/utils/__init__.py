"""Seeds, names, labels, fingerprints, data sets made batch by batch."""

from mark1.utils.naming import clear_session
from mark1.utils.packing import pack_x_y_sample_weight, unpack_x_y_sample_weight
from mark1.utils.py_dataset import PyDataset, Sequence
from mark1.utils.random_seed import set_random_seed
from mark1.utils.to_categorical import to_categorical
from mark1.utils.weights_hash import weights_hash

__all__ = [
    "PyDataset",
    "Sequence",
    "clear_session",
    "pack_x_y_sample_weight",
    "set_random_seed",
    "to_categorical",
    "unpack_x_y_sample_weight",
    "weights_hash",
]
