"""Every metric with its options beside Keras, over three batches."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from mark1 import metrics
from tests.metrics.metric_forms import BATCHES, FORMS, IDS, WEIGHTS

# Arguments of ours that Keras does not have, with the reason.
OWN: dict[str, set[str]] = {}


@pytest.mark.filterwarnings("default", "ignore:You are passing weight as `float`")
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("cls", "arguments", "y", "p"), FORMS, ids=IDS)
def test_results_are_those_of_keras(keras, cls, arguments, y, p, weighted):
    theirs = getattr(keras.metrics, cls)(**arguments)
    ours = getattr(metrics, cls)(**arguments)
    for _ in range(2):
        for rows in BATCHES:
            weight = WEIGHTS[rows] if weighted else None
            their_weight = weight
            if weighted and "IoU" in cls and y[rows].ndim == 2 and cls == "BinaryIoU":
                # Keras matches weights with flattened outputs.
                their_weight = np.repeat(weight, y.shape[1])
            theirs.update_state(y[rows], p[rows], their_weight)
            ours.update_state(y[rows], p[rows], weight)
        np.testing.assert_allclose(
            ours.result().numpy(), np.asarray(theirs.result()), rtol=3e-6, atol=1e-6
        )
        theirs.reset_state()
        ours.reset_state()


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", ["Mean", "Sum"])
def test_means_are_those_of_keras(keras, name, weighted):
    theirs, ours = (getattr(m, name)() for m in (keras.metrics, metrics))
    values = np.random.default_rng(0).normal(size=(12, 3)).astype("float32")
    for rows in BATCHES:
        for metric in (theirs, ours):
            metric.update_state(values[rows], WEIGHTS[rows] if weighted else None)
    np.testing.assert_allclose(ours.result().numpy(), np.asarray(theirs.result()), rtol=3e-6)


def test_names_are_those_of_keras(keras):
    public = {name for name in dir(keras.metrics) if not name.startswith("_")}
    assert public - set(metrics.__all__) == set()
    from keras.src.metrics import ALL_OBJECTS_DICT

    arguments = {cls: form for cls, form, *_ in FORMS}
    for name, their in ALL_OBJECTS_DICT.items():
        if their.__name__ in ("Metric", "MeanMetricWrapper"):
            continue
        found = metrics.metric.registry.find(name) if name not in metrics.metric.functions else None
        if found is not None:
            assert found.__name__ == their.__name__
            made = found(**arguments.get(found.__name__, {}))
        else:
            made = metrics.get(name)
        assert made is not None


def test_signatures_and_names_are_those_of_keras(keras):
    for name in metrics.__all__:
        if name in ("deserialize", "get", "serialize", "Metric"):
            continue
        theirs, ours = (
            inspect.signature(getattr(module, name)).parameters
            for module in (keras.metrics, metrics)
        )
        named = {k: v.default for k, v in ours.items() if v.kind is not v.VAR_KEYWORD}
        wanted = {k: v.default for k, v in theirs.items() if v.kind is not v.VAR_KEYWORD}
        if name[0].isupper() and named["name"] is None and wanted["name"] is not None:
            named["name"] = getattr(metrics, name)().name
        assert named == wanted, name
