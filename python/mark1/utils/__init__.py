"""Seeds, names, labels, fingerprints, data sets made batch by batch."""

from mark1.utils.naming import clear_session
from mark1.utils.py_dataset import PyDataset, Sequence
from mark1.utils.random_seed import set_random_seed
from mark1.utils.to_categorical import to_categorical
from mark1.utils.weights_hash import weights_hash

__all__ = [
    "PyDataset",
    "Sequence",
    "clear_session",
    "set_random_seed",
    "to_categorical",
    "weights_hash",
]
