"""Objects as data and back."""

from __future__ import annotations

import json

import numpy as np
import pytest

import mark1
from mark1 import saving

OBJECTS = [
    lambda: mark1.layers.Dense(3, "relu", kernel_regularizer="l2"),
    lambda: mark1.losses.Huber(0.5),
    lambda: mark1.metrics.TopKCategoricalAccuracy(3),
    lambda: mark1.optimizers.Adam(mark1.optimizers.schedules.ExponentialDecay(0.1, 3, 0.5)),
    lambda: mark1.optimizers.schedules.CosineDecay(0.1, 10),
    lambda: mark1.initializers.HeNormal(seed=3),
    lambda: mark1.regularizers.L1L2(0.1, 0.2),
    lambda: mark1.constraints.MaxNorm(2),
]


@saving.register_keras_serializable("tests")
class Own:
    def __init__(self, size=1):
        self.size = size

    def get_config(self):
        return {"size": self.size}


@saving.register_keras_serializable("tests")
def own_function(x):
    return x


@pytest.mark.parametrize("make", OBJECTS)
def test_objects_go_to_data_and_back(make):
    described = json.loads(json.dumps(saving.serialize_keras_object(make())))
    again = saving.deserialize_keras_object(described)
    assert type(again) is type(make())
    ours = {k: v for k, v in make().get_config().items() if k != "name"}
    assert {k: v for k, v in again.get_config().items() if k != "name"} == ours


def test_what_belongs_to_the_user():
    nest = {"own": [Own(3), own_function], "array": np.arange(3.0), "plain": (1, None, np.int64(2))}
    again = saving.deserialize_keras_object(saving.serialize_keras_object(nest))
    assert again["own"][0].size == 3
    assert again["own"][1] is own_function
    assert again["array"].tolist() == [0.0, 1.0, 2.0]
    assert again["plain"] == (1, None, 2)


def test_a_layer_comes_back_built():
    layer = mark1.layers.Dense(3)
    layer.build((None, 2))
    again = saving.deserialize_keras_object(saving.serialize_keras_object(layer))
    assert again.kernel.shape == (2, 3)


def test_classes_may_be_named_for_the_occasion():
    class Local(Own):
        pass

    described = {"module": "x", "class_name": "Local", "config": {"size": 2}}
    assert saving.deserialize_keras_object(described, {"Local": Local}).size == 2
    with pytest.raises(ValueError, match="unknown class 'Local': name it in custom_objects"):
        saving.deserialize_keras_object(described)


def test_nothing_is_imported_for_a_file():
    described = {"module": "os", "class_name": "system", "config": "ls", "registered_name": None}
    with pytest.raises(ValueError, match="unknown class 'system'"):
        saving.deserialize_keras_object(described)
    described = {"class_name": "function", "config": "os.system"}
    with pytest.raises(ValueError, match=r"unknown function 'os.system'"):
        saving.deserialize_keras_object(described)


def test_what_cannot_be_described():
    with pytest.raises(TypeError, match=r"\[serialize_keras_object\] cannot describe"):
        saving.serialize_keras_object(object())
    with pytest.raises(TypeError, match="decorate it with register_keras_serializable"):
        saving.serialize_keras_object(lambda x: x)

    def relu(x):
        return x

    with pytest.raises(TypeError, match="a function whose name finds nothing, or another"):
        saving.serialize_keras_object(relu)


FUNCTIONS = [
    ("activations", "relu"),
    ("activations", "sigmoid"),
    ("losses", "mean_squared_error"),
    ("metrics", "binary_accuracy"),
]


@pytest.mark.parametrize(("module", "name"), FUNCTIONS)
def test_functions_of_the_library_go_by_their_names_as_in_keras(module, name):
    function = getattr(getattr(mark1, module), name)
    described = json.loads(json.dumps(saving.serialize_keras_object(function)))
    assert saving.deserialize_keras_object(described) is function
    keras = pytest.importorskip("keras")
    theirs = getattr(getattr(keras, module), name)
    assert keras.saving.serialize_keras_object(theirs) == described
    assert keras.saving.deserialize_keras_object(described) is theirs


def test_an_operation_may_be_an_activation_that_is_saved():
    assert saving.serialize_keras_object(mark1.ops.relu)["config"] == "relu"
    assert mark1.layers.Dense(2, mark1.ops.relu).get_config()["activation"] == "relu"
    with pytest.raises(ValueError, match=r"mark1.ops.gelu approximates, and would be exact"):
        mark1.layers.Dense(2, mark1.ops.gelu).get_config()


def test_functions_of_the_user_go_by_names_that_no_other_has():
    def mine(x):
        return x

    described = saving.serialize_keras_object({"f": mine})
    assert saving.deserialize_keras_object(described, {"mine": mine})["f"] is mine
    with pytest.raises(ValueError, match="unknown function 'mine': name it in custom_objects"):
        saving.deserialize_keras_object(described)


def test_tensors_and_policies_are_described_as_in_keras():
    nest = [mark1.ops.ones((2,), "float64"), mark1.DTypePolicy("mixed_bfloat16")]
    described = json.loads(json.dumps(saving.serialize_keras_object(nest)))
    tensor, policy = saving.deserialize_keras_object(described)
    assert (tensor.dtype, tensor.numpy().tolist()) == ("float64", [1.0, 1.0])
    assert policy.name == "mixed_bfloat16"
    keras = pytest.importorskip("keras")
    theirs = [keras.ops.ones((2,), "float64"), keras.DTypePolicy("mixed_bfloat16")]
    assert keras.saving.serialize_keras_object(theirs) == described
