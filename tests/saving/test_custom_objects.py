"""Classes and functions of the user's own are found however deep the layer is that names them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import numpy as np
import pytest

import mark1
from mark1 import layers, ops
from mark1.models import load_model
from mark1.saving import (
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from tests.variants import same_bits


class Leaky(layers.Layer):
    """A cell: a state that fades."""

    def __init__(self, units, rate=0.5, **kwargs):
        super().__init__(**kwargs)
        self.units = self.state_size = units
        self.rate = rate

    def build(self, input_shape):
        self.w = self.add_weight((input_shape[-1], self.units), name="w")

    def call(self, inputs, states):
        h = states[0] * self.rate + inputs @ self.w
        return h, [h]

    def get_config(self):
        return {**super().get_config(), "units": self.units, "rate": self.rate}


class Scale(layers.Layer):
    def build(self, input_shape):
        self.factor = self.add_weight((input_shape[-1],), "ones", name="factor")

    def call(self, x):
        return x * self.factor


class Cube(mark1.regularizers.Regularizer):
    def __call__(self, x):
        return ops.sum(ops.abs(x * x * x))

    def get_config(self):
        return {}


def swell(x):
    return x * ops.sigmoid(2.0 * x)


OWN = {"Leaky": Leaky, "Scale": Scale, "Cube": Cube, "swell": swell}


@contextlib.contextmanager
def registered() -> Iterator[None]:
    before = dict(get_custom_objects())
    for entry in OWN.values():
        register_keras_serializable("own")(entry)
    try:
        yield
    finally:
        get_custom_objects().clear()
        get_custom_objects().update(before)


def inner_model():
    x = mark1.Input((4,))
    return mark1.Model(x, Scale()(layers.Dense(3, kernel_regularizer=Cube())(x)))


MODELS = {
    "RNN": lambda: layers.RNN(Leaky(3, rate=0.25)),
    "stack": lambda: layers.RNN([Leaky(3), layers.LSTMCell(2), Leaky(4)]),
    "Bidirectional": lambda: layers.Bidirectional(layers.RNN(Leaky(3))),
    "TimeDistributed": lambda: layers.TimeDistributed(Scale()),
    "Sequential": lambda: mark1.Sequential([mark1.Input((5, 4)), Scale()]),
    "functional": lambda: layers.TimeDistributed(inner_model()),
    "regularizer": lambda: layers.TimeDistributed(layers.Dense(2, bias_regularizer=Cube())),
}


def saved(tmp_path, layer) -> tuple[str, mark1.Model]:
    model = mark1.Sequential([mark1.Input((5, 4)), layer])
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    path = str(tmp_path / "m.keras")
    model.save(path)
    return path, model


def assert_same(again, model) -> None:
    x = np.random.default_rng(1).normal(size=(2, 5, 4)).astype("float32")
    assert same_bits(again.predict(x, verbose=0), model.predict(x, verbose=0))


@pytest.mark.parametrize("name", MODELS)
def test_custom_objects_reach_every_layer(tmp_path, name):
    path, model = saved(tmp_path, MODELS[name]())
    assert_same(load_model(path, custom_objects=OWN), model)
    with custom_object_scope(OWN):
        assert_same(load_model(path), model)
    with pytest.raises(ValueError, match=r"unknown \w+ '(Leaky|Scale|Cube)'"):
        load_model(path)


@pytest.mark.parametrize("name", MODELS)
def test_registered_classes_reach_every_layer(tmp_path, name):
    with registered():
        path, model = saved(tmp_path, MODELS[name]())
        assert_same(load_model(path), model)


def test_functions_have_names_in_files_once_they_are_registered(tmp_path):
    with registered():
        layer = layers.TimeDistributed(layers.Dense(3, activation=swell))
        assert layer.get_config()["layer"]["config"]["activation"] == "own>swell"
        path, model = saved(tmp_path, layer)
        model.compile("sgd", loss=swell)
        assert model.get_compile_config()["loss"] == "own>swell"
        assert_same(load_model(path), model)


def test_configs_are_read_in_a_scope():
    config = layers.RNN(Leaky(3)).get_config()
    with custom_object_scope({"Leaky": Scale}), custom_object_scope({"Leaky": Leaky}):
        assert isinstance(layers.RNN.from_config(config).cell, Leaky)
    with pytest.raises(ValueError, match="unknown layer 'Leaky'"):
        layers.RNN.from_config(config)


def test_copies_need_no_names():
    layer = layers.Bidirectional(layers.LSTM(3, activation=swell, kernel_regularizer=Cube()))
    assert layer.backward_layer.cell.activation is swell
    assert isinstance(layer.backward_layer.cell.kernel_regularizer, Cube)


def test_an_error_ends_the_scope():
    with pytest.raises(KeyError), custom_object_scope(OWN):
        raise KeyError
    assert get_registered_object("Scale") is None


def test_names():
    with registered():
        assert get_registered_name(Scale) == "own>Scale"
        assert get_registered_object("own>Scale") is Scale
    assert get_registered_object("own>Scale") is None
    assert get_registered_object("a", None, {"a": 1}) == 1


def test_classes_without_a_config_are_refused():
    class Bare: ...

    with pytest.raises(ValueError, match=r"\[register_keras_serializable\] Bare must have get_con"):
        register_keras_serializable()(Bare)


def test_cells_that_no_config_makes_are_refused():
    class Cell:
        state_size = 3

        def call(self, inputs, states): ...

        def get_config(self):
            return {}

    described = layers.RNN(Cell()).get_config()
    message = r"\[layer\] Cell has no from_config, which makes it of"
    with pytest.raises(ValueError, match=message), custom_object_scope({"Cell": Cell}):
        layers.RNN.from_config(described)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_files_of_keras_name_registered_classes(tmp_path):
    keras = pytest.importorskip("keras")

    @keras.saving.register_keras_serializable("own")
    class Scale(keras.layers.Layer):
        def build(self, input_shape):
            self.factor = self.add_weight((input_shape[-1],), "ones", name="factor")

        def call(self, x):
            return x * self.factor

    model = keras.Sequential([keras.Input((5, 4)), keras.layers.TimeDistributed(Scale())])
    model.layers[0].layer.set_weights([np.arange(4.0)])
    model.save(tmp_path / "k.keras")
    with registered():
        again = load_model(tmp_path / "k.keras")
    x = np.random.default_rng(1).normal(size=(2, 5, 4)).astype("float32")
    np.testing.assert_array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))
