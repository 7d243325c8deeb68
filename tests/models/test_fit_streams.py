"""fit, evaluate and predict on data that comes batch by batch give what they give on arrays."""

import os
import signal
import threading

import numpy as np
import pytest

import mark1
from mark1.callbacks import Callback
from mark1.layers import Dense, Input
from mark1.models.streams import StreamWarning
from tests.models.sources import loader_threads

BATCH, STEPS = 8, 5
RNG = np.random.default_rng(0)
X = RNG.standard_normal((BATCH * STEPS, 4)).astype(np.float32)
Y = (X[:, 0] > 0).astype(np.int64)
W = RNG.uniform(0.5, 2.0, len(X)).astype(np.float32)


@pytest.fixture(autouse=True)
def _no_thread_is_left():
    yield
    assert loader_threads() == []


def make(built=True):
    mark1.utils.set_random_seed(3)
    layers = [Dense(6, activation="tanh"), Dense(2, activation="softmax")]
    model = mark1.Sequential([Input((4,)), *layers] if built else layers)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def batches(parts=2):
    for begin in range(0, len(X), BATCH):
        yield tuple(a[begin : begin + BATCH] for a in (X, Y, W)[:parts])


def endless(parts=2):
    while True:
        yield from batches(parts)


class Iterable:
    def __iter__(self):
        return batches()


class Numbered(mark1.utils.PyDataset):
    def __init__(self):
        super().__init__()
        self.asked, self.ends = [], 0

    def __len__(self):
        return STEPS

    def __getitem__(self, index):
        self.asked.append(index)
        return X[index * BATCH : (index + 1) * BATCH], Y[index * BATCH : (index + 1) * BATCH]

    def on_epoch_end(self):
        self.ends += 1


def trained(x, *, built=True, **options):
    model = make(built)
    history = model.fit(x, epochs=3, verbose=0, **options)
    return mark1.utils.weights_hash(model), history.history


@pytest.fixture(scope="module")
def expected():
    return trained(X, y=Y, batch_size=BATCH, shuffle=False)


@pytest.mark.parametrize("built", [True, False])
@pytest.mark.parametrize(
    ("source", "options"),
    [
        (endless, {"steps_per_epoch": STEPS}),
        (Iterable, {}),
        (Iterable, {"steps_per_epoch": STEPS}),
        (Numbered, {"shuffle": False}),
    ],
    ids=["generator", "iterable", "iterable with steps", "PyDataset"],
)
def test_streams_train_to_the_same_bits_as_arrays(source, options, built, expected):
    assert trained(source(), built=built, **options) == expected


def test_steps_in_python_train_to_the_same_bits(expected):
    model = make()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"], run_eagerly=True)
    history = model.fit(Iterable(), epochs=3, verbose=0)
    assert (mark1.utils.weights_hash(model), history.history) == expected


def test_weights_of_samples_and_classes():
    options = {"class_weight": {1: 3.0}}
    arrays = trained(X, y=Y, sample_weight=W, batch_size=BATCH, shuffle=False, **options)
    stream = trained(endless(3), steps_per_epoch=STEPS, **options)
    assert stream == arrays


def test_numbered_batches_are_shuffled_reproducibly():
    first, second = Numbered(), Numbered()
    assert trained(first) == trained(second)
    # Epochs follow the look at the first batch.
    epochs = [first.asked[1 + STEPS * i :][:STEPS] for i in range(3)]
    assert first.asked == second.asked
    assert all(sorted(epoch) == list(range(STEPS)) for epoch in epochs)
    assert epochs[0] != epochs[1]
    assert first.ends == 3


@pytest.mark.parametrize(
    ("validation", "options"),
    [
        (Iterable, {}),
        (Numbered, {}),
        (endless, {"validation_steps": STEPS}),
        (lambda: (X, Y), {"validation_batch_size": BATCH}),
    ],
)
def test_validation(validation, options):
    arrays = trained(
        X, y=Y, batch_size=BATCH, shuffle=False, validation_data=(X, Y), validation_batch_size=BATCH
    )
    both = trained(Iterable(), validation_data=validation(), **options)
    assert both == arrays
    assert len(both[1]["val_accuracy"]) == 3


def test_validation_of_a_part_is_of_the_same_part_each_time():
    model = make()
    model.fit(
        Iterable(), epochs=1, verbose=0, validation_data=Iterable(), validation_steps=STEPS - 2
    )
    n = BATCH * (STEPS - 2)
    got = model.fit(
        Iterable(),
        epochs=2,
        verbose=0,
        validation_data=Iterable(),
        validation_steps=STEPS - 2,
    ).history["val_loss"]
    assert got[-1] == model.evaluate(X[:n], Y[:n], batch_size=BATCH, verbose=0)[0]


def test_evaluate_and_predict():
    model = make()
    expected = model.evaluate(X, Y, batch_size=BATCH, verbose=0)
    assert model.evaluate(Iterable(), verbose=0) == expected
    assert model.evaluate(Numbered(), verbose=0) == expected
    assert model.evaluate(endless(), steps=STEPS, verbose=0) == expected
    outputs = model.predict(X, verbose=0)
    assert np.array_equal(model.predict(Iterable(), verbose=0), outputs)
    assert np.array_equal(model.predict((x for x, _ in batches()), verbose=0), outputs)
    two = model.predict(endless(3), steps=2, verbose=0)
    assert np.array_equal(two, outputs[: 2 * BATCH])
    with pytest.warns(StreamWarning, match=r"^\[evaluate\] the data ended after 5 of 9 batches$"):
        assert model.evaluate(batches(), steps=9, verbose=0) == expected
    with pytest.warns(StreamWarning, match=r"^\[predict\] the data ended after 5 of 9 batches$"):
        assert np.array_equal(model.predict(batches(), steps=9, verbose=0), outputs)


