"""Data that lie on the device of the model: they stay there, and training has the same bits."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import mark1
from mark1 import devices, ops
from mark1.device_array import DeviceArray
from mark1.models.checks import NonFiniteWarning
from tests.cuda.conftest import DEVICE
from tests.cuda.test_exchange import Dlpack, Unreadable, on_device

RNG = np.random.default_rng(7)
N = 1000  # x has 48 KB: far more than the numbers that are read
X = RNG.normal(size=(N, 12)).astype(np.float32)
LABELS = RNG.integers(0, 5, N).astype(np.int32)
WEIGHTS = RNG.random((N, 1)).astype(np.float32)
ORDER = 8 * N  # bytes
LITTLE = 1000  # bytes of answers, totals and seeds
SPARSE = "sparse_categorical_crossentropy"


def make(device, loss=SPARSE, **options):
    mark1.utils.set_random_seed(1)
    layers = [mark1.Input((12,)), mark1.layers.Dense(5, activation="softmax", name="out")]
    model = mark1.Sequential(layers)
    model.compile("adam", loss, metrics=["accuracy"], device=device, **options)
    return model


def copied(action):
    """What an action returns, and the bytes that it has copied to the device and to the host."""
    before = devices.copy_counts()
    out = action()
    after = devices.copy_counts()
    sent, read = (after[key] - before[key] for key in ("bytes_to_device", "bytes_to_host"))
    return out, sent, read


def fitted(model, x, y, **options):
    options = {"batch_size": 64, "epochs": 3, "verbose": 0, **options}
    history = model.fit(x, y, **options).history
    return history, mark1.utils.weights_hash(model)


WRAPS = {
    "interface": lambda array: Unreadable(on_device(array)),
    "dlpack": lambda array: Dlpack(on_device(array)),
    "tensor": on_device,
}


@pytest.mark.parametrize("wrap", WRAPS.values(), ids=WRAPS)
@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("eager", [True, False])
def test_fit_leaves_data_where_they_lie(wrap, shuffle, eager):
    expected = fitted(make("cpu"), X, LABELS, shuffle=shuffle)
    x, y, model = wrap(X), wrap(LABELS), make(DEVICE, run_eagerly=eager)
    found, sent, read = copied(lambda: fitted(model, x, y, shuffle=shuffle))
    assert found == expected
    assert sent <= (3 * ORDER if shuffle else 0) + LITTLE
    # Steps in Python look whether labels are right, one by one.
    assert read < LITTLE + (48 * 16 if eager else 0)


TARGETS = {
    "float32 labels": (SPARSE, LABELS.astype(np.float32)),
    "int64 column": (SPARSE, LABELS[:, None].astype(np.int64)),
    "uint8 labels": (SPARSE, LABELS.astype(np.uint8)),
    "one-hot": ("categorical_crossentropy", np.eye(5)[LABELS]),
    "bools": ("binary_crossentropy", np.eye(5, dtype=bool)[LABELS]),
    "ignored": (mark1.losses.SparseCategoricalCrossentropy(ignore_class=4), LABELS),
    "numbers": ("mse", np.eye(5, dtype=np.float32)[LABELS]),
}


@pytest.mark.parametrize(("loss", "y"), TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "uint8"])
def test_what_has_another_dtype_is_converted_on_the_device(loss, y, dtype):
    x = (10 * abs(X)).astype(dtype)
    options = {"shuffle": False, "epochs": 2}
    expected = fitted(make("cpu", loss), x, y, **options)
    foreign = Unreadable(on_device(x)), Unreadable(on_device(y))
    model = make(DEVICE, loss)
    found, sent, read = copied(lambda: fitted(model, *foreign, **options))
    assert found == expected
    assert max(sent, read) < LITTLE


def test_weights_and_data_to_validate_with_stay_as_well():
    given = (X, LABELS, WEIGHTS)

    def results(device, arrays):
        x, y, weights = arrays
        model = make(device)
        options = {"sample_weight": weights, "shuffle": False}
        split = fitted(model, x, y, validation_split=0.3, **options)
        apart = fitted(model, x, y, validation_data=(x, y, weights), **options)
        steps = fitted(model, x, y, validation_data=(x, y), validation_steps=2, steps_per_epoch=5)
        return split, apart, steps

    expected = results("cpu", given)
    foreign = [Unreadable(on_device(array)) for array in given]
    found, sent, read = copied(lambda: results(DEVICE, foreign))
    assert found == expected
    assert sent <= 3 * ORDER + LITTLE  # the last fit shuffles
    assert read < 3 * LITTLE


def test_evaluation_steps_and_predictions_leave_data_where_they_lie():
    x, y, weights = (Unreadable(on_device(array)) for array in (X, LABELS, WEIGHTS))
    cpu, there = make("cpu"), make(DEVICE)
    actions = [
        lambda model, x, y, w: model.evaluate(x, y, sample_weight=w, batch_size=64, verbose=0),
        lambda model, x, y, w: [model.train_on_batch(x, y, sample_weight=w) for _ in range(4)],
        lambda model, x, y, w: [model.test_on_batch(x, y, sample_weight=w) for _ in range(4)],
    ]
    for action in actions:
        found, sent, read = copied(lambda action=action: action(there, x, y, weights))
        assert found == action(cpu, X, LABELS, WEIGHTS)
        assert max(sent, read) < LITTLE
    outputs = 4 * N * 5
    for options in ({}, {"batch_size": 64}, {"batch_size": 64, "steps": 3}):
        expected = cpu.predict(X, verbose=0, **options)
        found, sent, read = copied(lambda: there.predict(x, verbose=0, **options))  # noqa: B023
        assert np.array_equal(found, expected)
        assert sent < LITTLE
        assert read <= outputs + LITTLE
    found, sent, _ = copied(lambda: there.predict_on_batch(x))
    assert np.array_equal(found, cpu.predict_on_batch(X))
    assert sent < LITTLE


@pytest.mark.parametrize("nest", [list, lambda parts: dict(zip("ab", parts, strict=True))])
def test_several_inputs_stay_and_may_be_mixed_with_arrays_of_the_host(nest):
    def results(device, parts):
        mark1.utils.set_random_seed(1)
        a, b = mark1.Input((12,), name="a"), mark1.Input((12,), name="b")
        x = mark1.layers.concatenate([a, b])
        model = mark1.Model([a, b], mark1.layers.Dense(5, activation="softmax")(x))
        model.compile("adam", SPARSE, device=device)
        return fitted(model, nest(parts), LABELS)

    expected = results("cpu", [X, 2 * X])
    assert results(DEVICE, [Unreadable(on_device(X)), Unreadable(on_device(2 * X))]) == expected
    assert results(DEVICE, [Unreadable(on_device(X)), 2 * X]) == expected
    assert results(DEVICE, [X, on_device(2 * X)]) == expected


def test_data_take_no_room_where_they_lie_already(monkeypatch):
    expected = fitted(make("cpu"), X, LABELS)
    x, y, model = on_device(X), on_device(LABELS), make(DEVICE)
    monkeypatch.setattr(devices, "memory", lambda name: {"free": 100})
    found, sent, _ = copied(lambda: fitted(model, x, y))
    assert found == expected
    assert sent <= 3 * ORDER + LITTLE
    assert fitted(make(DEVICE), x, LABELS) == expected  # the labels go batch by batch


def test_weights_of_classes_are_made_of_labels_on_the_device():
    expected = fitted(make("cpu"), X, LABELS, class_weight={1: 2.0}, sample_weight=WEIGHTS)
    x, y, weights = (Unreadable(on_device(array)) for array in (X, LABELS, WEIGHTS))
    model = make(DEVICE)
    options = {"class_weight": {1: 2.0}, "sample_weight": weights}
    found, sent, read = copied(lambda: fitted(model, x, y, **options))
    assert found == expected
    assert sent <= 3 * ORDER + 4 * N + LITTLE
    assert read <= 8 * N + LITTLE  # the labels and their weights


def test_other_libraries_may_let_go_of_their_arrays():
    class Forgetful(mark1.callbacks.Callback):
        def on_train_begin(self, logs=None):
            foreign.clear()

    expected = fitted(make("cpu"), X, LABELS)
    foreign = [Unreadable(on_device(X)), Unreadable(on_device(LABELS))]

    def given():
        return make(DEVICE).fit(
            foreign[0], foreign[1], batch_size=64, epochs=3, verbose=0, callbacks=[Forgetful()]
        )

    assert given().history == expected[0]
    assert not foreign


MISTAKES = {
    "lengths": lambda there: (there(X), there(LABELS[:-1])),
    "empty": lambda there: (there(X[:0]), there(LABELS[:0])),
    "a number": lambda there: (there(X[0, 0]), there(LABELS)),
    "label too great": lambda there: (there(X), there(LABELS + 1)),
    "label below 0": lambda there: (there(X), there(LABELS - 1)),
    "fraction": lambda there: (there(X), there(LABELS + np.float32(0.5) * (LABELS == 2))),
    "label is nan": lambda there: (there(X), there(np.where(LABELS == 2, np.nan, 1.0))),
    "width": lambda there: (there(X[:, :7].copy()), there(LABELS)),
    "one-hot": lambda there: (there(X), there(np.eye(5, dtype=np.float32)[LABELS])),
    "weights": lambda there: (there(X), there(LABELS), there(X)),
    "strings": lambda there: (there(X), ["a"] * N),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
@pytest.mark.filterwarnings("ignore::mark1.models.checks.NonFiniteWarning")
def test_mistakes_are_told_as_ever(mistake):
    def told(device, there):
        x, y, *weights = mistake(there)
        with pytest.raises((TypeError, ValueError)) as error:
            make(device).fit(x, y, sample_weight=weights[0] if weights else None, verbose=0)
        return error.type, str(error.value)

    expected = told("cpu", np.asarray)
    assert told(DEVICE, lambda array: Unreadable(on_device(np.asarray(array)))) == expected


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_reported_as_ever(value):
    x = X.copy()
    x[3, 4] = x[700, 1] = value

    def told(device, x):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            make(device).fit(x, LABELS, verbose=0)
        return [str(w.message) for w in caught if w.category is NonFiniteWarning]

    expected = told("cpu", x)
    assert len(expected) == 1
    assert told(DEVICE, Unreadable(on_device(x))) == expected


def test_other_layouts_are_refused():
    columns = Unreadable(on_device(X), strides=(4, 4 * N))
    with pytest.raises(ValueError, match="only if it is row-major"):
        make(DEVICE).fit(columns, LABELS, verbose=0)


def test_arrays_that_do_not_say_where_they_lie_are_read_by_numpy():
    class Spread(np.lib.mixins.NDArrayOperatorsMixin):
        def __array__(self, dtype=None, copy=None):
            return X

        def __dlpack_device__(self):
            raise BufferError("on several devices")

    assert fitted(make(DEVICE), Spread(), LABELS) == fitted(make("cpu"), X, LABELS)


def test_an_array_of_a_device():
    x = DeviceArray(on_device(X))
    assert (len(x), x.shape, x.ndim, x.size, x.dtype) == (N, (N, 12), 2, 12 * N, np.float32)
    assert x.astype("float32") is x
    assert np.array_equal(x[5:9], X[5:9])
    assert np.array_equal(x[-3:], X[-3:])
    assert x[5:9].tensor._address() == x.tensor._address() + 5 * 48
    assert len(x[N + 5 :]) == 0
    assert (x.min(), x.max()) == (X.min(), X.max())
    assert np.array(x, np.float64).dtype == np.float64
    wide = DeviceArray(ops.cast(on_device(X), "bfloat16"))
    assert wide.dtype == np.float32
    with pytest.raises(IndexError, match="side by side, got a step of 2"):
        x[::2]
