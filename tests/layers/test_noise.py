"""Layers that disturb their inputs in training, and PReLU."""

import numpy as np
import pytest

import mark1
from mark1 import layers
from mark1.layers import Dense, PReLU

ONES = np.ones((200, 10, 8), np.float32)


@pytest.mark.parametrize(
    ("layer", "mean", "std"),
    [
        (layers.GaussianNoise(0.5, seed=1), 1.0, 0.5),
        (layers.GaussianDropout(0.2, seed=1), 1.0, 0.5),
        (layers.SpatialDropout1D(0.5, seed=1), 1.0, 1.0),
    ],
    ids=lambda value: type(value).__name__,
)
def test_mean_and_spread(layer, mean, std):
    out = layer(ONES, training=True).numpy()
    assert abs(out.mean() - mean) < 0.05
    assert abs(out.std() - std) < 0.05
    np.testing.assert_array_equal(layer(ONES), ONES)
    assert np.any(layer(ONES, training=True).numpy() != out)  # another call, other numbers
    again = type(layer).from_config(layer.get_config())
    np.testing.assert_array_equal(again(ONES, training=True), out)


def test_alpha_dropout_keeps_mean_and_variance():
    x = np.random.default_rng(0).normal(size=(400, 100)).astype(np.float32)
    out = layers.AlphaDropout(0.3, seed=2)(x, training=True).numpy()
    assert abs(out.mean()) < 0.02
    assert abs(out.var() - 1) < 0.03
    values, counts = np.unique(out, return_counts=True)
    assert abs(counts.max() / out.size - 0.3) < 0.01
    assert values[counts.argmax()] < 0


@pytest.mark.parametrize(
    ("layer", "shape", "axes"),
    [
        (layers.SpatialDropout1D(0.5), (8, 5, 6), (1,)),
        (layers.SpatialDropout2D(0.5), (8, 3, 4, 6), (1, 2)),
        (layers.SpatialDropout2D(0.5, data_format="channels_first"), (8, 6, 3, 4), (2, 3)),
        (layers.SpatialDropout3D(0.5), (8, 2, 3, 4, 6), (1, 2, 3)),
    ],
)
def test_whole_channels_are_dropped(layer, shape, axes):
    out = layer(np.ones(shape, np.float32), training=True).numpy()
    np.testing.assert_array_equal(out.min(axis=axes), out.max(axis=axes))
    assert set(np.unique(out)) == {0.0, 2.0}


def make(run_eagerly):
    mark1.utils.set_random_seed(4)
    model = mark1.Sequential(
        [
            mark1.Input((6,)),
            layers.GaussianNoise(0.1),
            Dense(8, "selu"),
            layers.AlphaDropout(0.1),
            PReLU(alpha_regularizer="l2"),
            layers.GaussianDropout(0.1),
            Dense(1),
        ]
    )
    model.compile("sgd", "mse", run_eagerly=run_eagerly)
    return model


def test_recorded_steps_give_the_bits_of_eager_ones():
    x = np.random.default_rng(1).normal(size=(48, 6)).astype(np.float32)
    models = [make(False), make(True)]
    histories = [m.fit(x, x[:, :1], 8, 3, verbose=0, shuffle=False).history for m in models]
    assert histories[0] == histories[1]
    assert mark1.utils.weights_hash(models[0]) == mark1.utils.weights_hash(models[1])


def test_prelu():
    x = np.random.default_rng(2).normal(size=(4, 3, 5)).astype(np.float32)
    layer = PReLU("random_uniform", shared_axes=[1])
    out = layer(x)
    assert layer.alpha.shape == (1, 5)
    np.testing.assert_allclose(out, np.where(x > 0, x, layer.alpha.numpy() * x), rtol=1e-6)
    assert PReLU.from_config(layer.get_config()).get_config() == layer.get_config()


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: layers.GaussianNoise(-1), r"\[GaussianNoise\] stddev must be a number from 0 up"),
        (lambda: layers.GaussianDropout(1.0), "rate must be at least 0 and below 1, got 1.0"),
        (
            lambda: layers.AlphaDropout(0.1, noise_shape=(7,))(ONES, training=True),
            r"\[AlphaDropout\] noise_shape must have 1, None or x's size for every axis",
        ),
        (lambda: layers.SpatialDropout2D(0.1, name="s")(ONES), r'\[SpatialDropout2D "s"\] expec'),
        (lambda: layers.SpatialDropout2D(0.1, data_format="x"), "data_format must be"),
        (lambda: PReLU().build((None, None, 3)), "share them with shared_axes"),
    ],
)
def test_refused(make, text):
    with pytest.raises(ValueError, match=text):
        make()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of TensorFlow
def test_keras_reads_and_writes_them(tmp_path):
    keras = pytest.importorskip("keras")
    names = ["GaussianNoise", "GaussianDropout", "AlphaDropout", "SpatialDropout1D"]
    x = keras.Input((4, 3))
    y = x
    for name in names:
        y = getattr(keras.layers, name)(0.25)(y)
    theirs = keras.Model(x, keras.layers.PReLU("random_uniform", shared_axes=[1])(y))
    theirs.save(tmp_path / "theirs.keras")
    ours = mark1.saving.load_model(tmp_path / "theirs.keras")
    data = np.random.default_rng(3).normal(size=(5, 4, 3)).astype(np.float32)
    want = theirs.predict(data, verbose=0)
    np.testing.assert_allclose(ours.predict(data), want, rtol=1e-6)
    ours.save(tmp_path / "ours.keras")
    again = keras.saving.load_model(tmp_path / "ours.keras")
    np.testing.assert_allclose(again.predict(data, verbose=0), want, rtol=1e-6)
