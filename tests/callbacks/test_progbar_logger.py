"""The progress display: on a terminal, in a log file, silent, without UTF-8, and how often."""

import io
import re
import sys

import pytest

from mark1.callbacks import CallbackList, ProgbarLogger, progbar_logger


class Stream(io.StringIO):
    def __init__(self, terminal, encoding="utf-8"):
        super().__init__()
        self.terminal = terminal
        self.name_of_encoding = encoding
        self.writes = 0

    encoding = property(lambda self: self.name_of_encoding)

    def isatty(self):
        return self.terminal

    def write(self, text):
        self.writes += bool(text)
        text.encode(self.name_of_encoding)
        return super().write(text)


class Clock:
    now = 0.0

    def perf_counter(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(progbar_logger, "time", clock)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")
    return clock


def train(clock, stream, monkeypatch, verbose=1, epochs=2, steps=50, seconds=1.0, name="loss"):
    monkeypatch.setattr(sys, "stdout", stream)
    callbacks = CallbackList(add_progbar=True, verbose=verbose, epochs=epochs, steps=steps)
    callbacks.on_train_begin()
    for epoch in range(epochs):
        callbacks.on_epoch_begin(epoch)
        for step in range(steps):
            clock.now += seconds / steps
            callbacks.on_train_batch_end(step, {name: 0.5})
        callbacks.on_test_begin()
        clock.now += 0.0 if seconds < 1 else 0.5
        assert not callbacks.due()  # validation has no bar: nobody need read its logs
        callbacks.on_test_batch_end(0, {"loss": 9.0})
        callbacks.on_test_end({"loss": 9.0})
        callbacks.on_epoch_end(epoch, {name: 0.25, "val_loss": 1e-5})
    callbacks.on_train_end()
    monkeypatch.undo()
    return stream.getvalue()


@pytest.mark.parametrize("verbose", [1, 2, "auto"])
def test_one_clean_line_per_epoch_without_a_terminal(clock, monkeypatch, verbose):
    text = train(clock, Stream(terminal=False), monkeypatch, verbose=verbose)
    assert text == (
        "Epoch 1/2  50/50  1.5s  30ms/step  loss 0.2500  val_loss 1.0000e-05\n"
        "Epoch 2/2  50/50  1.5s  30ms/step  loss 0.2500  val_loss 1.0000e-05\n"
    )


@pytest.mark.parametrize("terminal", [False, True])
def test_silent(clock, monkeypatch, terminal):
    assert train(clock, Stream(terminal), monkeypatch, verbose=0) == ""


def test_bar_on_a_terminal_at_most_ten_times_a_second(clock, monkeypatch):
    stream = Stream(terminal=True)
    text = train(clock, stream, monkeypatch, steps=1000, epochs=1, seconds=5.0)
    assert "\u2501" in text
    assert "/1000  2.5s left  loss 0.5000" in text
    assert 45 <= text.count("\r") <= 51
    assert stream.writes == text.count("\r") + 1
    assert text.endswith(
        "\r\x1b[KEpoch 1/1  1000/1000  5.5s  5ms/step  loss 0.2500  val_loss 1.0000e-05\n"
    )


def test_quick_epochs_draw_no_bar(clock, monkeypatch):
    text = train(clock, Stream(terminal=True), monkeypatch, epochs=20, seconds=0.05)
    assert "\r" not in text
    assert text.count("\n") == 20


def test_bar_fits_its_line(clock, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    text = train(clock, Stream(terminal=True), monkeypatch, name="a_metric_with_a_long_name" * 3)
    bars = [part for part in text.split("\r") if part.startswith("\x1b[1m")]
    assert len(bars) >= 16
    assert max(len(re.sub(r"\x1b\[[0-9;]*[mK]", "", bar)) for bar in bars) <= 60


@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_ascii_if_the_stream_is_not_utf8(clock, monkeypatch, terminal, encoding):
    text = train(clock, Stream(terminal, encoding), monkeypatch, name="gr\u00f6\u00dfe")
    assert text.isascii()
    assert "gr\\xf6\\xdfe 0.2500" in text


def test_dumb_terminal_gets_lines(clock, monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    assert "\r" not in train(clock, Stream(terminal=True), monkeypatch)


def test_unknown_number_of_steps(clock, monkeypatch):
    monkeypatch.setattr(sys, "stdout", Stream(terminal=True))
    logger = ProgbarLogger()
    logger.set_params({"verbose": 1, "epochs": 1, "steps": None})
    logger.on_train_begin()
    logger.on_epoch_begin(0)
    clock.now += 0.2
    logger.on_train_batch_end(6, {"loss": 1.0})
    logger.on_epoch_end(0, {"loss": 1.0})
    text = sys.stdout.getvalue()
    assert " 7  loss 1.0000" in text
    assert text.endswith("Epoch 1/1  7/7  200ms  29ms/step  loss 1.0000\n")


def test_evaluate_has_a_line_and_predict_has_none(clock, monkeypatch):
    monkeypatch.setattr(sys, "stdout", Stream(terminal=False))
    logger = ProgbarLogger()
    logger.set_params({"verbose": 1, "steps": 4})
    logger.on_test_begin()
    clock.now += 2
    logger.on_test_end({"loss": 0.5})
    logger.on_predict_begin()
    logger.on_predict_batch_end(0)
    logger.on_predict_end()
    assert sys.stdout.getvalue() == "Test  4/4  2.0s  500ms/step  loss 0.5000\n"


def test_close_wipes_a_bar_once(clock, monkeypatch):
    monkeypatch.setattr(sys, "stdout", Stream(terminal=True))
    callbacks = CallbackList(add_progbar=True, verbose=1, epochs=1, steps=9)
    callbacks.on_train_begin()
    callbacks.on_epoch_begin(0)
    assert not callbacks.due()
    clock.now += 0.2
    assert callbacks.due()
    callbacks.on_train_batch_end(0, {})
    assert not callbacks.due()
    callbacks.close()
    callbacks.close()
    assert sys.stdout.getvalue().count("\r\x1b[K") == 1
