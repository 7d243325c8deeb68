"""Native fits beside other threads and under Ctrl-C: no half steps, nothing torn."""

import os
import signal
import threading
import time
import warnings

import numpy as np
import pytest

import mark1
from mark1.callbacks import Callback
from mark1.layers import Dense, Input
from tests.models.native_models import seeded, state


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
    taken, begun, done = [], threading.Event(), threading.Event()

    def train():
        try:
            assert begun.wait(30)
            model.fit(x, y, epochs=60, batch_size=64, verbose=0)
        finally:
            done.set()

    def look():
        while not done.is_set() and len(taken) < 50:
            for v in model.trainable_variables:
                handle = v.value
                taken.append((handle, np.array(handle)))
            begun.set()
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
            until = time.monotonic() + 30
            while len(seen) < 3 and time.monotonic() < until:
                model.fit(x, y, epochs=10, batch_size=64, verbose=0)
        finally:
            done.set()

    def look():
        while not done.is_set():
            kernel = model.get_weights()[0]
            assert kernel.min() == kernel.max()
            seen.add(float(kernel[0, 0]))

    in_threads(train, look)
    assert len(seen) >= 3


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


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_while_another_thread_trains():
    model, x, y = big()
    model.fit(x, y, epochs=2, verbose=0)
    training = threading.Thread(target=lambda: model.fit(x, y, epochs=600, verbose=0), daemon=True)
    training.start()
    try:
        for _ in range(5):
            time.sleep(0.02)
            with warnings.catch_warnings():
                # Python warns because there is another thread: surviving that is what is tested.
                warnings.simplefilter("ignore", DeprecationWarning)
                child = os.fork()
            if child == 0:
                # The weights are those after some step, and training goes on from there.
                signal.alarm(30)
                fine = all(np.isfinite(w).all() for w in model.get_weights())
                model.predict(x[:8], verbose=0)
                model.fit(x, y, epochs=2, verbose=0)
                os._exit(0 if fine else 1)
            assert os.waitpid(child, 0)[1] == 0
    finally:
        training.join(60)
    assert not training.is_alive()
