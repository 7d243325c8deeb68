from itertools import chain

import numpy as np
import pytest

import mark1
from mark1.callbacks import Callback
from mark1.layers import Dense, Dropout, Input
from mark1.models import Sequential

RNG = np.random.default_rng(0)
X = RNG.normal(size=(100, 4)).astype(np.float32)
LABELS = (X[:, 0] > 0).astype(np.int64) + (X[:, 1] > 0)


def classifier(metrics=("accuracy",), loss="sparse_categorical_crossentropy", seed=1, units=3):
    mark1.utils.set_random_seed(seed)
    model = Sequential(
        [Input((4,)), Dense(8, activation="relu"), Dense(units, activation="softmax")]
    )
    model.compile(mark1.optimizers.Adam(0.01), loss, metrics=list(metrics))
    return model


def test_it_learns():
    model = classifier()
    history = model.fit(X, LABELS, epochs=60, batch_size=10, verbose=0)
    assert history.history["accuracy"][-1] > 0.95
    assert history.history["loss"][-1] < 0.3 * history.history["loss"][0]
    assert history.epoch == list(range(60))
    assert model.history is history
    assert int(model.optimizer.iterations) == 600


def test_logged_loss_is_the_mean_over_samples():
    model = classifier()
    model.optimizer.learning_rate = 0.0
    logs = model.fit(X, LABELS, batch_size=32, verbose=0).history
    whole = model.evaluate(X, LABELS, batch_size=100, verbose=0)
    np.testing.assert_allclose([logs["loss"][0], logs["accuracy"][0]], whole, rtol=1e-5)
    p = model.predict(X, verbose=0).astype(np.float64)
    np.testing.assert_allclose(whole[0], -np.log(p[np.arange(100), LABELS]).mean(), rtol=1e-5)
    assert whole[1] == pytest.approx((p.argmax(1) == LABELS).mean())


def test_the_same_seed_gives_the_same_bits():
    hashes = set()
    for _ in range(2):
        model = classifier(seed=3)
        model.fit(X, LABELS, epochs=2, verbose=0)
        hashes.add(mark1.utils.weights_hash(model))
    assert len(hashes) == 1
    other = classifier(seed=4)
    other.fit(X, LABELS, epochs=2, verbose=0)
    assert mark1.utils.weights_hash(other) not in hashes


def test_global_numpy_state_is_not_touched():
    model = classifier()
    state = np.random.get_state()[1].tolist()  # noqa: NPY002
    model.fit(X, LABELS, verbose=0)
    assert np.random.get_state()[1].tolist() == state  # noqa: NPY002


def test_shuffling():
    seen = []

    class Watch(mark1.layers.Layer):
        def call(self, x, training=False):
            if training:
                seen.append(x.numpy()[:, 0].tolist())
            return x

    x = np.arange(10, dtype=np.float32)[:, None]
    model = Sequential([Input((1,)), Watch(), Dense(1)])
    model.compile("sgd", "mse", run_eagerly=True)
    model.optimizer.learning_rate = 0.0
    model.fit(x, x, epochs=2, batch_size=4, verbose=0)
    assert [len(b) for b in seen] == [4, 4, 2, 4, 4, 2]
    first, second = list(chain(*seen[:3])), list(chain(*seen[3:]))
    assert sorted(first) == sorted(second) == list(range(10))
    assert first != second
    seen.clear()
    model.fit(x, x, batch_size=4, verbose=0, shuffle=False)
    assert list(chain(*seen)) == list(range(10))


