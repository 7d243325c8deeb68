"""Epochs of a given number of steps over arrays."""

import numpy as np
import pytest

import mark1
from mark1 import layers

RNG = np.random.default_rng(0)
X = RNG.normal(size=(10, 3)).astype(np.float32)
Y = RNG.normal(size=(10, 1)).astype(np.float32)


def make(**options):
    mark1.utils.set_random_seed(3)
    model = mark1.Sequential([mark1.Input((3,)), layers.Dense(4, "tanh"), layers.Dense(1)])
    model.compile("sgd", "mse", **options)
    return model


def weights_after(steps, epochs, shuffle=False, callbacks=None, **options):
    model = make(**options)
    model.fit(
        X,
        Y,
        batch_size=3,
        epochs=epochs,
        steps_per_epoch=steps,
        shuffle=shuffle,
        verbose=0,
        callbacks=callbacks,
    )
    return mark1.utils.weights_hash(model)


@pytest.mark.parametrize("shuffle", [False, True])
def test_passes_go_on_from_epoch_to_epoch(shuffle):
    # 12 steps are three passes of four batches, however they are cut into epochs.
    whole = weights_after(None, 3, shuffle)
    for steps, epochs in ((4, 3), (3, 4), (6, 2), (12, 1), (1, 12)):
        assert weights_after(steps, epochs, shuffle) == whole
    assert weights_after(3, 4, shuffle, run_eagerly=True) == whole
    assert weights_after(5, 2, shuffle) != whole


def test_callbacks_see_so_many_steps():
    class Watch(mark1.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.batches = []

        def on_train_begin(self, logs=None):
            assert self.params["steps"] == 3

        def on_train_batch_end(self, batch, logs=None):
            self.batches.append(batch)

    watch = Watch()
    weights_after(3, 2, callbacks=[watch])
    assert watch.batches == [0, 1, 2, 0, 1, 2]


def test_parts_to_measure_and_to_predict():
    model = make()
    assert model.evaluate(X, Y, batch_size=3, steps=2, verbose=0) == model.evaluate(
        X[:6], Y[:6], batch_size=3, verbose=0
    )
    assert model.evaluate(X, Y, batch_size=3, steps=9, verbose=0) == model.evaluate(
        X, Y, batch_size=3, verbose=0
    )
    np.testing.assert_array_equal(model.predict(X, batch_size=4, steps=2), model.predict(X)[:8])
    np.testing.assert_array_equal(model.predict(X, steps=1), model.predict(X))
    options = {"epochs": 2, "verbose": 0, "validation_batch_size": 2}
    part = make().fit(X, Y, validation_data=(X, Y), validation_steps=3, **options)
    less = make().fit(X, Y, validation_data=(X[:6], Y[:6]), **options)
    assert part.history == less.history


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda m: m.fit(X, Y, steps_per_epoch=2.5), TypeError, "steps_per_epoch must be an int"),
        (lambda m: m.evaluate(X, Y, steps=0), ValueError, "steps must be at least 1"),
        (lambda m: m.predict(X, steps=0), ValueError, r"\[predict\] steps must be at least 1"),
        (
            lambda m: m.fit(X, Y, validation_data=(X, Y), validation_steps=0),
            ValueError,
            "validation_steps must be at least 1",
        ),
    ],
)
def test_refused(call, error, text):
    with pytest.raises(error, match=text):
        call(make())
