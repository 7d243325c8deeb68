"""CSVLogger, LambdaCallback and TerminateOnNaN in training."""

import csv

import numpy as np
import pytest

import mark1
from mark1.callbacks import CSVLogger, LambdaCallback, TerminateOnNaN
from mark1.layers import Dense, Input

X = np.random.default_rng(0).normal(size=(24, 3)).astype(np.float32)
Y = np.eye(2, dtype=np.float32)[(X[:, 0] > 0).astype(int)]


def make(rate=0.1, metrics=()):
    mark1.utils.set_random_seed(1)
    model = mark1.Sequential([Input((3,)), Dense(2)])
    model.compile(mark1.optimizers.SGD(rate), "mse", metrics=list(metrics))
    return model


def read(path, separator=","):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter=separator))


def test_csv_lines_are_the_history(tmp_path):
    path = tmp_path / "log.csv"
    model = make(metrics=["mae", "f1_score"])
    logger = CSVLogger(path, separator=";")
    history = model.fit(X, Y, 8, 3, validation_data=(X, Y), verbose=0, callbacks=[logger]).history
    lines = read(path, ";")
    assert list(lines[0]) == ["epoch", *sorted(history)]
    for epoch, line in enumerate(lines):
        assert int(line["epoch"]) == epoch
        assert float(line["val_loss"]) == history["val_loss"][epoch]
        shares = [float(v) for v in line["f1_score"].strip("[]").split(", ")]
        np.testing.assert_allclose(shares, history["f1_score"][epoch], rtol=1e-6)


def test_csv_appends_without_a_second_header(tmp_path):
    path = tmp_path / "log.csv"
    model = make()
    model.fit(X, Y, 8, 2, verbose=0, callbacks=[CSVLogger(path, append=True)])
    model.fit(X, Y, 8, 1, verbose=0, callbacks=[CSVLogger(path, append=True)])
    assert [line["epoch"] for line in read(path)] == ["0", "1", "0"]
    model.fit(X, Y, 8, 1, verbose=0, callbacks=[CSVLogger(path)])
    assert len(read(path)) == 1


def test_csv_of_what_is_missing(tmp_path):
    logger = CSVLogger(tmp_path / "log.csv")
    logger.on_train_begin()
    logger.on_epoch_end(0, {"loss": 1.0, "val_loss": 2.0})
    logger.on_epoch_end(1, {"loss": 0.5})
    logger.on_train_begin()
    logger.on_train_end()
    assert (tmp_path / "log.csv").read_text() == ""
    logger.on_train_begin()
    logger.on_epoch_end(0, {"loss": 1.0, "val_loss": 2.0})
    logger.on_epoch_end(1, {"loss": 0.5})
    assert (tmp_path / "log.csv").read_text() == "epoch,loss,val_loss\n0,1.0,2.0\n1,0.5,NA\n"
    logger.on_train_end()


def test_functions_are_hooks():
    calls = []
    callback = LambdaCallback(
        on_epoch_end=lambda epoch, logs: calls.append(("epoch", epoch, sorted(logs))),
        on_train_batch_end=lambda batch, logs: calls.append(("batch", batch)),
        on_test_end=lambda logs: calls.append("tested"),
    )
    make().fit(X, Y, 12, 1, validation_data=(X, Y), verbose=0, callbacks=[callback])
    assert calls == [
        ("batch", 0), ("batch", 1), "tested", ("epoch", 0, ["loss", "val_loss"]),
    ]  # fmt: skip
    with pytest.raises(TypeError, match="there is no hook 'on_epoch'"):
        LambdaCallback(on_epoch=print)
    with pytest.raises(TypeError, match="on_train_end must be a function, got int"):
        LambdaCallback(on_train_end=3)


def test_nan_ends_training(capsys):
    model = make(1e30)
    history = model.fit(X, Y, 4, 5, verbose=0, callbacks=[TerminateOnNaN()])
    assert history.epoch == [0]
    assert not np.isfinite(history.history["loss"][0])
    assert "after batch 1: training ends" in capsys.readouterr().out
    with pytest.raises(RuntimeError, match=r"\[terminate_on_nan\] the loss is (inf|nan) after ba"):
        make(1e30).fit(X, Y, 4, 5, verbose=0, callbacks=[TerminateOnNaN(raise_error=True)])
    healthy = make().fit(X, Y, 4, 2, verbose=0, callbacks=[TerminateOnNaN()])
    assert healthy.epoch == [0, 1]
