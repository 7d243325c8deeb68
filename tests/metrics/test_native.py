"""With every metric an epoch is native, and its results are those of one in Python."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import mark1
from mark1 import metrics
from mark1.layers import Dense, Input
from mark1.recording import EagerStepWarning
from tests.metrics.metric_forms import FORMS, IDS, WEIGHTS

# Outputs of the model are real numbers, not classes.
NATIVE = [(form, name) for form, name in zip(FORMS, IDS, strict=True) if form[3].dtype.kind == "f"]


@pytest.mark.parametrize(
    ("cls", "arguments", "y", "p"), [f for f, _ in NATIVE], ids=[name for _, name in NATIVE]
)
def test_native_epochs_are_those_in_python(cls, arguments, y, p):
    x = np.random.default_rng(2).normal(size=(len(y) * 4, 5)).astype(np.float32)
    y, weight = np.concatenate([y] * 4), np.concatenate([WEIGHTS] * 4)
    histories = []
    for eagerly in (True, False):
        mark1.utils.set_random_seed(1)
        model = mark1.Sequential([Input((5,)), Dense(p.shape[1], activation="sigmoid")])
        plain, weighted = (getattr(metrics, cls)(**arguments, name=n) for n in ("m", "w"))
        sparse = y.ndim == 1
        loss = "sparse_categorical_crossentropy" if sparse else "mean_squared_error"
        model.compile(
            "sgd", loss, metrics=[plain], weighted_metrics=[weighted], run_eagerly=eagerly
        )
        with warnings.catch_warnings():
            warnings.simplefilter("error", EagerStepWarning)
            history = model.fit(x, y, 8, 3, sample_weight=weight, verbose=0).history
        histories.append({key: np.array(values).tolist() for key, values in history.items()})
        measured = getattr(metrics, cls)(**arguments)(y, model.predict(x, verbose=0))
        evaluated = model.evaluate(x, y, verbose=0, return_dict=True)["m"]
        np.testing.assert_allclose(evaluated, measured.numpy(), rtol=1e-6)
    assert histories[0] == histories[1]
    assert np.shape(histories[0]["w"]) == (3, *np.shape(histories[0]["m"])[1:])
