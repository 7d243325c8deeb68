"""Regularizers and constraints: values, and their place in training steps."""

import numpy as np
import pytest

import mark1
from mark1 import constraints, ops, regularizers
from mark1.layers import ActivityRegularization, Conv2D, Dense, Embedding, Layer

RNG = np.random.default_rng(0)
W = RNG.normal(size=(4, 3)).astype(np.float32)
X = RNG.normal(size=(32, 4)).astype(np.float32)
Y = RNG.normal(size=(32, 3)).astype(np.float32)


def orthogonal(w):
    unit = w / np.linalg.norm(w, axis=1, keepdims=True)
    cosines = np.abs(unit @ unit.T)
    pairs = len(w) * (len(w) - 1) / 2
    return 0.5 * (cosines.sum() - np.trace(cosines)) / pairs


@pytest.mark.parametrize(
    ("regularizer", "want"),
    [
        (regularizers.L1(0.1), 0.1 * np.abs(W).sum()),
        (regularizers.L2(0.1), 0.1 * (W**2).sum()),
        (regularizers.L1L2(0.1, 0.2), 0.1 * np.abs(W).sum() + 0.2 * (W**2).sum()),
        (regularizers.L1L2(), 0.0),
        (regularizers.OrthogonalRegularizer(0.5), 0.5 * orthogonal(W)),
        (regularizers.OrthogonalRegularizer(0.5, "columns"), 0.5 * orthogonal(W.T)),
    ],
)
def test_regularizers(regularizer, want):
    x = ops.convert_to_tensor(W)
    np.testing.assert_allclose(float(regularizer(x)), want, rtol=1e-5)
    again = regularizers.get(regularizers.serialize(regularizer))
    assert float(again(x)) == float(regularizer(x))


def lengths(w):
    return np.linalg.norm(w, axis=0, keepdims=True)


@pytest.mark.parametrize(
    ("constraint", "want"),
    [
        (constraints.MaxNorm(1.5), W * np.minimum(lengths(W), 1.5) / lengths(W)),
        (constraints.NonNeg(), np.maximum(W, 0)),
        (constraints.UnitNorm(), W / lengths(W)),
        (constraints.UnitNorm(axis=1), W / np.linalg.norm(W, axis=1, keepdims=True)),
        (
            constraints.MinMaxNorm(0.5, 1.0, rate=0.3),
            W * (0.3 * np.clip(lengths(W), 0.5, 1) + 0.7 * lengths(W)) / lengths(W),
        ),
    ],
)
def test_constraints(constraint, want):
    x = ops.convert_to_tensor(W)
    np.testing.assert_allclose(constraint(x), want, rtol=1e-5)
    again = constraints.get(constraints.serialize(constraint))
    np.testing.assert_array_equal(again(x), constraint(x))


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: regularizers.get("l3"), "unknown regularizer 'l3'"),
        (lambda: regularizers.L2(-1), r"\[L2\] l2 must be a number from 0 up, got -1"),
        (lambda: regularizers.OrthogonalRegularizer(mode="all"), "mode must be 'rows' or"),
        (lambda: regularizers.OrthogonalRegularizer()(ops.ones(3)), "needs a matrix"),
        (lambda: constraints.get("nonneg"), "unknown constraint 'nonneg'. Did you mean 'NonNeg'"),
    ],
)
def test_refused(make, text):
    with pytest.raises(ValueError, match=text):
        make()


class Costs(Layer):
    """Adds to the loss by itself."""

    def call(self, x):
        self.add_loss(0.1 * ops.mean(ops.square(x)))
        return x


def make(run_eagerly):
    mark1.utils.set_random_seed(5)
    model = mark1.Sequential(
        [
            mark1.Input((4,)),
            Dense(5, "tanh", kernel_regularizer="l2", activity_regularizer=regularizers.L1(0.01)),
            Costs(),
            Dense(
                3,
                kernel_constraint=constraints.MaxNorm(0.3),
                bias_regularizer=regularizers.L1L2(0.1, 0.1),
                bias_constraint="non_neg",
            ),
        ]
    )
    model.compile(mark1.optimizers.SGD(0.2), "mse", metrics=["mse"], run_eagerly=run_eagerly)
    return model


def test_losses_of_a_model():
    model = make(True)
    logs = model.evaluate(X, Y, verbose=0, return_dict=True)
    first, _, last = model.layers
    hidden = first(X).numpy()
    added = [
        0.01 * np.abs(hidden).sum() / 32,
        0.1 * (hidden**2).mean(),
        0.01 * (first.kernel.numpy() ** 2).sum(),
        0.1 * (np.abs(last.bias.numpy()).sum() + (last.bias.numpy() ** 2).sum()),
    ]
    np.testing.assert_allclose(logs["loss"], logs["mse"] + sum(added), rtol=1e-5)
    model(X)
    np.testing.assert_allclose([float(x) for x in model.losses], added, rtol=1e-5, atol=1e-7)
    model(X)  # the outermost call begins anew
    assert len(model.losses) == 4
    assert len(first.losses) == 2


