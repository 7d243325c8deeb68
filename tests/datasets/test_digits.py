"""The digits inside the package: their content and their split."""

import hashlib

import numpy as np

from mark1.datasets import digits


def test_shapes_and_ranges():
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    assert x_train.shape == (1442, 8, 8)
    assert y_train.shape == (1442,)
    assert x_test.shape == (355, 8, 8)
    assert y_test.shape == (355,)
    assert all(a.dtype == np.uint8 for a in (x_train, y_train, x_test, y_test))
    assert x_train.max() == 16
    assert set(y_train.tolist()) == set(range(10))


def test_split_is_fixed_and_balanced():
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    sha = hashlib.sha256()
    for array in (x_train, y_train, x_test, y_test):
        sha.update(array.tobytes())
    assert sha.hexdigest() == "eb16a5b9fcc31197ecd8be8456b687084ffc10eb4cc2efbd406de3cc793713c8"
    share = np.bincount(y_test) / np.bincount(np.concatenate([y_train, y_test]))
    assert share.min() > 0.19
    assert share.max() <= 0.2


def test_every_call_gives_arrays_of_its_own():
    (first, _), _ = digits.load_data()
    first[:] = 0
    (second, _), _ = digits.load_data()
    assert second.max() == 16
