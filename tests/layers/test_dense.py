import numpy as np
import pytest

import mark1
from mark1.layers import Dense

X = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)


@pytest.mark.parametrize("activation", [None, "relu", "sigmoid", "tanh", "softmax"])
def test_value(activation):
    layer = Dense(4, activation=activation)
    y = layer(X).numpy()
    kernel, bias = (w.astype(np.float64) for w in layer.get_weights())
    z = X.astype(np.float64) @ kernel + bias
    want = {
        None: lambda: z,
        "relu": lambda: np.maximum(z, 0),
        "sigmoid": lambda: 1 / (1 + np.exp(-z)),
        "tanh": lambda: np.tanh(z),
        "softmax": lambda: np.exp(z) / np.exp(z).sum(-1, keepdims=True),
    }[activation]()
    np.testing.assert_allclose(y, want, rtol=1e-5, atol=1e-6)


def test_activation_may_be_a_function():
    layer = Dense(2, activation=lambda x: x * 2.0, kernel_initializer="ones")
    np.testing.assert_allclose(layer(X), 2 * np.repeat(X.sum(1, keepdims=True), 2, 1), rtol=1e-5)


def test_more_axes():
    layer = Dense(2)
    x = np.random.default_rng(1).normal(size=(4, 5, 3)).astype(np.float32)
    y = layer(x)
    assert y.shape == (4, 5, 2)
    np.testing.assert_array_equal(y.numpy().reshape(20, 2), layer(x.reshape(20, 3)))


def test_without_bias():
    layer = Dense(2, use_bias=False, kernel_initializer="ones")
    np.testing.assert_allclose(layer([[1.0, 2.0]]), [[3.0, 3.0]])
    assert [w.name for w in layer.weights] == ["kernel"]


def test_config():
    layer = Dense(2, activation="relu", bias_initializer="ones", name="d")
    config = layer.get_config()
    assert config["units"] == 2
    assert config["activation"] == "relu"
    assert config["bias_initializer"]["class_name"] == "Ones"
    assert Dense.from_config(config).get_config() == config


def built(units, width, name):
    layer = Dense(units, name=name)
    layer.build((None, width))
    return layer


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        (
            (784,),
            r'\[Dense "hidden"\] expected inputs of shape \(batch, 784\), got \(784,\). '
            r"This looks like one sample: add a batch axis, x\[None\]",
        ),
        ((3,), r"got \(3,\). The batch axis is missing: x\[None\] adds one"),
        ((), r"\(batch, 784\), got \(\)"),
        ((5, 28, 28), r"got \(5, 28, 28\). Put a Flatten\(\) layer before it, or x.reshape"),
        ((784, 5), r"got \(784, 5\). Samples are rows: did you mean x.T\?"),
        ((5, 783), "was built for 784 features per sample, these have 783"),
    ],
)
def test_wrong_inputs(shape, text):
    with pytest.raises(ValueError, match=text):
        built(2, 784, "hidden")(np.zeros(shape, np.float32))


def test_one_sample_before_it_is_built():
    with pytest.raises(
        ValueError, match=r"expected inputs of shape \(batch, ...\), got \(3,\). This"
    ):
        Dense(2)([1.0, 2.0, 3.0])


@pytest.mark.parametrize("units", [0, -1, 2.5, "3", None, True])
def test_units(units):
    with pytest.raises(ValueError, match=r"\[Dense\] units must be a positive integer, got "):
        Dense(units)


def test_unknown_names():
    with pytest.raises(ValueError, match=r"unknown activation 'rellu'. Did you mean 'relu'"):
        Dense(1, activation="rellu")
    with pytest.raises(ValueError, match=r"unknown initializer 'zeroes'. Did you mean 'zeros'"):
        Dense(1, kernel_initializer="zeroes")


def test_gradient_flows():
    layer = built(2, 3, "g")
    with mark1.GradientTape() as tape:
        loss = mark1.ops.sum(layer(X))
    kernel, bias = tape.gradient(loss, layer.trainable_variables)
    np.testing.assert_allclose(kernel, np.repeat(X.sum(0)[:, None], 2, 1), rtol=1e-5)
    np.testing.assert_array_equal(bias, [5.0, 5.0])
