"""Callback lists, history, early stopping and checkpoints, against a model that only plays one."""

from types import SimpleNamespace

import pytest

from mark1.callbacks import Callback, CallbackList, EarlyStopping, History, ModelCheckpoint


class Recorder(Callback):
    def __init__(self):
        super().__init__()
        self.calls = []

    def on_epoch_begin(self, epoch, logs=None):
        self.calls.append(("begin", epoch))

    def on_epoch_end(self, epoch, logs=None):
        self.calls.append(("end", epoch, logs))


class BatchRecorder(Callback):
    def __init__(self):
        super().__init__()
        self.batches = []

    def on_batch_end(self, batch, logs=None):
        self.batches.append(batch)


class Model:
    def __init__(self):
        self.stop_training = False
        self.weights = [0]
        self.saved = []

    def get_weights(self):
        return list(self.weights)

    def set_weights(self, weights):
        self.weights = list(weights)

    def save(self, path):
        self.saved.append(path)

    save_weights = save


def run(callbacks, values, name="val_loss"):
    model = Model()
    callbacks = CallbackList(callbacks, add_history=True, model=model, epochs=len(values))
    callbacks.on_train_begin()
    for epoch, value in enumerate(values):
        callbacks.on_epoch_begin(epoch)
        model.weights = [epoch]
        callbacks.on_epoch_end(epoch, {"loss": 1.0, name: value})
        if model.stop_training:
            break
    callbacks.on_train_end()
    return model


def test_list_tells_all_in_order_and_sets_model_and_params():
    first, second, model = Recorder(), Recorder(), SimpleNamespace()
    callbacks = CallbackList([first, second], add_history=True, model=model, epochs=3, verbose=0)
    assert first.model is model
    assert second.params == {"epochs": 3, "verbose": 0}
    assert model.history is callbacks.history
    assert len(callbacks) == 3
    callbacks.on_epoch_begin(0)
    callbacks.on_epoch_end(0, {"loss": 2.0})
    assert first.calls == second.calls == [("begin", 0), ("end", 0, {"loss": 2.0})]
    assert callbacks.history.history == {"loss": [2.0]}


def test_every_hook_passes_through_the_list():
    hooks = [name for name in dir(Callback) if name.startswith("on_") and "on_batch" not in name]
    assert len(hooks) == 14
    told = []
    methods = {name: lambda self, *args, name=name: told.append(name) for name in hooks}
    callbacks = CallbackList(type("All", (Callback,), methods)())
    for name in hooks:
        arguments = (0, {}) if "batch" in name or "epoch" in name else ({},)
        getattr(callbacks, name)(*arguments)
    assert told == hooks


def test_only_those_who_look_at_batches_are_served_batches():
    assert not CallbackList([Recorder()], add_progbar=True).wants_train_batches
    callbacks = CallbackList(BatchRecorder())
    assert callbacks.wants_train_batches
    assert not callbacks.wants_test_batches
    assert not callbacks.wants_predict_batches
    assert not callbacks.due()
    callbacks.on_train_batch_end(4, {})
    assert callbacks.callbacks[0].batches == [4]


def test_a_history_given_is_used():
    history = History()
    assert CallbackList([history], add_history=True).history is history


def test_a_foreign_callback_is_refused():
    with pytest.raises(TypeError, match=r"every callback must be a .*Callback, got function"):
        CallbackList([lambda: None])
    with pytest.raises(TypeError, match=r"got type. Put \(\) behind its name"):
        CallbackList([History])


def test_early_stopping_waits_and_restores():
    stopping = EarlyStopping(patience=2, restore_best_weights=True)
    model = run(stopping, [3.0, 2.0, 2.5, float("nan"), 1.0])
    assert stopping.stopped_epoch == 3
    assert stopping.best_epoch == 1
    assert stopping.best == 2.0
    assert model.weights == [1]
    assert model.history.epoch == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("settings", "name", "values", "epochs"),
    [
        ({"monitor": "val_accuracy"}, "val_accuracy", [0.1, 0.2, 0.2, 0.9], 3),
        ({"monitor": "val_auc_2"}, "val_auc_2", [0.1, 0.2, 0.2, 0.9], 3),
        ({"monitor": "val_mean_io_u"}, "val_mean_io_u", [0.1, 0.2, 0.2, 0.9], 3),
        ({"min_delta": 0.5}, "val_loss", [3.0, 2.8, 1.0], 2),
        ({"baseline": 1.0}, "val_loss", [2.0, 0.5], 1),
        ({"start_from_epoch": 2}, "val_loss", [1.0, 2.0, 3.0, 4.0, 5.0], 4),
        ({"mode": "max"}, "val_loss", [1.0, 2.0, 1.5, 3.0], 3),
    ],
)
def test_early_stopping_settings(settings, name, values, epochs):
    model = run(EarlyStopping(**settings), values, name)
    assert len(model.history.epoch) == epochs


def test_early_stopping_says_so(capsys):
    run(EarlyStopping(verbose=1, restore_best_weights=True), [1.0, 2.0])
    expected = "Stopped after epoch 2\nWeights are those of epoch 1, the best\n"
    assert capsys.readouterr().out == expected


def test_missing_log_and_bad_mode():
    with pytest.raises(ValueError, match="there is no 'val_auc' to monitor; there are: loss, val_"):
        run(EarlyStopping(monitor="val_auc"), [1.0])
    with pytest.raises(ValueError, match="mode must be 'auto', 'min' or 'max', got 'less'"):
        EarlyStopping(mode="less")


def test_checkpoint_paths(tmp_path, capsys):
    path = tmp_path / "deep" / "{epoch:02d}-{val_loss:.2f}.keras"
    model = run(ModelCheckpoint(path, verbose=1), [0.5, 0.25])
    expected = [str(tmp_path / "deep" / name) for name in ("01-0.50.keras", "02-0.25.keras")]
    assert model.saved == expected
    assert capsys.readouterr().out == f"Saved {expected[0]}\nSaved {expected[1]}\n"


def test_checkpoint_best_only(tmp_path):
    path = str(tmp_path / "best-{epoch}.weights.h5")
    checkpoint = ModelCheckpoint(path, save_best_only=True, save_weights_only=True)
    model = run(checkpoint, [0.5, 0.75, 0.25])
    assert [name[-12:-11] for name in model.saved] == ["1", "3"]
    assert checkpoint.best == 0.25


def test_checkpoint_bad_paths(tmp_path):
    with pytest.raises(ValueError, match=r"filepath must end in \.weights\.h5, got 'a\.keras'"):
        ModelCheckpoint("a.keras", save_weights_only=True)
    with pytest.raises(ValueError, match=r"names 'val_auc', which is not in the logs; there are:"):
        run(ModelCheckpoint(tmp_path / "{val_auc}.keras"), [1.0])
    with pytest.raises(ValueError, match=r"\[model_checkpoint\] save_freq must be 'epoch'"):
        ModelCheckpoint("a.keras", "loss", 0, False, False, "auto", 100)
