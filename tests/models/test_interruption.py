import os
import signal
import threading

import numpy as np
import pytest

import mark1
from mark1.callbacks import Callback
from mark1.layers import Dense, Input
from mark1.models.interruption import Interruption

X = np.ones((40, 2), np.float32)


def make():
    model = mark1.Sequential([Input((2,)), Dense(1)])
    model.compile("sgd", "mse")
    return model


class Press(Callback):
    """Presses Ctrl-C in a given batch."""

    def __init__(self, epoch, batch, times=1):
        super().__init__()
        self.at, self.times, self.epoch, self.seen = (epoch, batch), times, 0, 0

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        self.seen += 1
        if (self.epoch, batch) == self.at:
            for _ in range(self.times):
                os.kill(os.getpid(), signal.SIGINT)


def test_first_press_stops_after_the_batch(capsys):
    model = make()
    press = Press(1, 2)
    history = model.fit(X, X[:, :1], epochs=5, batch_size=10, callbacks=[press], verbose=2)
    assert history.epoch == [0]
    assert press.seen == 4 + 3
    assert int(model.optimizer.iterations) == 7
    text = "Interrupted: training stopped after batch 3 of epoch 2\n"
    assert capsys.readouterr().out.endswith(text)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert len(model.fit(X, X[:, :1], epochs=2, verbose=0).epoch) == 2


def test_second_press_raises_at_once():
    model = make()
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, X[:, :1], epochs=5, batch_size=10, callbacks=[Press(0, 0, 2)], verbose=0)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    model.fit(X, X[:, :1], verbose=0)


def test_handlers_of_others_are_left_alone():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Interruption():
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_other_threads_can_train():
    model = make()
    thread = threading.Thread(target=lambda: model.fit(X, X[:, :1], verbose=0))
    thread.start()
    thread.join()
    assert int(model.optimizer.iterations) == 2
