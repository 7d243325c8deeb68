"""With every loss a native epoch gives the bits of one in Python."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import mark1
from mark1 import losses
from mark1.layers import Dense, Input, Reshape, UnitNormalization
from mark1.recording import EagerStepWarning
from tests.losses.loss_forms import FORMS, IDS

ACTIVATIONS = {"Poisson": "exponential", "KLDivergence": "softmax", "Circle": "linear"}


@pytest.mark.parametrize(("cls", "function", "arguments", "y", "p"), FORMS, ids=IDS)
def test_native_epochs_are_those_in_python(cls, function, arguments, y, p):
    x = np.random.default_rng(2).normal(size=(len(y) * 4, 5)).astype(np.float32)
    y = np.concatenate([y] * 4)
    weight = None if ("axis", None) in arguments.items() else np.arange(len(y)) % 3
    activation = ACTIVATIONS.get(cls, "linear" if arguments.get("from_logits") else "sigmoid")
    states = []
    for eagerly in (True, False):
        mark1.utils.set_random_seed(1)
        layers = [Input((5,)), Dense(int(np.prod(p.shape[1:])), activation=activation)]
        layers.append(Reshape(p.shape[1:]))
        if cls == "Circle":
            layers.append(UnitNormalization())
        model = mark1.Sequential(layers)
        start = mark1.utils.weights_hash(model)
        model.compile("sgd", getattr(losses, cls)(**arguments), run_eagerly=eagerly)
        with warnings.catch_warnings():
            warnings.simplefilter("error", EagerStepWarning)
            history = model.fit(x, y, 8, 3, sample_weight=weight, verbose=0).history
        assert np.isfinite(history["loss"]).all()
        states.append((history, mark1.utils.weights_hash(model)))
        assert states[-1][1] != start
    assert states[0] == states[1]
