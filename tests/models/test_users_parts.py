"""What users write in place of the library's parts: losses, compute_loss, layers with losses."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import layers, ops

X = np.linspace(-1.0, 1.0, 24, dtype="float32").reshape(8, 3)


def chain(*parts):
    return mark1.Sequential([mark1.Input((3,)), *parts, layers.Dense(1)])


def test_a_loss_may_define_call_and_reduction_in_one():
    class Own(mark1.Loss):
        def __call__(self, y_true, y_pred, sample_weight=None):
            return ops.sum(ops.abs(y_true - y_pred))

    model = chain()
    model.compile("sgd", Own())
    distance = float(np.abs(model.predict(X)).sum())
    assert model.evaluate(X, np.zeros((8, 1)), batch_size=8, verbose=0) == pytest.approx(distance)


@pytest.mark.parametrize("told", [True, False])
def test_a_model_may_compute_its_loss_itself(told):
    class Own(mark1.Model):
        def __init__(self):
            super().__init__()
            self.inner = layers.Dense(1, kernel_initializer="ones")

        def call(self, x):
            return self.inner(x)

        if told:

            def compute_loss(self, x, y, y_pred, sample_weight=None, training=True):
                return ops.mean(ops.square(y - y_pred)) + (0.0 if training else 1.0)

        else:

            def compute_loss(self, x, y, y_pred, sample_weight=None):
                return ops.mean(ops.square(y - y_pred))

    model = Own()
    model.compile("sgd", metrics=["mae"])
    y = X.sum(axis=1, keepdims=True)
    loss, mae = model.evaluate(X, y, verbose=0)
    assert loss == pytest.approx(1.0 if told else 0.0, abs=1e-6)
    assert mae == pytest.approx(0.0, abs=1e-6)
    history = model.fit(X, y + 1, epochs=3, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]


def test_what_layers_add_may_be_all_the_loss():
    class Small(layers.Layer):
        def call(self, x):
            self.add_loss(ops.mean(ops.square(x)))
            return x

    inputs = mark1.Input((3,))
    model = mark1.Model(inputs, Small()(layers.Dense(2)(inputs)))
    model.compile("sgd")
    history = model.fit(X, epochs=3, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]
    assert model.evaluate(X, verbose=0) < history["loss"][0]


def test_targets_of_the_only_output_with_a_loss_stand_alone():
    inputs = mark1.Input((3,))
    hidden = layers.Dense(4)(inputs)
    model = mark1.Model(inputs, [layers.Dense(1)(hidden), hidden])
    model.compile("sgd", loss=["mse", None])
    assert list(model.fit(X, np.ones((8, 1)), verbose=0).history) == ["loss"]


def test_a_subclass_with_plain_arguments_is_saved_without_get_config(tmp_path):
    @mark1.saving.register_keras_serializable("tests")
    class Plain(mark1.Model):
        def __init__(self, units, name=None):
            super().__init__(name=name)
            self.hidden = layers.Dense(units, activation="relu")
            self.out = layers.Dense(1)

        def call(self, x):
            return self.out(self.hidden(x))

    model = Plain(5, name="plain")
    model.compile("adam", "mse")
    model.fit(X, X[:, :1], verbose=0)
    model.save(tmp_path / "plain.keras")
    copy = mark1.models.load_model(tmp_path / "plain.keras")
    np.testing.assert_array_equal(copy.predict(X), model.predict(X))
    mark1.saving.get_custom_objects().pop("tests>Plain")


def test_own_activations_are_saved_by_their_names(tmp_path):
    def doubled(x):
        return x + x

    model = chain(layers.Dense(2, activation=doubled))
    model.save(tmp_path / "own.keras")
    with pytest.raises(ValueError, match=r"'doubled'.*name it in custom_objects"):
        mark1.models.load_model(tmp_path / "own.keras")
    copy = mark1.models.load_model(tmp_path / "own.keras", custom_objects={"doubled": doubled})
    np.testing.assert_array_equal(copy.predict(X), model.predict(X))


def test_the_shape_of_a_weight_must_be_known():
    class Wide(layers.Layer):
        def build(self, input_shape):
            self.w = self.add_weight((input_shape[1],), name="w")

        def call(self, x):
            return x

    with pytest.raises(ValueError, match=r"weight 'w' would have the shape \(None,\).*State that"):
        Wide()(mark1.Input((None, 3)))


def test_a_subclass_is_built_for_a_shape():
    class Two(mark1.Model):
        def __init__(self):
            super().__init__()
            self.hidden = layers.Dense(5)
            self.out = layers.Dense(2)

        def call(self, x):
            return self.out(self.hidden(x))

    model = Two()
    model.build((None, 3))
    assert [w.shape for w in model.weights] == [(3, 5), (5,), (5, 2), (2,)]
    assert model.compute_output_shape((None, 3)) == (None, 2)


def own_loss(model):
    """A model of the same layers that computes its loss itself."""

    class Own(mark1.Model):
        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
            return ops.mean(ops.square(y - y_pred))

    return Own(model.inputs, model.outputs)


def test_a_frozen_model_trains_nothing_and_measures():
    model = own_loss(chain())
    model.trainable = False
    model.compile("sgd")
    before = model.get_weights()
    history = model.fit(X, np.ones((8, 1)), epochs=2, shuffle=False, verbose=0).history
    assert history["loss"][0] == history["loss"][1]
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_metric_that_fails_leaves_the_weights_alone():
    class Refusing(mark1.Metric):
        def update_state(self, y_true, y_pred, sample_weight=None):
            raise ValueError("[Refusing] not these")

        def result(self):
            return ops.zeros(())

    model = own_loss(chain())
    model.compile("sgd", metrics=[Refusing()])
    before = model.get_weights()
    with pytest.raises(ValueError, match="not these"):
        model.fit(X, np.ones((8, 1)), verbose=0)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_build_or_first_call_that_fails_leaves_no_word_of_its_shape():
    class Two(mark1.Model):
        def __init__(self):
            super().__init__()
            self.inner = layers.Dense(1)

        def call(self, x):
            if x.shape[-1] == 2:
                raise ValueError("not of two")
            return self.inner(x)

    model = Two()
    with pytest.raises(ValueError, match="not of two"):
        model.build((None, 2))
    assert not model.built
    with pytest.raises(ValueError, match="not of two"):
        model(X[:, :2])
    assert not model.built
    assert model._build_shape is None
    model.build((None, 3))
    assert model.built
    assert model.predict(X, verbose=0).shape == (8, 1)
    with pytest.raises(ValueError, match="not of two"):
        model(X[:, :2])
    assert model.built
    assert model._build_shape == (None, 3)
