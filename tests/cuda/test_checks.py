"""Values that are refused on a device: the CPU's error and the CPU's weights, without waiting."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import ops
from tests.cuda.conftest import DEVICE
from tests.cuda.emulated import log, only_emulated

RNG = np.random.default_rng(5)
X = RNG.normal(size=(96, 12)).astype(np.float32)
Y = RNG.integers(0, 5, 96).astype(np.int32)
WORDS = RNG.integers(0, 20, (96, 7)).astype(np.int32)


def classifier() -> mark1.Sequential:
    mark1.utils.set_random_seed(1)
    layers = [mark1.Input((12,)), mark1.layers.Dense(16, "relu"), mark1.layers.Dropout(0.2)]
    model = mark1.Sequential([*layers, mark1.layers.Dense(5, "softmax")])
    # A function: labels of a loss that has a name are looked at before the first step.
    loss = ops.sparse_categorical_crossentropy
    model.compile("adam", lambda y, p: loss(y, p), metrics=["accuracy"])
    return model


def reader() -> mark1.Sequential:
    mark1.utils.set_random_seed(1)
    layers = [mark1.Input((7,), dtype="int32"), mark1.layers.Embedding(20, 8)]
    layers += [mark1.layers.GlobalAveragePooling1D(), mark1.layers.Dense(5)]
    model = mark1.Sequential(layers)
    loss = mark1.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("sgd", loss)
    return model


def refused(model, x, y, **options) -> tuple[str, str]:
    """The error of an epoch, and the weights after it."""
    with pytest.raises(ValueError, match="at position") as error:
        model.fit(x, y, batch_size=8, shuffle=False, verbose=0, **options)
    return str(error.value), mark1.utils.weights_hash(model)


@pytest.mark.parametrize("bad", [0, 50, 95], ids=["first", "middle", "last"])
@pytest.mark.parametrize("what", ["labels", "indices"])
def test_a_bad_batch_leaves_the_weights_of_the_cpu(what, bad):
    make, x, y = (classifier, X, Y.copy()) if what == "labels" else (reader, WORDS.copy(), Y)
    if what == "labels":
        y[bad:] = [9, *[7] * (95 - bad)]
    else:
        x[bad:, 3:] = 99
        x[bad, 3] = -4
    results = []
    for place in ("cpu", DEVICE):
        model = make().to(place)
        good = WORDS if what == "indices" else X
        model.fit(good, Y, batch_size=8, verbose=0)
        results.append(refused(model, x, y, epochs=2))
        model.fit(good, Y, batch_size=8, verbose=0)  # and goes on
        results[-1] += (mark1.utils.weights_hash(model),)
    assert results[0] == results[1]
    assert ("the target is 9" if what == "labels" else "index -4") in results[0][0]


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64", "float32", "float64"])
@pytest.mark.parametrize("n", [1, 256, 4096, 4097, 70001])
def test_the_first_of_many_is_named(n, dtype):
    values = np.zeros(n, dtype)
    values[n // 3 :: 2] = 9
    labels = ops.convert_to_tensor(values).to(DEVICE)
    x = ops.zeros((n, 4)).to(DEVICE)
    with pytest.raises(ValueError, match=rf"the target is 9 at position {n // 3}$"):
        ops.sparse_categorical_crossentropy(labels, x)


def test_what_moves_before_a_check_is_as_on_the_cpu():
    results = []
    for place in ("cpu", DEVICE):
        early, late = (mark1.Variable(np.zeros(3, np.float32)).to(place) for _ in range(2))

        @mark1.function
        def step(x, at, early=early, late=late):
            held = early.value + 0.0, early.value  # held: the variable moves when it is written
            early.assign(held[0] + ops.sum(x))
            rows = ops.take(x, at, axis=0)
            late.assign(late + ops.sum(rows))
            return rows + held[1][0]

        x = ops.convert_to_tensor(X).to(place)
        for at in ([1, 2], [3, 4], [5, 6], [7, 8], [9, 99], [1, 2]):
            indices = ops.convert_to_tensor(at).to(place)
            if 99 in at:
                with pytest.raises(ValueError, match="index 99 at position 1 is out of range"):
                    step(x, indices)
            else:
                step(x, indices)
        results.append((early.numpy().tolist(), late.numpy().tolist()))
    assert results[0] == results[1]


@only_emulated
def test_an_epoch_does_not_wait_for_the_host():
    model = classifier().to(DEVICE)
    model.fit(X, Y, batch_size=2, epochs=3, verbose=0)
    log()
    model.fit(X, Y, batch_size=2, epochs=1, verbose=0)
    lines = log()
    graphs = [i for i, line in enumerate(lines) if line.startswith("graph")]
    assert len(graphs) == 48
    within = lines[graphs[0] : graphs[-1]]
    stops = ("copy", "the host waits for all")
    # The host may wait for a mark, if it is too far ahead; the device never waits for the host.
    assert not [line for line in within if line.startswith(stops)]
