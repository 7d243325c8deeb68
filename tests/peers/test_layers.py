"""Every layer beside Keras: outputs, gradients, training, configs, shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import mark1
from tests.peers.closeness import (
    GRADIENTS,
    OUTPUTS,
    TRAINING,
    assert_close,
    assert_moved_alike,
)
from tests.peers.tables import core, pictures, planes, sequences
from tests.peers.tables.table import Case
from tests.peers.twins import BATCH, Twins, leaves, meaning, plain

CASES: list[Case] = [*core.CASES, *planes.CASES, *sequences.CASES, *pictures.CASES]
STEPS = 10
# What Keras' configs say otherwise: class and entry, and why.
OTHERWISE = {
    ("MultiHeadAttention", "attention_axes"): "Keras fills in what None stands for",
    ("GroupNormalization", "groups"): "Keras fills in what -1 stands for",
    ("IntegerLookup", "vocabulary_size"): "is counted",
    ("RandomCrop", "seed"): "Keras writes down the seed it took for None",
    (
        "RandomContrast",
        "factor",
    ): "a number is for less and for more, as Keras' page has it",
    ("RandomShear", "x_factor"): "likewise: a number is the upper end",
    ("RandomShear", "y_factor"): "likewise",
}

pytestmark = pytest.mark.filterwarnings("default")


def cases(*dtypes: str, random: bool = True) -> Any:
    """Parametrize with cases and dtypes; what draws numbers is not trained."""
    return pytest.mark.parametrize(
        ("case", "dtype"),
        [
            pytest.param(case, dtype, id=f"{case.text.replace(' ', '')}-{dtype}")
            for case in CASES
            for dtype in dtypes
            if dtype in case.dtypes and (random or not case.random)
        ],
        indirect=["dtype"],
    )


@cases("float32", "float64")
def test_outputs_and_gradients(keras: Any, case: Case, dtype: str) -> None:
    twins = Twins(keras, case, dtype)
    data = twins.data()
    real = "float32" if case.single else dtype
    for training in (False,) if case.random else (False, True):
        theirs, ours = twins.outputs(training, data)
        assert len(ours) == len(theirs)
        for i, (y, expected) in enumerate(zip(ours, theirs, strict=True)):
            what = f"output {i}, training={training}"
            assert_close(y, expected, OUTPUTS, what, real, case.size)
    if case.no_gradients:
        return
    upstream = twins.like([y.shape for y in theirs if y.dtype.kind == "f"], BATCH)
    theirs, ours = twins.gradients(not case.random, data, upstream)
    assert len(ours) == len(theirs)
    for i, (g, expected) in enumerate(zip(ours, theirs, strict=True)):
        assert_close(g, expected, GRADIENTS, f"gradient {i}", real, case.size)


@cases("float32")
def test_weights_shapes_and_configs(keras: Any, case: Case, dtype: str) -> None:
    twins = Twins(keras, case, dtype)
    theirs, ours = twins.theirs, twins.ours
    for kind in ("weights", "trainable_weights", "non_trainable_weights"):
        found, expected = (
            [(w.path, tuple(w.shape), str(w.dtype)) for w in getattr(m, kind)]
            for m in (ours, theirs)
        )
        assert found == expected, kind
    assert ours.count_params() == theirs.count_params()
    for mine, other in zip(leaves(ours.outputs), leaves(theirs.outputs), strict=True):
        assert mine.dtype == other.dtype
        if not twins.case.no_shapes:
            assert_agrees(mine.shape, other.shape)
    assert [a.name for a in ours.layers] == [b.name for b in theirs.layers]
    for mine, other in zip(ours.layers, theirs.layers, strict=True):
        if not isinstance(other, (keras.layers.Lambda, keras.Sequential, keras.layers.InputLayer)):
            kind = type(other).__name__
            found, expected = (
                {k: v for k, v in meaning(plain(c)).items() if (kind, k) not in OTHERWISE}
                for c in (mine.get_config(), other.get_config())
            )
            assert found == expected, other.name
            _compute_shapes_alike(mine, other)
    if "lambda" not in case.text:  # files hold no functions
        _configs_go_both_ways(keras, twins)


def _compute_shapes_alike(mine: Any, other: Any) -> None:
    """From the shapes of the first argument, if it is the only one."""
    given = other._inbound_nodes[0].arguments
    if len(given.args) == 1 and not given.kwargs:
        first = given.args[0]
        shapes = [x.shape for x in first] if isinstance(first, list) else first.shape
        for found, expected in zip(
            shapes_in(mine.compute_output_shape(shapes)),
            shapes_in(other.compute_output_shape(shapes)),
            strict=True,
        ):
            assert_agrees(found, expected)


def shapes_in(nest: Any) -> list[Any]:
    """The shapes in a list or tuple of them, or the only one."""
    if all(n is None or isinstance(n, int) for n in nest):
        return [nest]
    return [shape for part in nest for shape in shapes_in(part)]


def assert_agrees(found: Any, expected: Any) -> None:
    """More may be known about a shape here."""
    known = [n if m is not None else None for n, m in zip(found, expected, strict=True)]
    assert known == list(expected)


def _configs_go_both_ways(keras: Any, twins: Twins) -> None:
    weights, data = twins.ours.get_weights(), twins.data()
    expected, found = twins.outputs(False, data)
    twins.theirs, twins.ours = (
        keras.Model.from_config(plain(twins.ours.get_config())),
        mark1.Model.from_config(plain(twins.theirs.get_config())),
    )
    twins.theirs.set_weights(weights)
    twins.ours.set_weights(weights)
    theirs, ours = twins.outputs(False, data)
    for old, new in zip([*expected, *found], [*theirs, *ours], strict=True):
        np.testing.assert_array_equal(new, old)


@cases("float32", random=False)
def test_ten_steps(keras: Any, case: Case, dtype: str) -> None:
    twins = Twins(keras, case, dtype)
    if not twins.theirs.trainable_weights:
        return
    x = twins.data(STEPS * BATCH)
    y = twins.like([y.shape for y in twins.outputs(False, x)[0]], STEPS * BATCH)
    y = y[0] if len(y) == 1 else y
    before = twins.ours.get_weights()
    logs = []
    for library, model in ((keras, twins.theirs), (mark1, twins.ours)):
        optimizer = library.optimizers.SGD(1 / 64, momentum=0.5)
        model.compile(optimizer, "mse", run_eagerly=not case.compiled, jit_compile=case.compiled)
        done = model.fit(x, y, batch_size=BATCH, shuffle=False, verbose=0)
        logs.append(done.history["loss"])
    weights, ways = twins.theirs.weights, []
    pairs = zip(weights, before, twins.ours.get_weights(), strict=True)
    for variable, first, found in pairs:
        expected = np.asarray(variable)
        assert_moved_alike(found, expected, first, STEPS, variable.path)
        if variable.trainable:
            ways.append(float(np.abs(expected - first).max(initial=0.0)))
    assert max(ways) > 1 / 512, "no weight has moved"
    assert_close(np.asarray(logs[1]), np.asarray(logs[0]), TRAINING, "loss", "float32")
