"""Every activation beside Keras."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from mark1 import activations

X = np.random.default_rng(0).normal(size=(5, 6)).astype(np.float32) * 2
FORMS = [
    ("celu", {"alpha": 0.7}), ("elu", {"alpha": 0.7}), ("exponential", {}),
    ("gelu", {}), ("gelu", {"approximate": True}), ("glu", {}), ("glu", {"axis": 1}),
    ("hard_shrink", {"threshold": 0.3}), ("hard_sigmoid", {}), ("hard_silu", {}),
    ("hard_swish", {}), ("hard_tanh", {}), ("leaky_relu", {}), ("linear", {}), ("log_sigmoid", {}),
    ("log_softmax", {}), ("log_softmax", {"axis": 0}), ("mish", {}), ("relu", {}),
    ("relu", {"negative_slope": 0.1, "max_value": 2.0, "threshold": 0.5}), ("relu6", {}),
    ("selu", {}), ("sigmoid", {}), ("silu", {}), ("soft_shrink", {}), ("softmax", {}),
    ("softmax", {"axis": 0}), ("softplus", {}), ("softsign", {}), ("sparse_plus", {}),
    ("sparse_sigmoid", {}), ("sparsemax", {}), ("sparsemax", {"axis": 0}),
    ("squareplus", {"b": 3}), ("swish", {}), ("tanh", {}), ("tanh_shrink", {}),
    ("threshold", {"threshold": 0.5, "default_value": 0.1}),
]  # fmt: skip


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize(("name", "arguments"), FORMS)
def test_values_are_those_of_keras(keras, name, arguments):
    tensor = keras.ops.convert_to_tensor(X)
    theirs = np.asarray(getattr(keras.activations, name)(tensor, **arguments))
    ours = getattr(activations, name)(X, **arguments).numpy()
    if name == "sparsemax" and np.abs(theirs.sum(arguments.get("axis", -1)) - 1).max() > 1e-5:
        pytest.skip("this Keras' sparsemax does not sum to 1; tests/cases has the definition")
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


def test_names_and_arguments_are_those_of_keras(keras):
    for name in dir(keras.activations):
        their = getattr(keras.activations, name)
        if name.startswith("_") or not inspect.isfunction(their):
            continue
        ours = inspect.signature(getattr(activations, name)).parameters
        if name not in ("get", "serialize", "deserialize"):
            assert name in {form[0] for form in FORMS}
            assert activations.get(name) is getattr(activations, name)
        assert {k: v.default for k, v in inspect.signature(their).parameters.items()}.items() <= {
            k: v.default for k, v in ours.items()
        }.items(), name
