"""However an epoch is run - in Python, natively, in pieces - it gives the same bits."""

import os
import signal
import subprocess
import sys
import warnings

import numpy as np
import pytest

import mark1
from mark1 import _core, ops
from mark1.callbacks import Callback
from mark1.layers import Dense, Input, Layer
from mark1.recording import EagerStepWarning
from tests.models.native_models import WEIGHT, X, Y, fit, make, state


class Batches(Callback):
    def on_train_batch_end(self, batch, logs=None): ...

    def on_test_batch_end(self, batch, logs=None): ...


def is_native(model):
    replays = [r for key, r in model._compiled.replays.items() if key[0] == "fit"]
    return bool(replays) and all(replay.program is not None for replay in replays)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("shuffle", [True, False])
def test_python_epochs_and_batches_agree(dtype, optimizer, shuffle):
    runs = []
    for eagerly, callbacks in ((True, None), (False, None), (False, [Batches()])):
        model = make(dtype, optimizer, eagerly)
        history = fit(model, shuffle=shuffle, callbacks=callbacks)
        runs.append((history, state(model), model.evaluate(X, Y, verbose=0), model.predict(X)))
        if not eagerly:
            assert is_native(model)
    for run in runs[1:]:
        assert run[:3] == runs[0][:3]
        np.testing.assert_array_equal(run[3], runs[0][3])


def test_threads_and_instruction_sets_agree():
    want = make()
    history = fit(want)
    for isa, threads in (("reference", 1), ("avx2", 2), (_core.isa(), 3)):
        _core.set_isa(isa)
        _core.set_num_threads(threads)
        _core.set_work_per_member(1)
        model = make()
        assert fit(model) == history
        assert state(model) == state(want)


def test_train_on_batch_is_fit():
    native, by_hand = make(), make()
    fit(native, shuffle=False, sample_weight=None, class_weight={0: 2.0, 1: 1.0, 2: 0.5})
    for _ in range(4):
        for begin in range(0, 70, 16):
            x, y = X[begin : begin + 16], Y[begin : begin + 16]
            by_hand.train_on_batch(x, y, class_weight={0: 2.0, 1: 1.0, 2: 0.5})
    assert state(native) == state(by_hand)


class Stop(Callback):
    """Ends training after so many batches, in one of several ways."""

    def __init__(self, how, hook, number):
        super().__init__()
        self.how, self.left = how, number
        setattr(self, hook, self.count)

    def count(self, *args):
        self.left -= 1
        if self.left == 0 and self.how == "raise":
            raise KeyError("mine")
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGINT)

    def on_train_batch_begin(self, batch, logs=None): ...

    def on_train_batch_end(self, batch, logs=None): ...


@pytest.mark.parametrize("how", ["raise", "ctrl-c"])
@pytest.mark.parametrize(
    ("hook", "number", "steps"),
    [
        ("on_train_batch_end", 8, 8),
        ("on_train_batch_begin", 8, 7),
        ("on_epoch_begin", 2, 5),
        ("on_epoch_end", 2, 10),
        ("on_test_begin", 1, 5),
        ("on_train_begin", 1, 0),
    ],
)
def test_stopped_anywhere_a_model_is_whole(how, hook, number, steps):
    model, want = make(), make()
    try:
        fit(model, callbacks=[Stop(how, hook, number)])
    except KeyError:
        assert how == "raise"
    if how == "ctrl-c":  # it is seen after the batch
        steps = int(model.optimizer.iterations)
    assert int(model.optimizer.iterations) == steps

    class Until(Callback):
        def on_train_batch_end(self, batch, logs=None):
            if int(self.model.optimizer.iterations) == steps:
                self.model.stop_training = True

    if steps:
        fit(want, callbacks=[Until()])
        assert state(model) == state(want)
    fit(model)
    assert is_native(model)


RESUME = """
import sys, numpy as np, mark1
sys.path.insert(0, {tests!r})
from tests.models.native_models import Scale, own_metric, fit, state
model = mark1.models.load_model({path!r}, custom_objects=dict(Scale=Scale, own_metric=own_metric))
fit(model, initial_epoch=2)
print(state(model)[0])
"""


def test_saved_and_resumed_in_another_process(tmp_path):
    unbroken, broken = make(), make()
    fit(unbroken)
    fit(broken, epochs=2)
    path = str(tmp_path / "model.keras")
    broken.save(path)
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    out = subprocess.run(
        [sys.executable, "-c", RESUME.format(tests=root, path=path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )
    assert out.returncode == 0, out.stderr
    assert out.stdout.strip() == state(unbroken)[0]


def test_what_changes_between_and_during_fits():
    class Decay(Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.model.optimizer.learning_rate = 0.02 / (epoch + 1)

        def on_epoch_end(self, epoch, logs=None):
            if epoch == 2:
                self.model.set_weights([w * 0.5 for w in self.model.get_weights()])

    def run(eagerly):
        model = make(run_eagerly=eagerly)
        histories = [fit(model, callbacks=[Decay()])]
        model.layers[0].trainable = False
        model.layers[1].rate = 0.5
        frozen = model.layers[0].get_weights()
        histories.append(fit(model))
        assert all(
            np.array_equal(a, b) for a, b in zip(frozen, model.layers[0].get_weights(), strict=True)
        )
        model.layers[0].trainable = True
        histories.append(fit(model))
        return histories, state(model)

    assert run(False) == run(True)


def test_labels_out_of_range_leave_no_half_step():
    model = make()
    fit(model)
    assert is_native(model)
    before, steps = state(model), int(model.optimizer.iterations)
    bad = Y[:16].copy()
    bad[3] = 3
    with pytest.raises(ValueError, match="sparse_categorical_crossentropy"):
        model.fit(X[:16], bad, batch_size=16, sample_weight=WEIGHT[:16], verbose=0)
    assert state(model)[1:] == before[1:]
    assert int(model.optimizer.iterations) == steps
    fit(model)
    assert is_native(model)


def test_steps_that_read_values_say_so_once():
    class Peek(Layer):
        def call(self, x):
            return x * (2.0 if float(ops.mean(x)) > 0 else 1.0)

    def run(eagerly):
        mark1.utils.set_random_seed(0)
        model = mark1.Sequential([Input((4,)), Peek(), Dense(3, activation="softmax")])
        model.compile("sgd", "sparse_categorical_crossentropy", run_eagerly=eagerly)
        model.fit(X, Y, batch_size=10, epochs=2, verbose=0)
        return model

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        model = run(False)
    assert [w.category for w in told] == [EagerStepWarning]
    text = "[fit] runs step by step in Python, because it reads a value (as a number), "
    assert str(told[0].message).startswith(text)
    assert told[0].filename == __file__
    assert state(model) == state(run(True))
    said = []
    model.explain_speed(said.append)
    assert "in Python, because it reads a value (as a number)" in said[0]


def test_explain_speed():
    model = make()
    said = []
    model.explain_speed(said.append)
    fit(model, epochs=20)
    model.explain_speed(said.append)
    assert said[0] == "No step has run yet: call fit, evaluate or predict first."
    assert "fit, batches of float32(16, 4), " in said[1]
    assert "native, " in said[1]
    assert "adam: " in said[1]


# Threads.
