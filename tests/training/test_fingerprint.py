"""A training run has one hash: on any instruction set, with any number of threads.

Together the runs go through dense and recurrent layers, four activations, dropout, both
cross-entropies, Adam and Nesterov's momentum, shuffling and short last batches.

A hash below changes only with a definition in docs/numerics.md, never for one machine.
"""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import _core
from mark1.datasets import digits
from tests.variants import REFERENCE, Variant, force, variants

RECORDED = {
    "adam": "ad61a175136d8bcf42850c3f32ebb5e6d8014e3c464c00301c2d639628c51062",
    "lstm": "49d3d5b2b861d8ca5bc8272104264852c048f320d8574a2b2671399891000070",
    "nesterov": "b729fd31def1d9998a11ffefe3fe9e1cb9647049bca1b14da270bed10f16019b",
}


def images() -> tuple[np.ndarray, np.ndarray]:
    (x, y), _ = digits.load_data()
    return x.reshape(-1, 64).astype(np.float32) / 16, y


def train_adam() -> mark1.Sequential:
    x, y = images()
    model = mark1.Sequential(
        [
            mark1.layers.Input((64,)),
            mark1.layers.Dense(48, activation="relu", kernel_initializer="he_normal"),
            mark1.layers.Dropout(0.2),
            mark1.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(
        mark1.optimizers.Adam(2e-3), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    model.fit(x, y, batch_size=32, epochs=2, verbose=0)
    return model


def train_nesterov() -> mark1.Sequential:
    x, y = images()
    model = mark1.Sequential(
        [
            mark1.layers.Input((64,)),
            mark1.layers.Dense(24, activation="tanh"),
            mark1.layers.Dense(24, activation="gelu"),
            mark1.layers.Dense(1, activation="sigmoid"),
        ]
    )
    optimizer = mark1.optimizers.SGD(0.1, momentum=0.9, nesterov=True)
    model.compile(optimizer, "binary_crossentropy", metrics=["accuracy"])
    model.fit(x, y % 2, batch_size=50, epochs=2, verbose=0)
    return model


def train_lstm() -> mark1.Sequential:
    # An image is read row by row.
    x, y = images()
    model = mark1.Sequential(
        [
            mark1.layers.Input((8, 8)),
            mark1.layers.GRU(17, return_sequences=True, go_backwards=True),
            mark1.layers.LSTM(24, dropout=0.1, recurrent_dropout=0.1),
            mark1.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x.reshape(-1, 8, 8), y, batch_size=50, epochs=2, verbose=0)
    return model


RUNS = {"adam": train_adam, "lstm": train_lstm, "nesterov": train_nesterov}


def fingerprint(name: str) -> str:
    mark1.utils.set_random_seed(7)
    return mark1.utils.weights_hash(RUNS[name]())


def everywhere() -> list[Variant]:
    return [REFERENCE, *variants()]


@pytest.mark.parametrize("variant", everywhere(), ids=map(str, everywhere()))
@pytest.mark.parametrize("name", RUNS)
def test_weights_have_the_recorded_hash(name, variant):
    with force(variant):
        assert fingerprint(name) == RECORDED[name]


@pytest.mark.parametrize("name", RUNS)
def test_the_usual_choice_of_threads_gives_it_too(name):
    # As users run it: small kernels on one thread, large ones on all.
    assert fingerprint(name) == RECORDED[name]


def test_training_has_learned():
    mark1.utils.set_random_seed(7)
    x, y = images()
    assert train_adam().evaluate(x, y, verbose=0, return_dict=True)["accuracy"] > 0.8


def test_a_row_does_not_depend_on_its_batch():
    mark1.utils.set_random_seed(7)
    x, _ = images()
    model = train_adam()
    together = model.predict(x[:100], batch_size=100, verbose=0)
    for size in (1, 7, 32):
        np.testing.assert_array_equal(model.predict(x[:100], batch_size=size, verbose=0), together)


def test_every_instruction_set_of_this_machine_was_tried():
    assert {v.isa for v in everywhere()} == set(_core.available_isas())
