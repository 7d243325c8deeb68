"""Every loss with its options beside Keras."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

import mark1
from mark1 import losses
from tests.losses.loss_forms import FORMS, IDS
from tests.peers.closeness import TRAINING, assert_close, assert_moved_alike

WEIGHTS = np.array([1.0, 2.0, 0.0, 1.0, 3.0, 1.0])


@pytest.fixture(autouse=True)
def _backend_can(keras, request):
    form = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    sparse = form.get("cls") == "SparseCategoricalCrossentropy"
    if sparse and "axis" in form["arguments"] and keras.backend.backend() == "tensorflow":
        pytest.skip("with TensorFlow Keras takes axis=-1 only; try KERAS_BACKEND=torch")


def _cast(y, dtype):
    return y if y.dtype.kind == "i" else y.astype(dtype)


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("cls", "function", "arguments", "y", "p"), FORMS, ids=IDS)
def test_values_are_those_of_keras(keras, cls, function, arguments, y, p, dtype):
    y, p = _cast(y, dtype), p.astype(dtype)
    tensors = (keras.ops.convert_to_tensor(a, str(a.dtype)) for a in (y, p))
    theirs = np.asarray(getattr(keras.losses, function)(*tensors, **arguments))
    ours = getattr(losses, function)(y, p, **arguments).numpy()
    assert ours.dtype == dtype
    # Keras computes in float32 here and there; in float64 test_losses.py has the definitions.
    np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=2e-6)


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize(
    "reduction", ["sum_over_batch_size", "sum", "none", "mean", "mean_with_sample_weight", None]
)
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("cls", "function", "arguments", "y", "p"), FORMS, ids=IDS)
def test_reductions_are_those_of_keras(keras, cls, function, arguments, y, p, weighted, reduction):
    if weighted and ("axis", None) in arguments.items():
        pytest.skip("one value for the batch: nothing to weigh")
    y, p = _cast(y, "float32"), p.astype("float32")
    weight = None
    if weighted:
        # Keras matches weights with the values' last axes, this package with their first.
        shape = losses.get(function)(y, p, **arguments).shape
        weight = np.broadcast_to(WEIGHTS.reshape(-1, *(1,) * (len(shape) - 1)), shape)
        weight = weight.astype("float32")
    theirs = getattr(keras.losses, cls)(**arguments, reduction=reduction)(y, p, weight)
    ours = getattr(losses, cls)(**arguments, reduction=reduction)(y, p, weight)
    np.testing.assert_allclose(ours.numpy(), np.asarray(theirs), rtol=2e-5, atol=2e-6)


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("cls", "function", "arguments", "y", "p"), FORMS, ids=IDS)
def test_ten_steps_are_those_of_keras(keras, cls, function, arguments, y, p, dtype):
    """Outputs go downhill, from gradients that come through the reduction.

    The steps are small: probabilities above 1 are cut off before or after division by their sum,
    depending on the backend of Keras.
    """
    import tensorflow as tf

    if cls == "CTC" and dtype == "float64":
        pytest.skip("TensorFlow has it in float32 only")
    y, p = _cast(y, dtype), p.astype(dtype)
    weight = None if ("axis", None) in arguments.items() else WEIGHTS.astype(dtype)
    if weight is not None and len(losses.get(function)(y, p, **arguments).shape) != 1:
        weight = None
    theirs, ours = (getattr(m, cls)(**arguments, dtype=dtype) for m in (keras.losses, losses))
    their_p, our_p = tf.Variable(p), mark1.Variable(p, dtype=dtype)
    steps = {}
    for name, loss, variable, tape_of in (
        ("theirs", theirs, their_p, tf.GradientTape),
        ("ours", ours, our_p, mark1.GradientTape),
    ):
        found = steps[name] = []
        for _ in range(10):
            with tape_of() as tape:
                value = loss(y, variable, weight)
            slope = np.asarray(tape.gradient(value, variable))
            variable.assign_sub(slope * np.asarray(1 / 512, dtype))
            found += [np.asarray(value), slope]
    for i, (value, expected) in enumerate(zip(steps["ours"], steps["theirs"], strict=True)):
        # Some of Keras' formulas have numbers in float32.
        assert_close(value, expected, TRAINING, f"step {i // 2}", "float32")
    assert_moved_alike(our_p.numpy(), their_p.numpy(), p, 10, "outputs", "float32")
    assert (their_p.numpy() != p).any()


def test_names_are_those_of_keras(keras):
    public = {name for name in dir(keras.losses) if not name.startswith("_")}
    assert public <= set(losses.__all__)
    from keras.src.losses import ALL_OBJECTS_DICT

    for name in set(ALL_OBJECTS_DICT) - {"LossFunctionWrapper", "Loss"}:
        found = losses.get(name)
        assert found is not None
        want = ALL_OBJECTS_DICT[name].__name__
        assert getattr(found, "__name__", type(found).__name__) == want


def test_signatures_are_those_of_keras(keras):
    for name in losses.__all__:
        if name in ("deserialize", "get", "serialize") or not hasattr(keras.losses, name):
            continue
        theirs, ours = (
            inspect.signature(getattr(module, name)).parameters for module in (keras.losses, losses)
        )
        if name in ("Loss",) or set(theirs) == {"reduction", "name", "dtype"}:
            assert list(ours)[:1] == list(theirs)[:1]
            continue
        if name == "categorical_generalized_cross_entropy":
            assert list(ours) == list(theirs)
            continue
        named = {k: v.default for k, v in ours.items() if v.kind is not v.VAR_KEYWORD}
        wanted = {k: v.default for k, v in theirs.items()}
        if named.get("name", 0) is None:
            named["name"] = getattr(losses, name)().name
        assert list(named.items()) == list(wanted.items()), name
