"""Mistakes that users make, and what they are told: where, what came, and the likely fix."""

from __future__ import annotations

import os
import re
import shutil

import numpy as np
import pytest

import mark1 as keras
from tests.errors import layers, models, training
from tests.errors.parts import FOLDER

MISTAKES = [*training.MISTAKES, *layers.MISTAKES, *models.MISTAKES]


@pytest.fixture(autouse=True, scope="module")
def folder():
    os.makedirs(FOLDER, exist_ok=True)
    yield
    shutil.rmtree(FOLDER)


@pytest.mark.parametrize(
    ("make", "kind", "text"), [each[1:] for each in MISTAKES], ids=[each[0] for each in MISTAKES]
)
@pytest.mark.filterwarnings("ignore")
def test_it_says_what_is_wrong(make, kind, text):
    with pytest.raises(kind) as caught:
        make()
    told = re.sub(r"_\d+\b", "", str(caught.value).replace(FOLDER, "TMP"))
    assert told.startswith(text)
    assert told.startswith("[")
    assert len(told) < 700


def test_their_names_differ():
    assert len({name for name, *_ in MISTAKES}) == len(MISTAKES)


def test_a_chain_shows_the_shapes_up_to_the_layer_that_fails():
    L = keras.layers
    with pytest.raises(ValueError, match="does not fit") as caught:
        keras.Sequential(
            [keras.Input((8, 8, 1)), L.Conv2D(4, 3), L.MaxPooling2D(4), L.Conv2D(2, 3, name="last")]
        )
    where = [line.strip() for line in str(caught.value).splitlines()[1:]]
    assert where[0] == 'on the way to "last" the shapes are'
    assert [line.partition(": ")[2] for line in where[1:]] == [
        "(None, 8, 8, 1)",
        "(None, 6, 6, 4)",
        "(None, 1, 1, 4)",
    ]


def test_an_operation_says_in_which_layer_it_is_once():
    inner = keras.Sequential([keras.layers.Softmax(axis=5, name="inner")], name="outer")
    with pytest.raises(ValueError, match="there is no axis 5") as caught:
        inner(np.ones((2, 3), "float32"))
    assert str(caught.value).endswith('\n  in Softmax "inner"')


def test_weights_are_set_beside_what_does_not_fit():
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, name="d")])
    with pytest.raises(ValueError, match="has 2 weights, got 1") as caught:
        model.set_weights([np.ones((4, 2))])
    lines = str(caught.value).splitlines()[1:]
    assert [line.rpartition("/")[2] for line in lines] == [
        "kernel (4, 2): (4, 2)",
        "bias (2,): no array",
    ]


def test_what_keras_ignores_is_ignored_with_a_warning():
    with pytest.warns(UserWarning, match=r"\[SGD\] decay is ignored"):
        keras.optimizers.SGD(0.1, decay=1e-6)