def test_training_ends_with_its_generator():
    class Count(Callback):
        epochs, batches, ended = 0, 0, False

        def on_epoch_end(self, epoch, logs=None):
            self.epochs += 1

        def on_train_batch_end(self, batch, logs=None):
            self.batches += 1

        def on_train_end(self, logs=None):
            self.ended = True

    model, count = make(), Count()
    with pytest.warns(StreamWarning, match=r"ended after 2 of 3 batches of epoch 2; training ends"):
        history = model.fit(batches(), epochs=4, steps_per_epoch=3, verbose=0, callbacks=[count])
    assert (count.epochs, count.batches, count.ended) == (2, 5, True)
    assert history.epoch == [0, 1]
    assert int(model.optimizer.iterations) == 5
    with pytest.warns(StreamWarning, match="ended after epoch 1, with 5 batches in all; training"):
        assert make().fit(batches(), epochs=2, verbose=0).epoch == [0]


def test_a_generator_stands_where_the_epochs_ended():
    numbers = iter(range(1000))
    source = ((*next(batches()), np.full(BATCH, next(numbers))) for _ in range(1000))
    make().fit(source, epochs=3, steps_per_epoch=2, verbose=0)
    assert next(source)[2][0] == 6


def test_stopping_within_an_epoch_ends_the_thread():
    class Stop(Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.stop_training = True

    model = make()
    model.fit(endless(), epochs=2, steps_per_epoch=1000, verbose=0, callbacks=[Stop()])
    assert int(model.optimizer.iterations) == 1


def test_errors_on_the_way_end_the_thread_and_leave_the_model_usable(expected):
    def fails():
        yield from batches()
        raise OSError("disk gone")

    model = make()
    with pytest.raises(OSError, match="disk gone"):
        model.fit(fails(), epochs=2, verbose=0)
    assert loader_threads() == []
    model.fit(Iterable(), verbose=0)


def test_ctrl_c_stops_after_the_batch(capsys):
    def source():
        for number, batch in enumerate(endless()):
            if number == 7:
                os.kill(os.getpid(), signal.SIGINT)
            yield batch

    model = make()
    history = model.fit(source(), epochs=100, steps_per_epoch=STEPS, verbose=2)
    assert history.epoch == [0]
    assert 5 <= int(model.optimizer.iterations) <= 8
    assert "Interrupted: training stopped after batch" in capsys.readouterr().out


def test_the_generator_runs_elsewhere():
    seen = set()

    def source():
        for batch in batches():
            seen.add(threading.get_ident())
            yield batch

    make().fit(source(), verbose=0)
    assert len(seen) == 1
    assert threading.get_ident() not in seen


@pytest.mark.parametrize(
    ("call", "kind", "text"),
    [
        (lambda m: m.fit(batches(), Y), ValueError, r"\[fit\] y cannot be given with x as a str"),
        (lambda m: m.fit(batches(), sample_weight=W), ValueError, "sample_weight cannot be given"),
        (lambda m: m.fit(batches(), validation_split=0.2), ValueError, "validation_split cannot"),
        (lambda m: m.fit(batches(), steps_per_epoch=0), ValueError, "steps_per_epoch must be at"),
        (lambda m: m.fit(batches(), steps_per_epoch=2.0), TypeError, "steps_per_epoch must be an"),
        (lambda m: m.fit(batches(1)), ValueError, r"\[fit\] needs targets: .* \(batch 1\)$"),
        (lambda m: m.fit(iter(())), ValueError, r"\[fit\] the data holds no batch"),
        (lambda m: m.fit(batches), ValueError, r"needs targets: .* or x a generator of \(x, y\)$"),
        (lambda m: m.fit(batches, Y), TypeError, r"\[fit\] x must be an array, got function"),
        (
            lambda m: m.fit(iter([(X[:, :3], Y)])),
            ValueError,
            r"3.*\(batch 1\)$",
        ),
        (lambda m: m.fit(X, batches()), TypeError, "a stream of batches is given as x alone"),
        (lambda m: m.evaluate(batches(), Y), ValueError, r"\[evaluate\] y cannot be given"),
        (lambda m: m.evaluate(batches(1)), ValueError, r"\[evaluate\] needs targets"),
        (
            lambda m: m.fit(X, Y, validation_data=iter([(X, [0])])),
            ValueError,
            r"\[validation\] .*same number of samples",
        ),
        (lambda m: m.predict(iter(())), ValueError, r"\[predict\] the data holds no batch"),
        (lambda m: m.predict(iter([X[:, :3]])), ValueError, r"\(batch 1\)$"),
    ],
)
def test_messages(call, kind, text):
    with pytest.raises(kind, match=text):
        call(make())


def test_progress_of_an_epoch_whose_length_is_not_known(capsys):
    make().fit(Iterable(), epochs=2, verbose=2)
    assert capsys.readouterr().out.count("5/5") == 2
