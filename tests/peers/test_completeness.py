"""Whatever Keras and mark1 both have is compared, or stands here with the reason why not."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

import mark1
from tests.losses.loss_forms import FORMS as LOSSES
from tests.metrics.metric_forms import FORMS as METRICS
from tests.optimizers.test_schedules import EXAMPLES as SCHEDULES
from tests.peers import test_activations, test_initializers, test_optimizers
from tests.peers.tables.table import names_in
from tests.peers.test_layers import CASES

LAYERS = names_in(CASES)
COVERED: dict[str, set[str]] = {
    "layers": LAYERS,
    "losses": {name for form in LOSSES for name in form[:2]},
    "metrics": {form[0] for form in METRICS},
    "optimizers": {form[0] for form in test_optimizers.FORMS},
    "optimizers.schedules": {type(example).__name__ for example in SCHEDULES},
    "activations": {form[0] for form in test_activations.FORMS},
    "initializers": {form[0] for form in test_initializers.DRAWN}
    | {"STFT", "Zeros", "Ones", "Constant", "Identity"},
    "regularizers": LAYERS | {"L1", "L2"},  # by the names l1, l2
    "constraints": LAYERS,
}
REASONS: dict[str, dict[str, str]] = {
    "layers": {
        "InputSpec Layer Wrapper InputLayer": "do nothing of their own",
        "StringLookup TextVectorization": "there are no tensors of strings; see tests/layers",
    },
    "losses": {"Loss": "does nothing of its own"},
    "metrics": {
        "Metric MeanMetricWrapper": "do nothing of their own",
        "Mean Sum": "see test_metrics.py, test_means_are_those_of_keras",
    },
    "optimizers": {
        "Optimizer": "does nothing of its own",
        "MultiOptimizer OptimizerMap": "hand variables on to others; see tests/optimizers",
        "LossScaleOptimizer": "is compared in tests/optimizers/test_loss_scale.py",
    },
    "optimizers.schedules": {"LearningRateSchedule": "does nothing of its own"},
    "initializers": {"Initializer": "does nothing of its own"},
    "regularizers": {"Regularizer": "does nothing of its own"},
    "constraints": {"Constraint": "does nothing of its own"},
}


def classes(module: ModuleType) -> Iterator[tuple[str, Any]]:
    for name in dir(module):
        if not name.startswith("_") and inspect.isclass(getattr(module, name)):
            yield name, getattr(module, name)


@pytest.mark.parametrize("path", COVERED)
def test_every_class_is_compared(keras: Any, path: str) -> None:
    theirs, ours = keras, mark1
    for part in path.split("."):
        theirs, ours = getattr(theirs, part), getattr(ours, part)
    excused = {name for names in REASONS.get(path, {}) for name in names.split()}
    names: dict[Any, set[str]] = {}  # some have several
    for name, cls in classes(theirs):
        if hasattr(ours, name):
            names.setdefault(cls, set()).add(name)
    left = [sorted(known) for known in names.values() if not known & (COVERED[path] | excused)]
    assert left == []
    assert excused <= set().union(*names.values()), "a reason for what there is not"


def test_functions_are_compared_as_well(keras: Any) -> None:
    for path, covered in (("losses", COVERED["losses"]), ("activations", COVERED["activations"])):
        theirs, ours = getattr(keras, path), getattr(mark1, path)
        functions = {name for name in dir(theirs) if inspect.isfunction(getattr(theirs, name))}
        assert {name for name in functions if hasattr(ours, name)} - covered <= {
            "get",
            "serialize",
            "deserialize",
        }
