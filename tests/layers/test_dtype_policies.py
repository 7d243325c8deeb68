"""Policies: which dtypes layers keep and compute, and what training in bfloat16 must not lose."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import pytest

import mark1
from mark1 import _core, config, dtype_policies, layers, mixed_precision, ops
from mark1.utils.weights_hash import weights_hash
from tests.variants import Variant, force, same_bits

MIXED = "mixed_bfloat16"
RNG = np.random.default_rng(0)
ROWS = RNG.standard_normal((3, 6)).astype(np.float32)
STEPS = RNG.standard_normal((2, 5, 4)).astype(np.float32)
PICTURES = RNG.standard_normal((2, 8, 8, 4)).astype(np.float32)


@pytest.fixture(autouse=True)
def _restore():
    yield
    config.set_dtype_policy("float32")


def test_the_names_are_those_of_keras():
    assert mixed_precision.Policy is mixed_precision.DTypePolicy is dtype_policies.DTypePolicy
    policy = mixed_precision.Policy(MIXED)
    assert (policy.name, policy.variable_dtype, policy.compute_dtype) == (
        MIXED,
        "float32",
        "bfloat16",
    )
    assert config.dtype_policy() == dtype_policies.DTypePolicy("float32")
    mixed_precision.set_global_policy(policy)
    assert config.dtype_policy() == policy == mixed_precision.global_policy()
    assert repr(policy) == '<DTypePolicy "mixed_bfloat16">'
    assert dtype_policies.deserialize(dtype_policies.serialize(policy)) == policy
    layer = layers.Dense(2)
    assert (layer.dtype, layer.variable_dtype, layer.compute_dtype) == (
        "float32",
        "float32",
        "bfloat16",
    )
    assert layer.dtype_policy == policy
    assert layers.Dense(2, dtype="float64").compute_dtype == "float64"


@pytest.mark.parametrize("name", ["float16", "bfloat16", "int8"])
def test_policies_that_are_not_there_are_refused(name):
    hint = "$" if name == "int8" else rf"\. Weights do not train in {name}: 'mixed_{name}'"
    message = rf"\] dtype must be one of \('float32', .*'mixed_float16'\), got '{name}'{hint}"
    for call in (
        lambda: dtype_policies.DTypePolicy(name),
        lambda: config.set_dtype_policy(name),
        lambda: layers.Dense(1, dtype=name),
    ):
        with pytest.raises(ValueError, match=message):
            call()
    assert config.dtype_policy().name == "float32"


LAYERS = [
    (layers.Dense, {"units": 3, "activation": "softmax"}, ROWS),
    (layers.Conv2D, {"filters": 3, "kernel_size": 3, "activation": "relu"}, PICTURES),
    (layers.DepthwiseConv2D, {"kernel_size": 3}, PICTURES),
    (layers.Conv2DTranspose, {"filters": 3, "kernel_size": 3}, PICTURES),
    (layers.Embedding, {"input_dim": 9, "output_dim": 4}, np.array([[1, 2], [3, 8]])),
    (layers.LayerNormalization, {}, ROWS),
    (layers.BatchNormalization, {}, ROWS),
    (layers.GroupNormalization, {"groups": 2}, ROWS),
    (layers.Dropout, {"rate": 0.5}, ROWS),
    (layers.GaussianNoise, {"stddev": 0.1}, ROWS),
    (layers.Activation, {"activation": "gelu"}, ROWS),
    (layers.PReLU, {}, ROWS),
    (layers.MaxPooling2D, {}, PICTURES),
    (layers.GlobalAveragePooling2D, {}, PICTURES),
    (layers.UpSampling2D, {}, PICTURES),
    (layers.UpSampling2D, {"interpolation": "bilinear"}, PICTURES),
    (layers.ZeroPadding2D, {}, PICTURES),
    (layers.Flatten, {}, PICTURES),
    (layers.LSTM, {"units": 3}, STEPS),
    (layers.GRU, {"units": 3, "return_sequences": True, "dropout": 0.2}, STEPS),
    (layers.SimpleRNN, {"units": 3}, STEPS),
]


@pytest.mark.parametrize(("kind", "options", "x"), LAYERS, ids=lambda v: getattr(v, "__name__", ""))
@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("policy", [MIXED, "mixed_float16"])
def test_results_have_16_bits_and_weights_32(kind, options, x, training, policy):
    layer = kind(**options, dtype=policy)
    with mark1.GradientTape() as tape:
        y = layer(x, training=training)
        loss = ops.sum(ops.square(ops.cast(y, "float32")))
    assert y.dtype == policy.removeprefix("mixed_")
    assert {w.dtype for w in layer.weights} <= {"float32", "int64"}
    for gradient in tape.gradient(loss, layer.trainable_variables):
        assert gradient.dtype == "float32"
        assert np.isfinite(gradient.numpy()).all()
    # Within the roundings of what comes in, of weights in products, and of the result.
    if not training:
        wide = kind(**options)
        wide(x)
        wide.set_weights(layer.get_weights())
        want = wide(x).numpy()
        assert np.abs(y.numpy() - want).max() <= 0.03 * max(1.0, np.abs(want).max())


def test_attention_projects_in_bfloat16():
    layer = layers.MultiHeadAttention(2, 4, dtype=MIXED)
    y = layer(STEPS, STEPS, use_causal_mask=True)
    wide = layers.MultiHeadAttention(2, 4)
    wide(STEPS, STEPS)
    wide.set_weights(layer.get_weights())
    assert y.dtype == "bfloat16"
    assert np.abs(y.numpy() - wide(STEPS, STEPS, use_causal_mask=True).numpy()).max() < 0.03


def test_a_layer_of_a_user_computes_as_its_policy_says():
    class Affine(layers.Layer):
        def build(self, input_shape):
            self.w = self.add_weight((input_shape[-1], 2), name="w")
            self.b = self.add_weight((2,), "ones", name="b")

        def call(self, x):
            return x @ self.w + self.b

    y = Affine(dtype=MIXED)(ROWS)
    assert y.dtype == "bfloat16"


def model():
    return mark1.Sequential(
        [
            layers.Input((8, 8, 4)),
            layers.Conv2D(6, 3, activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(40, activation="relu"),
            layers.LayerNormalization(),
            layers.Dropout(0.2),
            layers.Dense(33, activation="gelu"),
            layers.Dense(3, activation="softmax", dtype="float32"),
        ]
    )


def trained(epochs=3):
    mark1.utils.set_random_seed(1)
    config.set_dtype_policy(MIXED)
    m = model()
    m.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    rng = np.random.default_rng(1)
    y = rng.integers(0, 3, 96)
    x = rng.standard_normal((96, 8, 8, 4)).astype(np.float32) + y[:, None, None, None]
    history = m.fit(x, y, batch_size=32, epochs=epochs, verbose=0)
    config.set_dtype_policy("float32")
    return m, x, history.history


def test_training_is_native_and_learns(capsys):
    m, _, history = trained(8)
    assert history["loss"][-1] < 0.5 * history["loss"][0]
    m.explain_speed()
    assert "native" in capsys.readouterr().out
    assert {w.dtype for w in m.weights} <= {"float32", "int64"}


def test_training_has_one_hash():
    hashes = set()
    for isa in _core.available_isas():
        for threads in (1, 2, 7) if isa == _core.available_isas()[-1] else (1,):
            with force(Variant(isa, threads)):
                hashes.add(weights_hash(trained()[0]))
    for unit in _core.bf16_units():
        _core.set_bf16_unit(unit)
        try:
            hashes.add(weights_hash(trained()[0]))
        finally:
            _core.set_bf16_unit("")
    assert len(hashes) == 1


def test_eager_steps_have_the_bits_of_recorded_ones():
    m, _, _ = trained()
    mark1.run_functions_eagerly(True)
    try:
        eager, _, _ = trained()
    finally:
        mark1.run_functions_eagerly(False)
    assert weights_hash(m) == weights_hash(eager)


def test_a_loss_of_bfloat16_outputs_is_float32():
    config.set_dtype_policy(MIXED)
    m = mark1.Sequential(
        [layers.Dense(5, activation="tanh"), layers.Dense(3, activation="softmax")]
    )
    m.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    m.fit(ROWS, np.array([0, 1, 2]), epochs=4, verbose=0)
    assert m(ROWS).dtype == "bfloat16"
    assert m.predict(ROWS, verbose=0).dtype == np.float32
    y = m(ROWS)
    loss = mark1.losses.SparseCategoricalCrossentropy()(np.array([0, 1, 2]), y)
    assert loss.dtype == "float32"


def test_files_keep_the_policy(tmp_path):
    m, x, _ = trained(1)
    path = tmp_path / "mixed.keras"
    m.save(path)
    with zipfile.ZipFile(path) as archive:
        described = json.loads(archive.read("config.json"))
    policies = [layer["config"]["dtype"] for layer in described["config"]["layers"][1:]]
    names = [p["config"]["name"] for p in policies]
    assert names == [MIXED] * 8 + ["float32"]
    read = mark1.saving.load_model(path)
    assert read.layers[0].compute_dtype == "bfloat16"
    assert same_bits(read.predict(x, verbose=0), m.predict(x, verbose=0))


def test_functional_models_with_operations_between_layers(tmp_path):
    config.set_dtype_policy(MIXED)
    inputs = layers.Input((6,))
    h = ops.relu(layers.Dense(8)(inputs)) * 2.0 + 1.0
    outputs = layers.Dense(2, dtype="float32")(h)
    assert (inputs.dtype, h.dtype, outputs.dtype) == ("float32", "bfloat16", "float32")
    m = mark1.Model(inputs, outputs)
    config.set_dtype_policy("float32")
    m.save(tmp_path / "m.keras")
    read = mark1.saving.load_model(tmp_path / "m.keras")
    assert same_bits(read.predict(ROWS, verbose=0), m.predict(ROWS, verbose=0))


# Against Keras ----------------------------------------------------------------------------------


def keras_with_torch():
    import os

    os.environ.setdefault("KERAS_BACKEND", "torch")
    return pytest.importorskip("keras")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Keras itself
def test_keras_computes_nearly_the_same():
    keras = keras_with_torch()
    K = keras.layers
    config.set_dtype_policy(MIXED)
    shapes = [(layers, mark1), (K, keras)]
    made = []
    for kind, library in shapes:
        options = {} if library is mark1 else {"dtype": MIXED}
        made.append(
            library.Sequential(
                [
                    kind.Input((6,)),
                    kind.Dense(40, activation="relu", **options),
                    kind.LayerNormalization(**options),
                    kind.Dense(33, activation="gelu", **options),
                    kind.Dense(3, activation="softmax", dtype="float32"),
                ]
            )
        )
    ours, theirs = made
    theirs.set_weights(ours.get_weights())
    x = np.random.default_rng(3).standard_normal((50, 6)).astype(np.float32)
    a, b = ours.predict(x, verbose=0), np.asarray(theirs.predict(x, verbose=0))
    # Probabilities; Keras rounds products, biases and activations one by one.
    assert np.abs(a - b).max() < 0.02
    assert np.abs(a - b).max() > 0


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Keras itself
def test_files_go_to_keras_and_back(tmp_path):
    keras = keras_with_torch()
    m, x, _ = trained(1)
    m.save(tmp_path / "ours.keras")
    theirs = keras.saving.load_model(tmp_path / "ours.keras")
    assert theirs.layers[0].dtype_policy.name == MIXED
    assert theirs.layers[-1].dtype_policy.name == "float32"
    want = m.predict(x, verbose=0)
    assert np.abs(np.asarray(theirs.predict(x, verbose=0)) - want).max() < 0.05
    theirs.save(tmp_path / "theirs.keras")
    back = mark1.saving.load_model(tmp_path / "theirs.keras")
    assert back.layers[0].compute_dtype == "bfloat16"
    assert same_bits(back.predict(x, verbose=0), want)
