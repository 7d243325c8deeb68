"""What compile, fit and evaluate can be told, beside Keras: logs and weights after ten steps."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

import mark1
from tests.peers.closeness import TRAINING, assert_close, assert_moved_alike

RNG = np.random.default_rng(0)
N = 40
STEPS = 10  # at most
X, Z = (RNG.normal(size=(N, n)).astype("float32") for n in (5, 3))
REAL = RNG.normal(size=(N, 2)).astype("float32")
LABELS = RNG.integers(0, 3, N)
ONE_HOT = np.eye(3, dtype="float32")[LABELS]
BITS = RNG.integers(0, 2, (N, 1)).astype("float32")
WEIGHTS = RNG.uniform(0, 2, N).astype("float32")


def chain(k: ModuleType) -> Any:
    """One output: three classes."""
    layers = [k.layers.Dense(4, activation="tanh"), k.layers.Dense(3, activation="softmax")]
    return k.Sequential([k.Input((5,)), *layers])


def two_outputs(k: ModuleType) -> Any:
    """Two inputs, a shared layer, outputs of two kinds with names."""
    x, z = k.Input((5,), name="x"), k.Input((3,), name="z")
    both = k.layers.Dense(4, activation="tanh")(k.layers.Concatenate()([x, z]))
    real = k.layers.Dense(2, name="real", kernel_regularizer="l2")(both)
    share = k.layers.Dense(1, activation="sigmoid", name="share")(both)
    return k.Model([x, z], {"real": real, "share": share})


SPARSE: dict[str, Any] = {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}
MIXED: dict[str, Any] = {"loss": {"real": "mse", "share": "binary_crossentropy"}}
TARGETS = {"real": REAL, "share": BITS}
# What is compiled with, what fit is told; data of the chain first, then those of two outputs.
CHAINS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "plain": (SPARSE, {}),
    "accumulated": (SPARSE, {"steps_per_execution": 3}),
    "class-weight": (SPARSE, {"class_weight": {0: 1.0, 1: 2.5, 2: 0.0}}),
    "sample-weight": ({**SPARSE, "weighted_metrics": ["accuracy"]}, {"sample_weight": WEIGHTS}),
    "validation-split": (SPARSE, {"validation_split": 0.3}),
    "validation-data": (SPARSE, {"validation_data": (X[:7], LABELS[:7])}),
    "validation-weights": (SPARSE, {"validation_data": (X[:7], LABELS[:7], WEIGHTS[:7])}),
    "validation-seldom": (SPARSE, {"validation_split": 0.2, "validation_freq": 2, "epochs": 4}),
    "uneven-batches": (SPARSE, {"batch_size": 7}),
    "initial-epoch": (SPARSE, {"initial_epoch": 1, "epochs": 3}),
    "steps-per-epoch": (SPARSE, {"steps_per_epoch": 5, "batch_size": 4}),
    "top-k": (
        {"loss": "categorical_crossentropy", "metrics": ["acc", "top_k_categorical_accuracy"]},
        {"y": ONE_HOT},
    ),
    "metrics-of-classes": (
        {"loss": "categorical_crossentropy", "metrics": ["precision", "auc", "mae"]},
        {"y": ONE_HOT},
    ),
    "own-loss": ({"loss": lambda y, p: (y - p) ** 2, "metrics": ["mse"]}, {"y": ONE_HOT}),
}
PAIRS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "plain": (MIXED, {}),
    "loss-weights": ({**MIXED, "loss_weights": {"real": 0.3, "share": 2.0}}, {}),
    "one-loss": ({"loss": "mse"}, {}),
    "metrics": ({**MIXED, "metrics": {"real": ["mae", "mse"], "share": "accuracy"}}, {}),
    "weighted-metrics": (
        {**MIXED, "weighted_metrics": {"share": ["accuracy"]}},
        {"sample_weight": {"real": WEIGHTS, "share": WEIGHTS[::-1].copy()}},
    ),
    "validation": (MIXED, {"validation_split": 0.25}),
    "named-inputs": (MIXED, {"x": {"x": X, "z": Z}}),
}


def trained(k: ModuleType, make: Any, compiled: dict[str, Any], told: dict[str, Any]) -> Any:
    """The logs of fit, those of evaluate, the weights, and those before."""
    k.utils.clear_session()
    model = make(k)
    rng = np.random.default_rng(1)
    model.set_weights([rng.normal(size=w.shape) / 2 for w in model.get_weights()])
    before = model.get_weights()
    eager = {} if k is mark1 or "steps_per_execution" in told else {"run_eagerly": True}
    told = dict(told)
    per = {key: told.pop(key) for key in ["steps_per_execution"] if key in told}
    model.compile(k.optimizers.SGD(1 / 16, momentum=0.5), **compiled, **eager, **per)
    options = {"epochs": 2, "batch_size": 8, "shuffle": False, "verbose": 0, **told}
    history = model.fit(**options).history
    logs = model.evaluate(options["x"], options["y"], batch_size=8, verbose=0, return_dict=True)
    return history, logs, model.get_weights(), before


def assert_trained_alike(keras: Any, make: Any, compiled: Any, told: Any) -> None:
    theirs, ours = (trained(k, make, compiled, told) for k in (keras, mark1))
    for found, expected in zip(ours[:2], theirs[:2], strict=True):
        assert sorted(found) == list(expected) == sorted(expected)
        for key, value in expected.items():
            assert_close(np.array(found[key]), np.array(value), TRAINING, key, "float32")
    for i, (weight, expected, first) in enumerate(zip(ours[2], theirs[2], theirs[3], strict=True)):
        assert_moved_alike(weight, expected, first, STEPS, f"weight {i}")
        assert np.abs(expected - first).max() > 1 / 512, f"weight {i} has not moved"


pytestmark = pytest.mark.filterwarnings("default")


@pytest.mark.parametrize("name", CHAINS)
def test_one_output(keras: Any, name: str) -> None:
    compiled, told = CHAINS[name]
    assert_trained_alike(keras, chain, compiled, {"x": X, "y": LABELS, **told})


@pytest.mark.parametrize("name", PAIRS)
def test_two_outputs(keras: Any, name: str) -> None:
    compiled, told = PAIRS[name]
    assert_trained_alike(keras, two_outputs, compiled, {"x": [X, Z], "y": TARGETS, **told})
