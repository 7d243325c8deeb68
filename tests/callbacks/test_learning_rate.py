"""Callbacks that change the learning rate, in real training."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1.callbacks import CallbackList, LearningRateScheduler, ReduceLROnPlateau


def fit(callback, epochs=3, rate=0.5):
    x = np.ones((4, 1), np.float32)
    model = mark1.Sequential([mark1.Input((1,)), mark1.layers.Dense(1)])
    model.compile(mark1.optimizers.SGD(rate), "mse")
    history = model.fit(x, x, epochs=epochs, verbose=0, callbacks=[callback])
    return history.history["learning_rate"]


def test_scheduler_sets_and_logs_the_rate(capsys):
    halve = LearningRateScheduler(lambda epoch, rate: rate / 2 if epoch else rate, verbose=1)
    assert fit(halve) == [0.5, 0.25, 0.125]
    assert capsys.readouterr().out.splitlines()[1] == "Epoch 2: learning rate 0.25"


def test_scheduler_may_do_without_the_rate():
    assert fit(LearningRateScheduler(lambda epoch: 1.0 / (1 << epoch))) == [1.0, 0.5, 0.25]


def test_scheduler_refuses_what_is_no_float():
    with pytest.raises(TypeError, match="schedule must return a float, got str"):
        fit(LearningRateScheduler(lambda epoch, rate: "fast"))


class Model:
    stop_training = False

    def __init__(self):
        self.optimizer = mark1.optimizers.SGD(1.0)


def run(callback, values):
    """Return the rate after each epoch."""
    model = Model()
    callbacks = CallbackList([callback], model=model, epochs=len(values))
    callbacks.on_train_begin()
    rates = []
    for epoch, value in enumerate(values):
        callbacks.on_epoch_end(epoch, {"val_loss": value})
        rates.append(float(model.optimizer.learning_rate))
    return rates


def test_plateau_lowers_the_rate_when_patience_is_over(capsys):
    reduce = ReduceLROnPlateau(factor=0.5, patience=2, verbose=1)
    assert run(reduce, [1.0, 1.0, 1.0, 1.0, 1.0, 0.5]) == [1.0, 1.0, 0.5, 0.5, 0.25, 0.25]
    assert capsys.readouterr().out.splitlines()[0] == "Epoch 3: learning rate lowered to 0.5"
    assert reduce.best == 0.5
    assert run(reduce, [1.0]) == [1.0]  # begins anew


def test_plateau_waits_after_lowering():
    reduce = ReduceLROnPlateau(factor=0.5, patience=1, cooldown=2)
    assert run(reduce, [1.0, 1.0, 1.0, 1.0, 1.0]) == [1.0, 0.5, 0.5, 0.25, 0.25]


def test_plateau_keeps_above_the_least_rate():
    reduce = ReduceLROnPlateau(factor=0.1, patience=1, min_lr=0.3)
    assert run(reduce, [1.0] * 4) == pytest.approx([1.0, 0.3, 0.3, 0.3])


def test_plateau_counts_small_changes_as_none():
    reduce = ReduceLROnPlateau(factor=0.5, patience=1, min_delta=0.1)
    assert run(reduce, [1.0, 0.95]) == [1.0, 0.5]
    assert run(ReduceLROnPlateau(factor=0.5, patience=1, mode="max"), [1.0, 1.5]) == [1.0, 1.0]


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("options", [{"cooldown": 0}, {"cooldown": 1}, {"cooldown": 2}])
def test_plateau_does_what_that_of_keras_does(options):
    keras = pytest.importorskip("keras")
    values = [1.0, 0.9, 0.9, 0.9, 0.95, 0.8, 0.9, 0.9, 0.9, 0.9, 0.9, 0.7, 0.7, 0.7]
    arguments = {"factor": 0.5, "patience": 2, "mode": "min", "min_lr": 0.1, **options}
    theirs = keras.callbacks.ReduceLROnPlateau(**arguments)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(1.0), "mse")
    theirs.set_model(model)
    theirs.on_train_begin()
    rates = []
    for epoch, value in enumerate(values):
        theirs.on_epoch_end(epoch, {"val_loss": value})
        rates.append(float(np.asarray(model.optimizer.learning_rate)))
    assert run(ReduceLROnPlateau(**arguments), values) == rates


def test_refused():
    with pytest.raises(ValueError, match=r"\[reduce_lr_on_plateau\] factor must be below 1, got 1"):
        ReduceLROnPlateau(factor=1.0)
    with pytest.raises(ValueError, match=r"\[reduce_lr_on_plateau\] there is no 'val_los'"):
        run(ReduceLROnPlateau("val_los"), [1.0])
