"""Models made of others: clone_model, to_json, model_from_json."""

import json

import numpy as np
import pytest

import mark1
from mark1 import Model, Sequential, layers, models

X = np.random.default_rng(0).normal(size=(5, 6)).astype(np.float32)


def sequential():
    return Sequential(
        [mark1.Input((6,)), layers.Dense(4, "relu"), layers.Dropout(0.5), layers.Dense(2)]
    )


def functional():
    given = mark1.Input((6,))
    shared = layers.Dense(6, "tanh", name="shared")
    both = layers.Add()([shared(given), shared(mark1.ops.square(given))])
    inner = Sequential([mark1.Input((6,)), layers.Dense(3)], name="inner")
    return Model(given, {"a": inner(both), "b": layers.Dense(1)(both)})


def outputs(model):
    out = model.predict(X)
    return list(out.values()) if isinstance(out, dict) else [out]


@pytest.mark.parametrize("make", [sequential, functional])
def test_clones_have_weights_of_their_own(make):
    model = make()
    clone = models.clone_model(model)
    assert type(clone) is type(model)
    assert [w.shape for w in clone.weights] == [w.shape for w in model.weights]
    assert not {w.id for w in clone.weights} & {w.id for w in model.weights}
    clone.set_weights(model.get_weights())
    for ours, theirs in zip(outputs(clone), outputs(model), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    clone.compile("sgd", "mse")
    before = model.get_weights()
    if make is sequential:
        clone.fit(X, X[:, :2], verbose=0)
    for w, v in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(w, v)


def test_clone_function():
    def seeded(layer):
        config = layer.get_config()
        if "seed" in config:
            config["seed"] = 1337
        return type(layer).from_config(config)

    clone = models.clone_model(sequential(), clone_function=seeded)
    assert clone.layers[1].seed == 1337
    # The same layers: weights are shared.
    model = functional()
    same = models.clone_model(model, clone_function=lambda layer: layer)
    assert [w.id for w in same.weights] == [w.id for w in model.weights]
    for ours, theirs in zip(outputs(same), outputs(model), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_call_function_puts_layers_between():
    def call(layer, *args, **kwargs):
        out = layer(*args, **kwargs)
        return layers.Rescaling(0.0)(out) if layer.name == "shared" else out

    clone = models.clone_model(functional(), clone_function=lambda layer: layer, call_function=call)
    # Behind a sum of zeros, only the biases are left, which begin with zeros.
    for out in outputs(clone):
        np.testing.assert_array_equal(out, np.zeros_like(out))


def test_recursive_clones():
    wide = {}

    def watched(layer):
        wide[layer.name] = type(layer)
        return type(layer).from_config(layer.get_config())

    models.clone_model(functional(), clone_function=watched)
    assert wide["inner"] is Sequential
    wide.clear()
    models.clone_model(functional(), clone_function=watched, recursive=True)
    assert "inner" not in wide


class Own(Model):
    def __init__(self, units=2, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.dense = layers.Dense(units)

    def call(self, x):
        return self.dense(x)

    def get_config(self):
        return {"units": self.units}


@pytest.mark.parametrize("make", [sequential, functional])
def test_json(make):
    model = make()
    model.compile("adam", "mse")
    text = model.to_json(indent=1)
    assert json.loads(text)["class_name"] == type(model).__name__
    again = models.model_from_json(text)
    assert again.optimizer is None
    again.set_weights(model.get_weights())
    for ours, theirs in zip(outputs(again), outputs(model), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_models_of_users():
    clone = models.clone_model(Own(3))
    assert clone.units == 3
    model = Own(3)
    model.build((None, 6))
    again = models.model_from_json(model.to_json(), {"Own": Own})
    assert again.units == 3
    assert again.built


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of TensorFlow
def test_json_goes_both_ways_with_keras():
    keras = pytest.importorskip("keras")
    ours = sequential()
    theirs = keras.models.model_from_json(ours.to_json())
    theirs.set_weights(ours.get_weights())
    np.testing.assert_allclose(theirs.predict(X, verbose=0), ours.predict(X), rtol=1e-5)
    theirs.compile("adam", "mse")
    again = models.model_from_json(theirs.to_json())
    again.set_weights(theirs.get_weights())
    np.testing.assert_array_equal(again.predict(X), ours.predict(X))


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: models.clone_model(sequential(), X), "input_tensors are not supported"),
        (
            lambda: models.clone_model(sequential(), clone_function=lambda layer: 3),
            "clone_function must return a layer, got int",
        ),
        (
            lambda: models.clone_model(sequential(), call_function=print),
            "call_function is for functional models",
        ),
        (
            lambda: models.clone_model(Own(), clone_function=print),
            "are for Sequential and functional models, got Own",
        ),
        (lambda: models.model_from_json("{"), r"\[model_from_json\] this is no JSON"),
        (lambda: models.model_from_json("[]"), r"\[model_from_json\] this describes no model"),
        (
            lambda: models.model_from_json('{"class_name": "Own", "config": {}}'),
            r"\[model_from_json\] the text holds a 'Own', which is not known here",
        ),
    ],
)
def test_refused(call, text):
    with pytest.raises(ValueError, match=text):
        call()
