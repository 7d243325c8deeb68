"""However an epoch is run - in Python, natively, in pieces - it gives the same bits."""

import os
import signal
import subprocess
import sys
import threading
import time
import warnings

import numpy as np
import pytest

import mark1
from mark1 import _core, ops
from mark1.callbacks import Callback
from mark1.layers import Dense, Dropout, Input, Layer
from mark1.recording import EagerStepWarning

RNG = np.random.default_rng(0)
X = RNG.normal(size=(70, 4))
Y = (X[:, 0] > 0).astype(np.int64) + (X[:, 1] > 0)
WEIGHT = RNG.uniform(0.5, 2.0, 70)


class Scale(Layer):
    """A user's own layer."""

    def build(self, input_shape):
        self.scale = self.add_weight((input_shape[-1],), initializer="ones")

    def call(self, x):
        return x * self.scale + ops.mean(x * x, axis=-1, keepdims=True) * 0.1


def own_loss(y_true, y_pred):
    return ops.mean((y_pred - ops.cast(y_true, y_pred.dtype)) ** 2, axis=-1)


def own_metric(y_true, y_pred):
    return ops.mean(y_pred * y_pred, axis=-1)


def make(dtype="float32", optimizer="adam", run_eagerly=False, seed=1):
    mark1.utils.set_random_seed(seed)
    model = mark1.Sequential(
        [
            Input((4,), dtype=dtype),
            Dense(8, activation="tanh", dtype=dtype),
            Dropout(0.3, dtype=dtype),
            Scale(dtype=dtype),
            Dense(3, activation="softmax", dtype=dtype),
        ],
    )
    rate = 0.01 if optimizer == "adam" else 0.1
    model.compile(
        mark1.optimizers.get({"class_name": optimizer, "config": {"learning_rate": rate}}),
        "sparse_categorical_crossentropy",
        metrics=["accuracy", own_metric],
        weighted_metrics=["sparse_categorical_crossentropy"],
        run_eagerly=run_eagerly,
    )
    return seeded(model)


def seeded(model):
    """Orders come from the global generator: drawn now, they depend on the model's seed alone."""
    assert model.shuffle_generator.seed >= 0
    return model


def fit(model, epochs=4, **options):
    options = {"batch_size": 16, "verbose": 0, "sample_weight": WEIGHT, **options}
    return model.fit(X, Y, epochs=epochs, validation_data=(X[:20], Y[:20]), **options).history


def state(model):
    """Everything that training changes."""
    own = model.optimizer.state_of(model.trainable_variables)
    return [mark1.utils.weights_hash(model), *(v.numpy().tobytes() for v in own)]


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
from tests.models.test_native_fit import Scale, own_metric, fit, state
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


def in_threads(*functions):
    errors = []

    def guarded(function):
        try:
            function()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(f,), daemon=True) for f in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "stuck"
    if errors:
        raise errors[0]


def big(seed=0, rows=256):
    """A model whose steps are long enough to be run without the interpreter's lock."""
    mark1.utils.set_random_seed(seed)
    model = mark1.Sequential(
        [Input((64,)), Dense(128, activation="relu"), Dense(3, activation="softmax")]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    x = np.random.default_rng(seed).normal(size=(rows, 64)).astype(np.float32)
    return seeded(model), x, (x[:, 0] > 0).astype(np.int64)


def test_two_models_in_two_threads():
    want = []
    for seed in range(2):
        model, x, y = big(seed)
        model.fit(x, y, epochs=10, verbose=0)
        want.append(state(model))
    models = [big(seed) for seed in range(2)]
    in_threads(*(lambda m=m, x=x, y=y: m.fit(x, y, epochs=10, verbose=0) for m, x, y in models))
    assert [state(model) for model, _, _ in models] == want


def test_two_threads_predict_with_one_model():
    model, x, _ = big()
    want = model.predict(x)

    def predict():
        for _ in range(30):
            np.testing.assert_array_equal(model.predict(x), want)
            np.testing.assert_array_equal(model.predict(x[:1]), want[:1])

    in_threads(predict, predict, predict)


def test_values_taken_while_another_thread_trains_never_change():
    model, x, y = big()
    taken, done = [], threading.Event()

    def train():
        try:
            model.fit(x, y, epochs=60, batch_size=64, verbose=0)
        finally:
            done.set()

    def look():
        while not done.is_set() and len(taken) < 50:
            for v in model.trainable_variables:
                handle = v.value
                taken.append((handle, np.array(handle)))
            model.predict(x[:1])
            time.sleep(0.001)

    want, _, _ = big()
    want.fit(x, y, epochs=60, batch_size=64, verbose=0)
    in_threads(train, look)
    assert taken
    for handle, copy in taken:
        np.testing.assert_array_equal(handle, copy)
    assert state(model) == state(want)


def test_one_variable_is_read_at_the_end_of_a_step():
    """All elements are updated alike, so they are equal after each step."""
    mark1.utils.set_random_seed(0)
    model = mark1.Sequential([Input((512,)), Dense(128, kernel_initializer="zeros")])
    model.compile(mark1.optimizers.SGD(0.01), "mse")
    x, y = np.ones((256, 512), np.float32), np.ones((256, 128), np.float32)
    done, seen = threading.Event(), set()

    def train():
        try:
            model.fit(x, y, epochs=30, batch_size=64, verbose=0)
        finally:
            done.set()

    def look():
        while not done.is_set():
            kernel = model.get_weights()[0]
            assert kernel.min() == kernel.max()
            seen.add(float(kernel[0, 0]))

    in_threads(train, look)
    assert len(seen) > 1


def test_one_model_in_two_threads_is_refused():
    model, x, y = big()
    inside, go_on = threading.Event(), threading.Event()

    class Wait(Callback):
        def on_epoch_end(self, epoch, logs=None):
            inside.set()
            go_on.wait(30)

    def second():
        inside.wait(30)
        try:
            with pytest.raises(RuntimeError, match=r"\[fit\] another thread is training or test"):
                model.fit(x, y, verbose=0)
        finally:
            go_on.set()

    in_threads(lambda: model.fit(x, y, verbose=0, callbacks=[Wait()]), second)


def test_ctrl_c_stops_a_long_native_epoch():
    model, x, y = big(rows=64)
    x, y = np.tile(x, (2000, 1)), np.tile(y, 2000)
    model.fit(x[:64], y[:64], epochs=5, verbose=0)
    pressed = []

    def press():
        pressed.append(time.perf_counter())
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(0.3, press)
    timer.start()
    model.fit(x, y, epochs=1000, batch_size=32, verbose=0, shuffle=False)
    stopped = time.perf_counter()
    timer.join()
    assert stopped - pressed[0] < 5.0  # 0.1 s on an idle machine
    steps = int(model.optimizer.iterations)
    again, _, _ = big(rows=64)
    again.fit(x[:64], y[:64], epochs=5, verbose=0)
    epochs, rest = divmod(steps - int(again.optimizer.iterations), 4000)
    if epochs:
        again.fit(x, y, epochs=epochs, batch_size=32, verbose=0, shuffle=False)
    if rest:
        again.fit(x[: rest * 32], y[: rest * 32], batch_size=32, verbose=0, shuffle=False)
    assert state(again) == state(model)
    model.fit(x[:64], y[:64], verbose=0)
