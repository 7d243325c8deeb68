"""evaluate, predict, and single batches."""

import numpy as np
import pytest

import mark1
from mark1.callbacks import Callback
from mark1.layers import Dense, Input
from mark1.models import Sequential

X = np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32)
Y = np.arange(50) % 3


def make(metrics=("accuracy",)):
    mark1.utils.set_random_seed(1)
    model = Sequential([Input((4,)), Dense(16, activation="tanh"), Dense(3, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=list(metrics))
    return model


@pytest.mark.parametrize("batch_size", [None, 1, 7, 50, 1000])
def test_a_row_does_not_depend_on_its_batch(batch_size):
    model = make()
    whole = model.predict_on_batch(X)
    np.testing.assert_array_equal(model.predict(X, batch_size=batch_size, verbose=0), whole)
    np.testing.assert_array_equal(model.predict(X[3:4]), whole[3:4])


def test_predictions_are_writable_copies():
    model = make()
    for y in (model.predict(X), model.predict(X, batch_size=10, verbose=0)):
        y[:] = 0
    assert model.predict(X).any()


def test_predict_is_silent_for_one_step(capsys):
    make().predict(X)
    assert capsys.readouterr().out == ""


def test_predict_tells_callbacks():
    class Count(Callback):
        n = 0

        def on_predict_batch_end(self, batch, logs=None):
            Count.n += 1

    make().predict(X, batch_size=10, callbacks=[Count()], verbose=0)
    assert Count.n == 5


def test_evaluate_returns():
    model = make()
    loss, accuracy = model.evaluate(X, Y, verbose=0)
    assert model.evaluate(X, Y, verbose=0, return_dict=True) == {
        "loss": loss,
        "accuracy": accuracy,
    }
    assert isinstance(make(()).evaluate(X, Y, verbose=0), float)


def test_evaluate_changes_no_weight():
    model = make()
    before = mark1.utils.weights_hash(model)
    model.evaluate(X, Y, verbose=0)
    assert mark1.utils.weights_hash(model) == before


def test_train_on_batch_is_a_step_of_fit():
    a, b = make(), make()
    a.fit(X, Y, batch_size=25, shuffle=False, verbose=0)
    b.train_on_batch(X[:25], Y[:25])
    logs = b.train_on_batch(X[25:], Y[25:], return_dict=True)
    assert mark1.utils.weights_hash(a) == mark1.utils.weights_hash(b)
    assert logs["loss"] == a.history.history["loss"][0]
    b.reset_metrics()
    assert float(b.metrics[0].result()) == 0.0


def test_test_on_batch():
    model = make()
    assert model.test_on_batch(X, Y) == model.evaluate(X, Y, batch_size=50, verbose=0)
    with pytest.raises(ValueError, match=r"\[test_on_batch\] needs targets"):
        model.test_on_batch(X)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.uint16, np.int32, np.uint64, ">i8", bool])
def test_targets_of_any_integer_type(dtype):
    y = (Y > 0).astype(dtype)

    def gap(y_true, y_pred):
        return mark1.ops.mean(y_pred - mark1.ops.reshape(y_true, (-1, 1)), axis=-1)

    for loss in ("sparse_categorical_crossentropy", gap):
        model = make(())
        model.compile("sgd", loss)
        want = model.evaluate(X, y.astype(np.int64), verbose=0)
        assert model.evaluate(X, y, verbose=0) == want


def test_new_data_types_are_converted_once():
    model = make()
    want = model.predict(X.astype(np.float16).astype(np.float32))
    np.testing.assert_array_equal(model.predict(X.astype(np.float16)), want)
    np.testing.assert_array_equal(model.predict(X[::-1].copy()[::-1]), model.predict(X))
    np.testing.assert_array_equal(model.predict(X.astype(">f4")), model.predict(X))
    frozen = X.copy()
    frozen.setflags(write=False)
    np.testing.assert_array_equal(model.predict(frozen), model.predict(X))
    np.testing.assert_array_equal(model.predict(X.tolist()), model.predict(X))
    np.testing.assert_array_equal(model.predict(mark1.ops.convert_to_tensor(X)), model.predict(X))


def test_weighted_metrics_are_called_so_where_there_are_both():
    model = mark1.Sequential([mark1.Input((3,)), mark1.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"], weighted_metrics=["mae", "mse"])
    x = np.ones((4, 3), np.float32)
    logs = model.evaluate(x, x[:, :1], sample_weight=np.arange(4.0), verbose=0, return_dict=True)
    assert list(logs) == ["loss", "mae", "weighted_mae", "mse"]
