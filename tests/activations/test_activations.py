"""Activations by name, their parameters, and what is said about wrong ones."""

from __future__ import annotations

import numpy as np
import pytest

from mark1 import Variable, activations

X = np.array([-2.0, -0.5, 0.0, 0.25, 3.0], np.float32)
NAMES = [
    "celu", "elu", "exponential", "gelu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_tanh",
    "leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish", "relu", "relu6", "selu",
    "sigmoid", "silu", "soft_shrink", "softmax", "softplus", "softsign", "sparse_plus",
    "sparse_sigmoid", "sparsemax", "squareplus", "step", "tanh", "tanh_shrink",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_leads_to_the_function_and_back(name):
    function = activations.get(name)
    assert activations.serialize(function) == name
    assert activations.deserialize(activations.serialize(function)) is function
    assert activations.get(function) is function
    y = function(X)
    assert y.shape == X.shape
    assert y.dtype == "float32"
    assert np.isfinite(y.numpy()).all()


@pytest.mark.parametrize(
    ("alias", "name"), [("swish", "silu"), ("hard_swish", "hard_silu"), (None, "linear")]
)
def test_other_names(alias, name):
    assert activations.serialize(activations.get(alias)) == name


@pytest.mark.parametrize(
    "config",
    [
        {"module": "builtins", "class_name": "function", "config": "tanh", "registered_name": "f"},
        {"class_name": "tanh"},
    ],
)
def test_configurations_as_keras_writes_them(config):
    assert activations.get(config) is activations.tanh


def test_what_keras_calls_swish():
    assert activations.swish is activations.silu
    assert activations.hard_swish is activations.hard_silu


def test_gated_units_halve():
    x = np.stack([X, X[::-1]], axis=-1)
    want = x[:, :1] / (1 + np.exp(-x[:, 1:]))
    np.testing.assert_allclose(activations.get("glu")(x).numpy(), want, rtol=1e-6)


def test_functions_of_the_user():
    def double(x):
        return x + x

    assert activations.get(double) is double
    assert activations.deserialize("double", {"double": double}) is double
    assert activations.deserialize("relu", {"relu": double}) is double
    assert activations.serialize(double) == "double"  # as in Keras: whoever loads it has it
    with pytest.raises(ValueError, match="has no name to be saved under"):
        activations.serialize(lambda x: x)


def test_a_function_that_only_has_the_name_is_not_the_function():
    def relu(x):
        return x

    with pytest.raises(ValueError, match=r"'relu' would be taken for that of the library"):
        activations.serialize(relu)


@pytest.mark.parametrize(
    ("wrong", "near"),
    [
        ("rellu", "relu"),
        ("Sigmoid", "sigmoid"),
        ("swich", "swish"),
        ("hardsigmoid", "hard_sigmoid"),
    ],
)
def test_the_nearest_name_is_suggested(wrong, near):
    for call in (activations.get, activations.deserialize):
        with pytest.raises(ValueError, match=f"unknown activation '{wrong}'") as error:
            call(wrong)
        text = str(error.value)
        assert text.startswith("[activation] ")
        assert f"Did you mean '{near}'?" in text


@pytest.mark.parametrize(
    "config", [{}, {"config": 3}, {"config": {"name": "relu"}}, "", "__class__"]
)
def test_what_names_nothing(config):
    with pytest.raises(ValueError, match=r"^\[activation\] unknown activation"):
        activations.get(config)


@pytest.mark.parametrize("identifier", [3, 1.5, ["relu"], b"relu"])
def test_what_is_no_identifier(identifier):
    with pytest.raises(ValueError, match=r"^\[activations\] cannot make an activation of"):
        activations.get(identifier)


@pytest.mark.parametrize(
    ("name", "parameters", "text"),
    [
        ("elu", {"alpha": -1.0}, r"\[elu\] alpha must not be negative, got -1.0"),
        ("elu", {"alpha": float("nan")}, r"\[elu\] alpha must not be negative, got nan"),
        ("celu", {"alpha": 0.0}, r"\[celu\] alpha must not be 0"),
        ("squareplus", {"b": -4.0}, r"\[squareplus\] b must not be negative, got -4.0"),
        ("leaky_relu", {"negative_slope": -0.1},
         r"\[leaky_relu\] negative_slope must not be negative, got -0.1"),
        ("relu", {"max_value": -1.0}, r"\[relu\] max_value and negative_slope must not be"),
        ("relu", {"negative_slope": -1.0}, r"\[relu\] max_value and negative_slope"),
    ],
)  # fmt: skip
def test_parameters_outside_their_range(name, parameters, text):
    with pytest.raises(ValueError, match=text):
        activations.get(name)(X, **parameters)


@pytest.mark.parametrize(
    ("name", "parameters", "expected"),
    [
        ("relu", {}, [0, 0, 0, 0.25, 3]),
        ("relu", {"negative_slope": 0.5}, [-1, -0.25, 0, 0.25, 3]),
        ("relu", {"max_value": 1.0}, [0, 0, 0, 0.25, 1]),
        ("relu", {"threshold": 1.0}, [0, 0, 0, 0, 3]),
        ("relu", {"negative_slope": 0.5, "max_value": 2.0, "threshold": 1.0},
         [-1.5, -0.75, -0.5, -0.375, 2]),
        ("leaky_relu", {"negative_slope": 0.0}, [0, 0, 0, 0.25, 3]),
        ("threshold", {"threshold": 0.0, "default_value": 7.0}, [7, 7, 7, 0.25, 3]),
        ("hard_shrink", {"threshold": 0.5}, [-2, 0, 0, 0, 3]),
        ("soft_shrink", {"threshold": 0.5}, [-1.5, 0, 0, 0, 2.5]),
        ("step", {}, [0, 0, 1, 1, 1]),
    ],
)  # fmt: skip
def test_parameters_do_what_they_say(name, parameters, expected):
    y = getattr(activations, name)(X, **parameters)
    np.testing.assert_array_equal(y.numpy(), np.array(expected, np.float32))


def test_what_an_activation_is_of():
    """Variables and integers are taken, the dtype of floats is kept."""
    assert activations.tanh(np.arange(3)).dtype == "float32"
    assert activations.tanh(X.astype(np.float64)).dtype == "float64"
    np.testing.assert_array_equal(
        activations.relu(Variable(X)).numpy(), activations.relu(X).numpy()
    )
    with pytest.raises(TypeError):
        activations.relu(np.array(["a"]))
