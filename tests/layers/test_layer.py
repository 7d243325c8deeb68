import numpy as np
import pytest

import mark1
from mark1.layers import Dense, Dropout, Layer


class Pair(Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.drop = Dropout(0.5, seed=1)
        self.dense = Dense(2)

    def call(self, x):
        return self.dense(self.drop(x))


class Asks(Layer):
    def call(self, x, training=False):
        self.told = training
        return x


def test_names_are_unique():
    mark1.utils.clear_session()
    assert [Dense(1).name for _ in range(2)] == ["dense", "dense_1"]
    assert Dense(1, name="mine").name == "mine"


def test_weights_of_parts():
    pair = Pair(name="pair")
    assert pair.weights == []
    pair(np.ones((1, 3), np.float32))
    assert [w.path for w in pair.weights] == [
        f"pair/{pair.dense.name}/{name}" for name in ("kernel", "bias")
    ]
    assert pair.count_params() == 8
    pair.trainable = False
    assert pair.trainable_variables == []
    assert len(pair.non_trainable_variables) == 2
    assert pair.dense.trainable is False


def test_parts_are_told_about_training():
    pair = Pair()
    x = np.ones((50, 3), np.float32)
    pair.build((None, 3))
    pair.dense.build((None, 3))
    pair.dense.set_weights([np.ones((3, 2)), np.zeros(2)])
    assert np.ptp(pair(x, training=False).numpy()) == 0
    assert np.ptp(pair(x).numpy()) == 0
    assert np.ptp(pair(x, training=True).numpy()) > 0
    assert np.ptp(pair(x).numpy()) == 0


def test_training_argument():
    layer = Asks()
    layer([[1.0]], training=True)
    assert layer.told is True
    layer([[1.0]])
    assert layer.told is False


def test_tracked_lists_and_own_variables():
    class Net(Layer):
        def __init__(self):
            super().__init__()
            self.steps = [Dense(2), Dense(3)]
            self.scale = mark1.Variable([1.0], name="scale")

        def call(self, x):
            for step in self.steps:
                x = step(x)
            return x * self.scale

    net = Net()
    net([[1.0]])
    assert [w.name for w in net.weights] == ["scale", "kernel", "bias", "kernel", "bias"]


def test_attributes_may_come_before_super():
    class Early(Layer):
        def __init__(self, units):
            self.units = units
            self.inner = Dense(units)
            super().__init__(name="early")

        def call(self, x):
            return self.inner(x)

    layer = Early(2)
    assert layer(np.ones((1, 3))).shape == (1, 2)
    assert [w.shape for w in layer.trainable_weights] == [(3, 2), (2,)]


def test_super_must_come():
    class Bad(Layer):
        def __init__(self):
            self.inner = Dense(1)

    with pytest.raises(RuntimeError, match=r"^\[Bad\] its __init__ must call super\(\).__init__"):
        Bad()


class Noted(Layer):
    def __init__(self, units, *, scale=(1.0, 2.0), **kwargs):
        super().__init__(**kwargs)
        self.inner = Dense(units)
        self.scale = scale

    def call(self, x):
        return self.inner(x) * self.scale[1]


def test_a_config_is_made_of_the_arguments_by_itself():
    config = Noted(3, name="noted").get_config()
    assert (config["units"], config["scale"], config["name"]) == (3, (1.0, 2.0), "noted")
    copy = Noted.from_config(config)
    assert copy(np.ones((1, 2))).shape == (1, 3)
    with pytest.raises(
        NotImplementedError,
        match=r"\[Noted\] must define get_config: its argument "
        "scale is of type Dense",
    ):
        Noted(3, scale=Dense(1)).get_config()


def test_shapes_of_the_users_layers_are_found_by_calls():
    class Wider(Layer):
        def __init__(self, units):
            super().__init__()
            self.inner = Dense(units)

        def call(self, x):
            return self.inner(x)

    assert Wider(7).compute_output_shape((None, 4, 3)) == (None, 4, 7)
    model = mark1.Sequential([mark1.Input((3,)), Wider(5), Dense(2)])
    assert model.output_shape == (None, 2)
    assert model.layers[1].kernel.shape == (5, 2)
    timed = mark1.layers.TimeDistributed(Wider(6))
    assert timed.compute_output_shape((None, 4, 3)) == (None, 4, 6)


def test_get_and_set_weights():
    layer = Dense(2, name="d")
    layer.build((None, 3))
    kernel = np.arange(6, dtype=np.float32).reshape(3, 2)
    layer.set_weights([kernel, [1.0, 2.0]])
    np.testing.assert_array_equal(layer.get_weights()[0], kernel)
    with pytest.raises(ValueError, match='"d" has 2 weights, got 1 arrays'):
        layer.set_weights([kernel])
    with pytest.raises(
        ValueError, match=r"d/kernel has shape \(3, 2\), got an array of shape \(2, 3"
    ):
        layer.set_weights([kernel.T, [5.0, 5.0]])
    assert layer.get_weights()[1].tolist() == [1.0, 2.0]


def test_float64():
    layer = Dense(2, dtype="float64")
    assert layer(np.ones((1, 3), np.float32)).dtype == "float64"
    assert {w.dtype for w in layer.weights} == {"float64"}
    assert Dense.from_config(layer.get_config()).dtype == "float64"


def test_custom_layer_with_weights():
    class Scale(Layer):
        def build(self, input_shape):
            self.factor = self.add_weight((input_shape[-1],), "ones", name="factor")

        def call(self, x):
            return x * self.factor

    layer = Scale(name="scale")
    layer.build((None, 2))
    assert layer.built
    assert layer.factor.path == "scale/factor"
    np.testing.assert_array_equal(layer([[1.0, 2.0]]), [[1.0, 2.0]])


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (
            lambda: Dense(1, unit=3),
            r"argument 'unit'\. Did you mean 'units'",
        ),
        (lambda: Dense(1, dtype="int32"), r"\[Dense\] dtype must be one of .* got 'int32'"),
        (lambda: Layer()([[1.0]]), None),
    ],
)
def test_refused(make, text):
    error = NotImplementedError if text is None else ValueError
    with pytest.raises(error, match=text or r"a layer defines call\(x\)"):
        make()


def test_weights_of_which_one_is_no_number_change_nothing():
    layer = Dense(3)
    layer.build((None, 4))
    before = layer.get_weights()
    with pytest.raises(TypeError, match="numbers or booleans are needed"):
        layer.set_weights([np.ones((4, 3)), np.array(["a", "b", "c"])])
    for old, new in zip(before, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_descriptions():
    from mark1 import layers, optimizers

    layer = layers.MultiHeadAttention(2, 4)
    layer.build((None, 5, 3), (None, 6, 3))
    again = layers.deserialize(layers.serialize(layer))
    assert [w.shape for w in again.weights] == [w.shape for w in layer.weights]
    assert not layers.deserialize(layers.serialize(layers.Dense(3))).built
    adam = optimizers.deserialize(optimizers.serialize(optimizers.Adam(0.25)))
    assert float(adam.learning_rate) == 0.25
    with pytest.raises(TypeError, match=r"\[layers\] serialize takes a layer, got int"):
        layers.serialize(3)
    with pytest.raises(ValueError, match="unknown layer 'Dens'"):
        layers.deserialize({"class_name": "Dens", "config": {}})
