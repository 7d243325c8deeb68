"""BatchNormalization of sequences: masked steps, and every step by itself in TimeDistributed."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import layers
from tests.variants import assert_same_everywhere

X = np.random.default_rng(0).normal(2, 3, (4, 5, 3)).astype("float32")
MASK = np.arange(5) < [[5], [2], [3], [0]]
# For Keras' tensors, which NumPy 2.4 does not convert without a warning.
converts = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def test_masked_steps_do_not_count():
    layer = layers.BatchNormalization(momentum=0.75, epsilon=0.0)
    y = np.array(layer(X, training=True, mask=MASK))
    seen = X[MASK].astype("float64")
    np.testing.assert_allclose(y[MASK].mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(y, (X - seen.mean(axis=0)) / seen.std(axis=0), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(layer.moving_mean, 0.25 * seen.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(layer.moving_variance, 0.75 + 0.25 * seen.var(axis=0), rtol=1e-5)
    moving = np.array(layer.moving_mean)
    layer(X, mask=MASK)
    np.testing.assert_array_equal(layer.moving_mean, moving)


def test_with_all_steps_seen_a_mask_changes_nothing():
    outs, grads = [], []
    for mask in (None, np.ones((4, 5), bool)):
        layer = layers.BatchNormalization()
        x = mark1.Variable(X)
        with mark1.GradientTape() as tape:
            y = layer(x, training=True, mask=mask)
            loss = mark1.ops.sum(y * y * y)
        grads.append([np.array(g) for g in tape.gradient(loss, [x, layer.gamma, layer.beta])])
        outs.append([np.array(y), *layer.get_weights()])
    for a, e in zip(outs[1] + grads[1], outs[0] + grads[0], strict=True):
        np.testing.assert_allclose(a, e, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("mask", [np.zeros((4, 5), bool), np.zeros((4, 5), "float32")])
def test_a_batch_of_which_nothing_is_seen_has_no_statistics(mask):
    layer = layers.BatchNormalization(momentum=0.5)
    assert np.isfinite(np.array(layer(X, training=True, mask=mask))).all()
    assert np.array(layer.moving_mean).tolist() == [0, 0, 0]
    assert np.array(layer.moving_variance).tolist() == [0.5, 0.5, 0.5]


def test_other_masks_are_refused():
    message = (
        r'\[BatchNormalization "b"\] the mask must have the first axes of the inputs, but not '
    )
    for mask in (np.ones((4, 4), bool), np.ones((4, 5, 3), bool)):
        with pytest.raises(ValueError, match=message):
            layers.BatchNormalization(name="b")(X, training=True, mask=mask)


def masked_model():
    return mark1.Sequential(
        [
            mark1.Input((5, 3)),
            layers.Masking(),
            layers.BatchNormalization(momentum=0.5),
            layers.TimeDistributed(layers.BatchNormalization(momentum=0.5)),
            layers.LSTM(4),
            layers.Dense(1),
        ]
    )


def test_training_has_one_hash():
    def run():
        mark1.utils.set_random_seed(0)
        model = masked_model()
        model.compile("sgd", "mse")
        model.fit(X * MASK[..., None], np.ones((4, 1)), batch_size=2, epochs=4, verbose=0)
        return model.get_weights()

    assert_same_everywhere(run, what="masked batch normalization")


def test_every_step_has_statistics_of_its_own():
    layer = layers.TimeDistributed(layers.BatchNormalization(momentum=0.5, epsilon=0.0))
    y = np.array(layer(X, training=True))
    np.testing.assert_allclose(y, (X - X.mean(axis=0)) / X.std(axis=0), rtol=1e-4, atol=1e-5)
    moving = np.zeros(3)
    for mean in X.mean(axis=0):
        moving = 0.5 * moving + 0.5 * mean
    np.testing.assert_allclose(layer.layer.moving_mean, moving, rtol=1e-5)


def test_states_go_from_step_to_step():
    inner = layers.SimpleRNN(2, stateful=True)
    x = np.random.default_rng(1).normal(size=(2, 3, 4, 5))
    y = np.array(layers.TimeDistributed(inner)(x))
    inner.reset_state()
    for t in range(3):
        np.testing.assert_array_equal(y[:, t], inner(x[:, t]))


@converts
@pytest.mark.parametrize("wrapped", [False, True])
# Of a single sample the variance is 0, and what rounding leaves of its mean shows.
@pytest.mark.parametrize("mask", [None, np.arange(5) < [[5], [4], [5], [1]]])
def test_beside_keras(wrapped, mask):
    keras = pytest.importorskip("keras")
    found = []
    for library in (keras, mark1):
        layer = library.layers.BatchNormalization(momentum=0.75)
        outer = library.layers.TimeDistributed(layer) if wrapped else layer
        options = {} if mask is None else {"mask": library.ops.convert_to_tensor(mask)}
        ys = [outer(library.ops.convert_to_tensor(X), training=t, **options) for t in (True, False)]
        found.append([*map(library.ops.convert_to_numpy, ys), *layer.get_weights()])
    for e, a in zip(*found, strict=True):
        np.testing.assert_allclose(a, e, rtol=1e-4, atol=1e-5)


def test_statistics_of_narrow_numbers_are_wide():
    x = np.random.default_rng(0).normal(3, 1, (8, 300, 2)).astype("float32")
    layer = layers.BatchNormalization(momentum=0.0, dtype="mixed_bfloat16")
    assert layer(x, training=True, mask=np.arange(300) < 290 * np.ones((8, 1))).dtype == "bfloat16"
    np.testing.assert_allclose(layer.moving_mean, x[:, :290].mean((0, 1)), rtol=1e-3)
