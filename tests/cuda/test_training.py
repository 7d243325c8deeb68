"""Models on a device: the CPU's weights to the last bit, and no copies that grow with the steps."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import mark1
from mark1 import devices
from tests.cuda.conftest import DEVICE

RNG = np.random.default_rng(3)
X = RNG.normal(size=(70, 12)).astype(np.float32)
Y = RNG.integers(0, 5, 70).astype(np.int32)


def make(optimizer="adam", dropout=0.0, **options) -> mark1.Sequential:
    mark1.utils.set_random_seed(1)
    layers = [
        mark1.Input((12,)),
        mark1.layers.Dense(16, activation="relu"),
        mark1.layers.Dropout(dropout),
        mark1.layers.Dense(5, activation="softmax"),
    ]
    model = mark1.Sequential(layers)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"], **options)
    return model


def fitted(model, epochs=3, **options):
    history = model.fit(X, Y, batch_size=16, epochs=epochs, verbose=0, **options)
    return history.history, mark1.utils.weights_hash(model)


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "rmsprop"])
@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_training_has_the_bits_of_the_cpu(optimizer, dropout):
    on_cpu = fitted(make(optimizer, dropout))
    model = make(optimizer, dropout).to(DEVICE)
    assert {v.device for v in model.weights} == {DEVICE}
    assert fitted(model) == on_cpu
    assert {v.device for v in model.weights} == {DEVICE}


def test_eager_steps_have_the_bits_of_native_ones():
    native = fitted(make().to(DEVICE))
    assert fitted(make(run_eagerly=True).to(DEVICE)) == native


def test_validation_evaluation_and_prediction():
    data = {"validation_data": (X[:20], Y[:20])}
    model = make()
    expected = fitted(model, **data)
    here = make().to(DEVICE)
    assert fitted(here, **data) == expected
    assert here.evaluate(X, Y, verbose=0) == model.evaluate(X, Y, verbose=0)
    for x in (X, X[:1], X[:33]):
        for _ in range(4):
            assert np.array_equal(here.predict(x, verbose=0), model.predict(x, verbose=0))
    assert np.array_equal(np.asarray(here(X)), np.asarray(model(X)))
    assert here.train_on_batch(X, Y) == model.train_on_batch(X, Y)
    assert here.test_on_batch(X, Y) == model.test_on_batch(X, Y)
    assert np.array_equal(here.predict_on_batch(X), model.predict_on_batch(X))
    assert devices.current_device() == "cpu:0"


def test_copies_do_not_grow_with_the_steps():
    model = make().to(DEVICE)
    fitted(model)
    seen = []

    class Count(mark1.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append(devices.copy_counts())

    model.fit(X, Y, batch_size=2, epochs=5, verbose=0, callbacks=[Count()])
    copies = [
        {key: after[key] - before[key] for key in after}
        for before, after in itertools.pairwise(seen)
    ]
    assert copies[1:] == copies[:1] * 3, copies
    assert copies[0]["to_device"] <= 2  # the order of the samples, at most
    assert copies[0]["to_host"] <= 8  # totals, seed
    assert copies[0]["bytes_to_host"] < 1000


def test_a_program_runs_on_the_device():
    model = make().to(DEVICE)
    fitted(model)
    said = []
    model.explain_speed(said.append)
    assert said[0].startswith("On cuda:0 (asked for 'cuda:0').\n")
    assert "native" in said[0]
    programs = [replay.last_program for _, replay in model._compiled.replays.items()]
    assert programs
    assert {program.device for program in programs} == {DEVICE}


def test_a_stream_is_sent_batch_by_batch():
    def batches():
        for begin in range(0, 64, 16):
            yield X[begin : begin + 16], Y[begin : begin + 16]

    results = []
    for model in (make(), make().to(DEVICE)):
        model.fit(batches(), verbose=0)
        results.append(mark1.utils.weights_hash(model))
    assert results[0] == results[1]


def test_data_that_takes_too_much_stays_on_the_host(monkeypatch):
    expected = fitted(make())
    free = devices.memory(DEVICE)["free"]
    assert free > 0
    monkeypatch.setattr(devices, "memory", lambda name: {"free": 100})
    before = devices.copy_counts()["to_device"]
    assert fitted(make().to(DEVICE)) == expected
    assert devices.copy_counts()["to_device"] - before >= 3 * 4  # batches of three epochs


def test_a_model_moves_between_fits():
    model = make()
    steps = [DEVICE, "cpu", DEVICE]
    for place in steps:
        fitted(model.to(place), epochs=1)
    again = make()
    for _ in steps:
        fitted(again, epochs=1)
    assert mark1.utils.weights_hash(model) == mark1.utils.weights_hash(again)


def test_compile_says_what_it_chose(capsys):
    model = make(device="auto")
    assert model.device == DEVICE
    assert capsys.readouterr().out.startswith("[compile] runs on cuda:0: cuda:0 ")
    fitted(model)
    assert capsys.readouterr().out == ""
    assert make(device="cpu").device == "cpu:0"
    assert make(device="cuda").device == DEVICE


def test_checks_of_values_end_a_native_step():
    total = mark1.Variable(np.zeros(3, np.float32)).to(DEVICE)

    @mark1.function
    def step(x, at):
        rows = mark1.ops.take(x, at, axis=0)
        total.assign(total + mark1.ops.sum(rows))
        return rows

    x = mark1.ops.convert_to_tensor(X).to(DEVICE)
    good = mark1.ops.convert_to_tensor([1, 2]).to(DEVICE)
    wrong = mark1.ops.convert_to_tensor([1, 99]).to(DEVICE)
    for _ in range(5):
        assert np.array_equal(step(x, good).numpy(), X[1:3])
    before = total.numpy()
    with pytest.raises(ValueError, match="index 99 at position 1 is out of range for 70 rows"):
        step(x, wrong)
    assert np.array_equal(total.numpy(), before)  # nothing after the check has run
    assert np.array_equal(step(x, good).numpy(), X[1:3])
    assert not np.array_equal(total.numpy(), before)


def test_a_model_made_within_a_block_lies_there():
    on_cpu = fitted(make())
    with mark1.device(DEVICE):
        model = make()
        assert {v.device for v in model.weights} == {DEVICE}
        assert fitted(model) == on_cpu


def test_functions_are_recorded_on_the_device():
    @mark1.function
    def step(x):
        return mark1.ops.tanh(x) * 2.0 + 1

    x = mark1.ops.convert_to_tensor(X).to(DEVICE)
    expected = np.asarray(mark1.ops.tanh(mark1.ops.convert_to_tensor(X)) * 2.0 + 1)
    for _ in range(6):
        y = step(x)
        assert y.device == DEVICE
        assert np.array_equal(y.numpy(), expected)


def test_a_saved_model_is_the_same(tmp_path):
    model = make().to(DEVICE)
    fitted(model)
    model.save(tmp_path / "m.keras")
    back = mark1.models.load_model(tmp_path / "m.keras")
    assert mark1.utils.weights_hash(back) == mark1.utils.weights_hash(model)
    assert back.device == "cpu:0"
