"""Ten steps of every optimizer, with every option, beside Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import mark1

FORMS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {}),
    ("SGD", {"momentum": 0.9}),
    ("SGD", {"momentum": 0.9, "nesterov": True}),
    ("RMSprop", {}),
    ("RMSprop", {"centered": True}),
    ("RMSprop", {"momentum": 0.5, "centered": True}),
    ("Adagrad", {}),
    ("Adadelta", {}),
    ("Adam", {}),
    ("Adam", {"amsgrad": True}),
    ("AdamW", {}),
    ("Adamax", {}),
    ("Nadam", {}),
    ("Ftrl", {}),
    (
        "Ftrl",
        {
            "l1_regularization_strength": 0.01,
            "l2_regularization_strength": 0.1,
            "l2_shrinkage_regularization_strength": 0.1,
            "beta": 0.3,
        },
    ),
    ("Ftrl", {"learning_rate_power": -0.25, "l1_regularization_strength": 0.01}),
    ("Lion", {}),
    ("Lamb", {}),
    ("Adafactor", {}),
    ("Adafactor", {"learning_rate": 0.5, "clip_threshold": 0.5, "relative_step": False}),
    ("Muon", {}),
    ("Muon", {"exclude_layers": ["w2"], "adam_lr_ratio": 0.5, "nesterov": False, "rms_rate": None}),
    ("ScheduleFreeAdamW", {}),
    ("ScheduleFreeAdamW", {"warmup_steps": 7}),
]
# Keras calls what has no name after the variable.
_NAMELESS = {"Adafactor"}
OPTIONS: list[dict[str, Any]] = [
    {},
    {"weight_decay": 0.1},
    {"clipnorm": 0.5},
    {"clipvalue": 0.3},
    {"global_clipnorm": 0.7},
    {"use_ema": True, "ema_momentum": 0.8, "ema_overwrite_frequency": 3},
    {"loss_scale_factor": 3.0},
    {"gradient_accumulation_steps": 3},
    {
        "gradient_accumulation_steps": 2,
        "use_ema": True,
        "clipnorm": 0.5,
        "weight_decay": 0.05,
    },
]
SHAPES = ((3, 4), (4,), (4, 2))


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("options", OPTIONS, ids=lambda o: "-".join(o) or "plain")
@pytest.mark.parametrize(("name", "form"), FORMS)
def test_ten_steps_are_those_of_keras(keras, name, form, options, monkeypatch):
    rng = np.random.default_rng(0)
    arguments = {"learning_rate": 0.05, **form, **options}
    theirs, ours = (getattr(o, name)(**arguments) for o in (keras.optimizers, mark1.optimizers))
    if name == "ScheduleFreeAdamW":
        # It keeps `momentum.value` for later, which with TensorFlow changes under its hands. Its
        # formula, and other backends, mean the old value.
        def replace(variable, change):
            variable._value = keras.ops.subtract(variable, change)

        monkeypatch.setattr(theirs, "assign_sub", replace)
    values = [rng.normal(size=s).astype(np.float32) for s in SHAPES]
    their_variables = [keras.Variable(v, name=f"w{i}") for i, v in enumerate(values)]
    our_variables = [mark1.Variable(v, name=f"w{i}") for i, v in enumerate(values)]
    for optimizer, variables in ((theirs, their_variables), (ours, our_variables)):
        optimizer.exclude_from_weight_decay(var_names=["w1"])
        optimizer.build(variables)
    for _ in range(10):
        gradients = [rng.normal(size=s).astype(np.float32) for s in SHAPES]
        theirs.apply(gradients, their_variables)
        ours.apply(gradients, our_variables)
    theirs.finalize_variable_values(their_variables)
    ours.finalize_variable_values(our_variables)
    pairs = zip(
        [*theirs.variables, *their_variables], [*ours.variables, *our_variables], strict=True
    )
    for their, our in pairs:
        # Keras numbers the one state that has no name of its own.
        if name not in _NAMELESS:
            assert their.name.rstrip("_0123456789") == our.name.rstrip("_0123456789")
        assert tuple(their.shape) == our.shape
        expected = np.asarray(their)
        np.testing.assert_allclose(
            our.numpy(), expected, rtol=0, atol=3e-5 * max(1e-3, np.abs(expected).max())
        )
    ours_config, theirs_config = ours.get_config(), theirs.get_config()
    del ours_config["name"], theirs_config["name"]
    assert ours_config == theirs_config


def test_several_optimizers_are_those_of_keras():
    keras = pytest.importorskip("keras")
    rng = np.random.default_rng(0)
    values = [rng.normal(size=s).astype(np.float32) for s in SHAPES]
    results = []
    for library in (keras, mark1):
        o = library.optimizers
        chosen = o.OptimizerMap(o.SGD(0.1, momentum=0.5), {"w1": o.Adam(0.02), "w.*x": o.Lion()})
        optimizer = o.MultiOptimizer(chosen)
        variables = [library.Variable(v, name=f"w{i}") for i, v in enumerate(values)]
        optimizer.build(variables)
        random = np.random.default_rng(1)
        for _ in range(10):
            optimizer.apply([random.normal(size=s).astype(np.float32) for s in SHAPES], variables)
        results.append([np.asarray(v) for v in (*optimizer.variables, *variables)])
    for theirs, ours in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)