def test_recorded_steps_give_the_bits_of_eager_ones():
    native, eager = make(False), make(True)
    options = {"batch_size": 8, "epochs": 4, "verbose": 0, "shuffle": False}
    histories = [m.fit(X, Y, **options).history for m in (native, eager)]
    assert histories[0] == histories[1]
    assert mark1.utils.weights_hash(native) == mark1.utils.weights_hash(eager)
    texts = []
    native.explain_speed(texts.append)
    assert "native" in texts[0]
    last = native.layers[-1]
    assert lengths(last.kernel.numpy()).max() <= 0.3 * (1 + 1e-6)
    assert lengths(last.kernel.numpy()).max() > 0.29
    assert last.bias.numpy().min() >= 0
    # A changed factor is a changed step.
    native.layers[0].kernel_regularizer.l2 = 2.0
    before = np.abs(native.layers[0].kernel.numpy()).sum()
    native.fit(X, Y, **options)
    assert np.abs(native.layers[0].kernel.numpy()).sum() < 0.1 * before


def test_in_a_step_of_ones_own():
    model = make(False)
    with mark1.GradientTape() as tape:
        model(X)
        loss = sum(model.losses[1:], model.losses[0])
    gradient = tape.gradient(loss, model.layers[0].kernel)
    assert np.abs(gradient.numpy()).sum() > 0


def test_layers_of_all_kinds_take_them():
    conv = Conv2D(2, 3, kernel_regularizer="l2", bias_constraint="non_neg")
    conv.build((None, 5, 5, 1))
    np.testing.assert_allclose(float(conv.losses[0]), 0.01 * (conv.kernel.numpy() ** 2).sum(), 1e-5)
    assert isinstance(conv.bias.constraint, constraints.NonNeg)
    table = Embedding(4, 2, embeddings_regularizer="l1")
    table.build(None)
    assert len(table.losses) == 1
    table.trainable = False
    assert table.losses == []
    cell = mark1.layers.LSTM(2, recurrent_regularizer="l2", kernel_constraint="unit_norm")
    cell.build((None, 3, 2))
    assert len(cell.losses) == 1
    depthwise = mark1.layers.DepthwiseConv2D(2, depthwise_regularizer="l1")
    depthwise.build((None, 5, 5, 2))
    assert len(depthwise.losses) == 1
    for layer in (conv, table, cell, depthwise):
        again = type(layer).from_config(layer.get_config())
        assert again.get_config() == layer.get_config()


def test_files(tmp_path):
    model = mark1.Sequential(
        [
            mark1.Input((4,)),
            ActivityRegularization(l2=0.1),
            Dense(3, kernel_regularizer=regularizers.L1L2(0.1, 0.2), activity_regularizer="l1"),
        ]
    )
    model.compile("sgd", "mse")
    model.save(tmp_path / "m.keras")
    again = mark1.saving.load_model(tmp_path / "m.keras")
    assert again.evaluate(X, Y, verbose=0) == model.evaluate(X, Y, verbose=0)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of TensorFlow
def test_keras_trains_the_same(tmp_path):
    keras = pytest.importorskip("keras")
    results = []
    kernel = RNG.normal(size=(4, 3))
    for api in (keras, mark1):
        model = api.Sequential(
            [
                api.layers.Dense(
                    3,
                    kernel_regularizer=api.regularizers.L1L2(0.01, 0.02),
                    activity_regularizer=api.regularizers.L2(0.1),
                    bias_constraint=api.constraints.NonNeg(),
                    kernel_constraint=api.constraints.MinMaxNorm(0.3, 0.9, 0.5),
                )
            ]
        )
        model.build((None, 4))
        model.set_weights([kernel, np.zeros(3)])
        model.compile(api.optimizers.SGD(0.1), "mse")
        losses = model.fit(X, Y, batch_size=8, epochs=3, shuffle=False, verbose=0).history["loss"]
        results.append([np.array(losses), *model.get_weights(), model.evaluate(X, Y, verbose=0)])
        model.save(tmp_path / f"{api.__name__}.keras")
    for theirs, ours in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)
    loaded = mark1.saving.load_model(tmp_path / "keras.keras")
    np.testing.assert_allclose(loaded.evaluate(X, Y, verbose=0), results[0][-1], rtol=1e-5)
    theirs = keras.saving.load_model(tmp_path / "mark1.keras")
    np.testing.assert_allclose(theirs.evaluate(X, Y, verbose=0), results[0][-1], rtol=1e-4)
