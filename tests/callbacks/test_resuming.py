"""BackupAndRestore, and SwapEMAWeights."""

import numpy as np
import pytest

import mark1
from mark1 import layers
from mark1.callbacks import BackupAndRestore, Callback, SwapEMAWeights

RNG = np.random.default_rng(0)
X = RNG.normal(size=(24, 4)).astype(np.float32)
Y = RNG.normal(size=(24, 1)).astype(np.float32)


def make(**options):
    mark1.utils.set_random_seed(1)
    model = mark1.Sequential(
        [mark1.Input((4,)), layers.Dense(5, "tanh"), layers.Dropout(0.2), layers.Dense(1)]
    )
    model.compile(mark1.optimizers.Adam(0.01, **options), "mse")
    return model


class Fail(Callback):
    def __init__(self, at):
        super().__init__()
        self.at = at

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.at:
            raise RuntimeError("power failure")


def test_a_run_that_was_broken_ends_as_the_unbroken_one(tmp_path):
    whole = make()
    whole.fit(X, Y, epochs=6, batch_size=5, verbose=0)
    folder = tmp_path / "backup" / "run"
    for at in (2, 5):
        with pytest.raises(RuntimeError, match="power failure"):
            make().fit(
                X, Y, epochs=6, batch_size=5, verbose=0,
                callbacks=[BackupAndRestore(folder), Fail(at)],
            )  # fmt: skip
        assert (folder / "latest.weights.h5").exists()
    model = make()
    history = model.fit(
        X, Y, epochs=6, batch_size=5, verbose=0, callbacks=[BackupAndRestore(folder)]
    )
    assert history.epoch == [5]
    assert mark1.utils.weights_hash(model) == mark1.utils.weights_hash(whole)
    assert not folder.exists()


def test_what_is_left_in_the_folder(tmp_path):
    (tmp_path / "notes.txt").write_text("keep me")
    make().fit(X, Y, epochs=1, verbose=0, callbacks=[BackupAndRestore(tmp_path)])
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    keep = BackupAndRestore(tmp_path, delete_checkpoint=False)
    make().fit(X, Y, epochs=2, verbose=0, callbacks=[keep])
    done = make().fit(X, Y, epochs=2, verbose=0, callbacks=[BackupAndRestore(tmp_path)])
    assert done.epoch == []


class Interrupt(Callback):
    def on_train_batch_begin(self, batch, logs=None):
        import signal

        if batch == 1:
            signal.raise_signal(signal.SIGINT)


def test_ctrl_c_leaves_the_backup(tmp_path, capsys):
    keep = BackupAndRestore(tmp_path)
    make().fit(X, Y, epochs=1, verbose=0, callbacks=[BackupAndRestore(tmp_path / "other")])
    assert not (tmp_path / "other").exists()
    model = make()
    model.fit(
        X, Y, 5, 1, verbose=0, callbacks=[BackupAndRestore(tmp_path, delete_checkpoint=False)]
    )
    make().fit(X, Y, batch_size=5, epochs=3, verbose=0, callbacks=[keep, Interrupt()])
    assert (tmp_path / "latest.weights.h5").exists()


def test_another_model_is_refused(tmp_path):
    keep = BackupAndRestore(tmp_path, delete_checkpoint=False)
    make().fit(X, Y, epochs=1, verbose=0, callbacks=[keep])
    other = mark1.Sequential([mark1.Input((4,)), layers.Dense(1)])
    other.compile("adam", "mse")
    with pytest.raises(ValueError, match="the file belongs to another architecture"):
        other.fit(X, Y, verbose=0, callbacks=[BackupAndRestore(tmp_path)])


class Watch(Callback):
    def __init__(self):
        super().__init__()
        self.seen = []

    def on_test_begin(self, logs=None):
        self.seen.append(self.model.get_weights()[0])


@pytest.mark.parametrize("on_epoch", [False, True])
def test_averages_are_validated_and_weights_trained(on_epoch, recwarn):
    plain = make(use_ema=True, ema_momentum=0.9)
    history = plain.fit(X, Y, epochs=3, verbose=0, validation_data=(X, Y))
    averaged = make(use_ema=True, ema_momentum=0.9)
    watch = Watch()
    swap = SwapEMAWeights(swap_on_epoch=on_epoch)
    options = {"epochs": 3, "verbose": 0, "validation_data": (X, Y)}
    other = averaged.fit(X, Y, callbacks=[swap, watch], **options)
    # Training is the same, and ends with the averages in either case.
    assert other.history["loss"] == history.history["loss"]
    assert other.history["val_loss"] != history.history["val_loss"]
    assert mark1.utils.weights_hash(averaged) == mark1.utils.weights_hash(plain)
    np.testing.assert_array_equal(watch.seen[-1], plain.get_weights()[0])
    assert averaged.evaluate(X, Y, verbose=0) == other.history["val_loss"][-1]
    assert not averaged.optimizer.swapped


def test_evaluating_with_averages():
    model = make(use_ema=True)
    for _ in range(3):
        model.train_on_batch(X, Y)
    weights = model.get_weights()
    with_averages = model.evaluate(X, Y, verbose=0, callbacks=[SwapEMAWeights()])
    assert with_averages != model.evaluate(X, Y, verbose=0)
    for w, v in zip(model.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(w, v)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: BackupAndRestore(""), "backup_dir must name a folder, got ''"),
        (lambda: BackupAndRestore("a", 10), r"\[backup_and_restore\] save_freq must be 'epoch'"),
        (
            lambda: make().evaluate(X, Y, verbose=0, callbacks=[SwapEMAWeights()]),
            r"\[SwapEMAWeights\] needs an optimizer with moving averages",
        ),
    ],
)
def test_refused(call, text):
    with pytest.raises(ValueError, match=text):
        call()
