"""Models that write their own steps: called natively, with what they report in the logs."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import mark1
from mark1 import ops
from mark1.layers import Dense, Input
from tests.models.native_models import state

RNG = np.random.default_rng(3)
X = RNG.normal(size=(70, 5)).astype(np.float32)
Y = (X[:, 0] > 0).astype(np.int64)


class Classifier(mark1.Model):
    """Does by hand what `fit` does by itself."""

    def __init__(self):
        super().__init__()
        self.first = Dense(8, activation="relu")
        self.second = Dense(2, activation="softmax")

    def call(self, x):
        return self.second(self.first(x))


class ByHand(Classifier):
    def train_step(self, data):
        x, y = data
        with mark1.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=y_pred)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss, ops.full((), float(x.shape[0])))
            else:
                metric.update_state(y, y_pred)
        return {metric.name: metric.result() for metric in self.metrics}


class Delegating(Classifier):
    def train_step(self, data):
        logs = super().train_step(data)
        return {**logs, "twice": logs["loss"] * 2.0}

    def test_step(self, data):
        return {**super().test_step(data), "more": 1.0}


def trained(kind, **options):
    mark1.utils.set_random_seed(1)
    model = kind()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"], **options)
    with warnings.catch_warnings():
        warnings.simplefilter("error", mark1.EagerStepWarning)
        history = model.fit(X, Y, batch_size=16, epochs=4, verbose=0).history
    return model, history


@pytest.mark.parametrize("eager", [False, True])
def test_a_step_by_hand_is_the_step_of_fit(eager):
    model, history = trained(ByHand, run_eagerly=eager)
    want, wanted = trained(Classifier)
    assert state(model) == state(want)
    assert history["accuracy"] == np.float32(wanted["accuracy"]).tolist()
    np.testing.assert_allclose(history["loss"], wanted["loss"], rtol=1e-6)


def test_a_step_by_hand_runs_natively(capsys):
    model, _ = trained(ByHand)
    model.explain_speed()
    assert "float32(16, 5), int64(16): native" in capsys.readouterr().out


def test_the_steps_of_the_base_class_can_be_called():
    model, history = trained(Delegating)
    want, wanted = trained(Classifier)
    assert state(model) == state(want)
    np.testing.assert_allclose(history["twice"], 2 * np.array(wanted["loss"]), rtol=1e-6)
    logs = model.evaluate(X, Y, verbose=0, return_dict=True)
    expected = want.evaluate(X, Y, verbose=0, return_dict=True)
    assert logs["accuracy"] == np.float32(expected["accuracy"])
    assert logs["more"] == 1.0
    assert model.train_on_batch(X[:16], Y[:16], return_dict=True).keys() == {
        "loss",
        "accuracy",
        "twice",
    }


class Autoencoder(mark1.Model):
    """Has no targets, no loss of `compile`, a metric of its own, and a second optimizer."""

    def __init__(self):
        super().__init__()
        self.encoder = Dense(3)
        self.decoder = Dense(5)
        self.error = mark1.metrics.Mean(name="error")

    @property
    def metrics(self):
        return [self.error]

    def call(self, x):
        return self.decoder(self.encoder(x))

    def compile(self, second):
        super().compile(optimizer="sgd")
        self.second = mark1.optimizers.get(second)

    def train_step(self, x):
        with mark1.GradientTape(persistent=True) as tape:
            error = ops.mean(ops.square(self(x) - x))
        for part, optimizer in ((self.encoder, self.optimizer), (self.decoder, self.second)):
            weights = part.trainable_variables
            optimizer.apply_gradients(zip(tape.gradient(error, weights), weights, strict=True))
        self.error.update_state(error)
        return {"error": self.error.result()}

    def test_step(self, x):
        return {"error": ops.mean(ops.square(self(x) - x))}

    def predict_step(self, x):
        return self.encoder(x)


class Batches:
    def __iter__(self):
        return (X[i : i + 14] for i in range(0, 70, 14))


@pytest.mark.parametrize("stream", [False, True])
def test_no_targets_and_two_optimizers(stream):
    def run(**options):
        mark1.utils.set_random_seed(2)
        model = Autoencoder()
        model.compile("adam")
        if stream:
            history = model.fit(Batches(), epochs=20, verbose=0, **options)
        else:
            history = model.fit(X, batch_size=14, epochs=20, verbose=0, **options)
        return model, history.history

    model, history = run()
    assert set(history) == {"error"}
    assert history["error"][-1] < 0.7 * history["error"][0]
    error = np.mean(np.square(model(X).numpy() - X))
    assert model.evaluate(X, batch_size=70, verbose=0) == pytest.approx(error, rel=1e-5)
    assert model.predict(X, verbose=0).shape == (70, 3)
    again, same = run()
    assert same == history
    assert state(again) == state(model)


def test_validation_by_a_step_of_ones_own():
    model = Autoencoder()
    model.compile("adam")
    history = model.fit(X, epochs=2, verbose=0, validation_data=(X[:10], None)).history
    assert set(history) == {"error", "val_error"}


def test_metrics_in_attributes_are_found_and_reset():
    class Counting(Classifier):
        def __init__(self):
            super().__init__()
            self.counts = [mark1.metrics.Sum(name="rows")]

        def train_step(self, data):
            logs = super().train_step(data)
            self.counts[0].update_state(ops.ones((data[0].shape[0],)))
            return {**logs, "rows": self.counts[0].result()}

    model, history = trained(Counting)
    assert [metric.name for metric in model.metrics] == ["loss", "accuracy", "rows"]
    assert history["rows"] == [70.0] * 4


def test_what_a_step_must_return():
    class Wrong(Classifier):
        result = None

        def train_step(self, data):
            return self.result

    model = Wrong()
    model.compile("sgd")
    with pytest.raises(TypeError, match=r"^\[train_step\] must return a dictionary .* NoneType"):
        model.fit(X, Y, verbose=0)
    model.result = {"a": ops.ones(3)}
    with pytest.raises(ValueError, match=r"^\[train_step\] .* one number, 'a' has shape \(3,\)"):
        model.fit(X, Y, verbose=0)


def test_a_loss_that_is_missing():
    class Missing(Classifier):
        def train_step(self, data):
            return {"loss": self.compute_loss(y=data[1], y_pred=self(data[0]))}

    model = Missing()
    model.compile("sgd")
    with pytest.raises(ValueError, match=r"^\[compute_loss\] the model has no loss"):
        model.fit(X, Y, verbose=0)


def test_functional_models_may_be_subclassed_with_a_step():
    class Doubling(mark1.Model):
        def train_step(self, data):
            return {**super().train_step(data), "two": 2.0}

    inputs = Input((5,))
    model = Doubling(inputs, Dense(1)(inputs))
    model.compile("sgd", "mse")
    assert model.fit(X, Y.astype(np.float32), verbose=0).history["two"] == [2.0]