def test_validation_split_takes_the_tail():
    model = classifier()
    history = model.fit(X, LABELS, epochs=2, validation_split=0.2, verbose=0)
    assert set(history.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    want = model.evaluate(X[80:], LABELS[80:], verbose=0, return_dict=True)
    assert history.history["val_loss"][-1] == want["loss"]
    assert history.history["val_accuracy"][-1] == want["accuracy"]


def test_validation_data_and_freq():
    model = classifier()
    history = model.fit(
        X, LABELS, epochs=4, validation_data=(X[:10], LABELS[:10]), validation_freq=2, verbose=0
    )
    assert len(history.history["val_loss"]) == 2
    assert len(history.history["loss"]) == 4


def test_weights_of_samples_and_classes():
    by_class = classifier(seed=2)
    by_class.fit(X, LABELS, class_weight={0: 2.0, 1: 0.5}, verbose=0)
    by_sample = classifier(seed=2)
    weight = np.choose(LABELS, [2.0, 0.5, 1.0])
    by_sample.fit(X, LABELS, sample_weight=weight, verbose=0)
    assert mark1.utils.weights_hash(by_class) == mark1.utils.weights_hash(by_sample)
    plain = classifier(seed=2)
    plain.fit(X, LABELS, verbose=0)
    assert mark1.utils.weights_hash(plain) != mark1.utils.weights_hash(by_sample)
    one = classifier(seed=2)
    one.fit(X, LABELS, sample_weight=np.ones(100), verbose=0)
    assert mark1.utils.weights_hash(plain) == mark1.utils.weights_hash(one)


def test_weighted_metrics():
    model = classifier(())
    model.compile(
        "sgd",
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
        weighted_metrics=["accuracy"],
    )
    right = model.predict(X).argmax(1) == LABELS
    logs = model.evaluate(X, LABELS, sample_weight=right, verbose=0, return_dict=True)
    assert logs["accuracy"] == pytest.approx(right.mean())
    assert logs["weighted_accuracy"] == 1.0


@pytest.mark.parametrize(
    ("loss", "y", "units", "metric"),
    [
        ("sparse_categorical_crossentropy", LABELS, 3, "SparseCategoricalAccuracy"),
        ("sparse_categorical_crossentropy", LABELS[:, None], 3, "SparseCategoricalAccuracy"),
        ("categorical_crossentropy", np.eye(3)[LABELS], 3, "CategoricalAccuracy"),
        ("binary_crossentropy", (LABELS > 0), 1, "BinaryAccuracy"),
        ("mse", LABELS[:, None].astype(float), 1, "BinaryAccuracy"),
    ],
)
def test_accuracy_is_chosen_by_shape(loss, y, units, metric):
    model = classifier(loss=loss, units=units)
    logs = model.fit(X, y, verbose=0).history
    assert set(logs) == {"loss", "accuracy"}
    assert type(model.metrics[1]).__name__ == metric
    assert model.metrics_names == ["loss", "accuracy"]


def test_metrics_keep_the_names_they_were_asked_by():
    model = classifier(["mae", mark1.metrics.MeanSquaredError(), "acc"], loss="mse", units=1)
    logs = model.evaluate(X, LABELS / 2.0, verbose=0, return_dict=True)
    assert list(logs) == ["loss", "mae", "mean_squared_error", "acc"]
    assert logs["loss"] == pytest.approx(logs["mean_squared_error"], rel=1e-6)


def test_own_loss_function():
    def gap(y_true, y_pred):
        return mark1.ops.mean(mark1.ops.multiply(y_pred - y_true, y_pred - y_true), axis=-1)

    hashes = []
    for loss in (gap, "mse"):
        model = classifier((), loss=loss, units=1)
        model.fit(X, LABELS[:, None].astype(np.float32), verbose=0)
        hashes.append(model.get_weights())
    for a, b in zip(*hashes, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


def test_own_losses_never_see_targets_that_would_broadcast():
    shapes = []

    def gap(y_true, y_pred):
        shapes.append((y_true.shape, y_pred.shape))
        return mark1.ops.mean(y_pred - y_true, axis=-1)

    model = classifier((), loss=gap, units=1)
    model.fit(X, LABELS.astype(np.float32), batch_size=100, verbose=0)
    assert shapes == [((100, 1), (100, 1))]


def test_metrics_that_refuse_leave_no_half_step():
    model = classifier(["mae"])
    before = mark1.utils.weights_hash(model)
    with pytest.raises(ValueError, match=r"\[mean_absolute_error\] targets and outputs must have"):
        model.fit(X, LABELS, verbose=0)
    assert mark1.utils.weights_hash(model) == before
    assert int(model.optimizer.iterations) == 0


def test_one_dimensional_targets_are_a_column():
    hashes = set()
    for y in (LABELS.astype(np.float32), LABELS[:, None].astype(np.float32)):
        model = classifier((), loss="mse", units=1)
        model.fit(X, y, verbose=0)
        hashes.add(mark1.utils.weights_hash(model))
    assert len(hashes) == 1


def test_callbacks_are_told_everything():
    told = []

    class Spy(Callback):
        def __init__(self):
            super().__init__()
            for name in dir(Callback):
                if name.startswith("on_") and name not in ("on_batch_begin", "on_batch_end"):
                    setattr(self, name, lambda *a, name=name, **k: told.append(name))

        def on_train_batch_end(self, batch, logs=None): ...

    classifier().fit(X, LABELS, batch_size=50, validation_split=0.5, callbacks=[Spy()], verbose=0)
    assert told[0] == "on_train_begin"
    assert told[-1] == "on_train_end"
    assert "on_epoch_begin" in told
    assert told.index("on_test_end") < told.index("on_epoch_end")


def test_batch_hooks_see_running_means():
    seen = []

    class Watch(Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append((batch, logs["loss"]))

    model = classifier()
    history = model.fit(X, LABELS, batch_size=25, callbacks=Watch(), verbose=0)
    assert [batch for batch, _ in seen] == [0, 1, 2, 3]
    assert seen[-1][1] == history.history["loss"][0]


def test_stop_training():
    class Stop(Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == 1

    history = classifier().fit(X, LABELS, epochs=9, callbacks=[Stop()], verbose=0)
    assert history.epoch == [0, 1]


def test_a_callback_that_raises_leaves_the_model_usable():
    class Raise(Callback):
        def on_train_batch_end(self, batch, logs=None):
            raise KeyError("mine")

    model = classifier()
    with pytest.raises(KeyError, match="mine"):
        model.fit(X, LABELS, callbacks=[Raise()], verbose=0)
    assert int(model.optimizer.iterations) == 1
    model.fit(X, LABELS, verbose=0)


def test_initial_epoch():
    history = classifier().fit(X, LABELS, epochs=3, initial_epoch=1, verbose=0)
    assert history.epoch == [1, 2]


def test_frozen_layers_stay():
    model = classifier()
    model.layers[0].trainable = False
    before = model.get_weights()
    model.fit(X, LABELS, verbose=0)
    after = model.get_weights()
    assert all((a == b).all() for a, b in zip(before[:2], after[:2], strict=True))
    assert (before[2] != after[2]).any()


def test_dropout_differs_from_step_to_step_and_is_off_in_prediction():
    mark1.utils.set_random_seed(0)
    model = Sequential([Input((4,)), Dropout(0.5), Dense(1)])
    model.compile("sgd", "mse")
    model.fit(X, LABELS.astype(np.float32), verbose=0)
    np.testing.assert_array_equal(model.predict(X), model.predict(X))


def test_float64():
    model = Sequential([Input((4,)), Dense(2, dtype="float64")])
    model.compile("sgd", "mse")
    model.fit(X, np.ones((100, 2)), verbose=0)
    assert model.predict(X).dtype == np.float64


def test_subclassed_model():
    class Net(mark1.Model):
        def __init__(self):
            super().__init__()
            self.hidden = Dense(8, activation="relu")
            self.out = Dense(3, activation="softmax")

        def call(self, x):
            return self.out(self.hidden(x))

    mark1.utils.set_random_seed(0)
    model = Net()
    adam = mark1.optimizers.Adam(0.01)
    model.compile(adam, "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(X, LABELS, epochs=40, batch_size=10, verbose=0)
    assert history.history["accuracy"][-1] > 0.9


def test_inputs_are_not_copied():
    from mark1.models.data import ArrayData

    data = ArrayData(X, None, None, "float32", 10)
    assert data.x._address() == X.ctypes.data
    assert data.batch(10, 20).x._address() == X[10:].ctypes.data


def test_class_weights_do_not_touch_validation():
    def last(**options):
        logs = classifier().fit(X, LABELS, verbose=0, shuffle=False, **options).history
        return logs["loss"][0], logs["val_loss"][0]

    weights = {0: 0.0, 1: 0.0, 2: 0.0}
    loss, of_the_tail = last(class_weight=weights, validation_split=0.2)
    assert loss == 0.0
    apart = classifier().fit(
        X[:80], LABELS[:80], verbose=0, class_weight=weights, validation_data=(X[80:], LABELS[80:])
    )
    assert of_the_tail == apart.history["val_loss"][0] > 0.0


def test_arrays_of_the_other_byte_order():
    results = [
        classifier().fit(x, y, verbose=0).history
        for x, y in ((X, LABELS), (X.astype(">f4"), LABELS.astype(">i8")))
    ]
    assert results[0] == results[1]
