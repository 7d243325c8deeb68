"""Layers that change the colours of pictures, and Pipeline."""

import numpy as np
import pytest

import mark1
from mark1 import layers

RNG = np.random.default_rng(1)
X = RNG.uniform(0, 255, (6, 5, 7, 3)).astype(np.float32)
LABELS = RNG.integers(0, 3, 6)

# Layers whose random numbers are known beforehand, so that they do what Keras' do.
FIXED = {
    "grayscale": lambda k: k.RandomGrayscale(1.0),
    "degeneration": lambda k: k.RandomColorDegeneration((0.3, 0.3)),
    "saturation": lambda k: k.RandomSaturation((0.3, 0.3)),
    "hue": lambda k: k.RandomHue((0.0, 0.0)),
    "hue-half": lambda k: k.RandomHue((1.0, 1.0)),
    "invert": lambda k: k.RandomInvert((1.0, 1.0)),
    "posterization": lambda k: k.RandomPosterization((3, 3)),
    "solarization": lambda k: k.Solarization((0.0, 0.0), (0.0, 0.0)),
    "contrast": lambda k: k.AutoContrast(),
    "sharpness": lambda k: k.RandomSharpness((0.8, 0.8)),
    "jitter": lambda k: k.RandomColorJitter((0, 255), (0.1, 0.1), None, (0.4, 0.4), (0.0, 0.0)),
    "pipeline": lambda k: k.Pipeline([k.Rescaling(0.5), k.RandomInvert((1.0, 1.0))]),
}
RANDOM = {
    "grayscale": lambda: layers.RandomGrayscale(0.5, seed=3),
    "degeneration": lambda: layers.RandomColorDegeneration(0.9, seed=3),
    "saturation": lambda: layers.RandomSaturation((0.1, 0.9), seed=3),
    "hue": lambda: layers.RandomHue(0.9, seed=3),
    "invert": lambda: layers.RandomInvert(0.9, seed=5),
    "posterization": lambda: layers.RandomPosterization(8, seed=3),
    "solarization": lambda: layers.Solarization(0.3, 0.6, seed=3),
    "sharpness": lambda: layers.RandomSharpness(0.9, seed=3),
    "jitter": lambda: layers.RandomColorJitter((0, 255), 0.2, 0.2, (0.3, 0.7), 0.3, seed=3),
}


@pytest.mark.parametrize("name", FIXED)
def test_as_keras(name):
    keras = pytest.importorskip("keras")
    make = FIXED[name]
    ours, theirs = make(layers), make(keras.layers)
    for training in (True, False):
        want = np.asarray(theirs(X, training=training))
        np.testing.assert_allclose(ours(X, training=training), want, atol=1e-3)
    config = theirs.get_config()
    again = type(ours).from_config(config)
    np.testing.assert_allclose(again(X), ours(X), atol=1e-3)  # of hue-half either half
    assert set(config) <= set(ours.get_config())
    np.testing.assert_allclose(type(theirs).from_config(ours.get_config())(X), ours(X), atol=1e-3)


@pytest.mark.parametrize("name", RANDOM)
def test_random_in_training_alone(name):
    layer = RANDOM[name]()
    first, second = layer(X).numpy(), layer(X).numpy()
    assert np.any(first != second)
    assert first.shape == X.shape
    again = type(layer).from_config(layer.get_config())
    np.testing.assert_array_equal(again(X), first)
    np.testing.assert_array_equal(layer(X, training=False), X)
    model = mark1.Sequential([mark1.Input(X.shape[1:]), layer])
    np.testing.assert_array_equal(model.predict(X), X)
    # One number for each picture: the first is the same beside fewer others.
    if name not in ("hue", "solarization", "jitter", "invert"):
        other = type(layer).from_config(layer.get_config())
        np.testing.assert_array_equal(other(X[:1])[0], first[0])
    turned = type(layer).from_config({**layer.get_config(), "data_format": "channels_first"})
    np.testing.assert_array_equal(turned(np.moveaxis(X, -1, 1)), np.moveaxis(first, -1, 1))


def test_shares_of_pictures():
    grey = layers.RandomGrayscale(0.25, seed=1)
    inverse = layers.RandomInvert((0.75, 0.75), seed=1)
    counts = [0, 0]
    for _ in range(200):
        counts[0] += int((np.ptp(grey(X).numpy(), axis=-1) == 0).all(axis=(1, 2)).sum())
        counts[1] += int((inverse(X).numpy() == 255 - X).all(axis=(1, 2, 3)).sum())
    assert abs(counts[0] - 300) < 60
    assert abs(counts[1] - 900) < 60


def test_solarization():
    out = layers.Solarization((0.1, 0.1), (0.5, 0.5))(X).numpy()
    added = np.minimum(X + np.float32(25.5), 255)
    np.testing.assert_allclose(out, np.where(added < 127.5, added, 255 - added), atol=1e-4)
    small = layers.Solarization((0.1, 0.1), (0.5, 0.5), (0, 1))(X / 255).numpy()
    np.testing.assert_allclose(small, out / 255, atol=1e-5)


def test_posterization_leaves_few_values():
    out = layers.RandomPosterization((2, 5), seed=4)(X).numpy()
    for picture, want in zip(out, X, strict=True):
        steps = [32 * 2**k for k in range(2, -2, -1)]
        fits = [np.array_equal(picture, np.floor(want / q) * q) for q in (64, 32, 16)]
        assert sum(fits) == 1, steps


def test_contrast_of_flat_pictures():
    flat = np.full((1, 3, 3, 1), 7.0, np.float32)
    np.testing.assert_array_equal(layers.AutoContrast()(flat), flat)
    out = layers.AutoContrast()(X).numpy()
    np.testing.assert_allclose(out.min(axis=(1, 2)), 0, atol=1e-4)
    np.testing.assert_allclose(out.max(axis=(1, 2)), 255, atol=1e-3)


def make(run_eagerly):
    mark1.utils.set_random_seed(4)
    changes = [
        layers.RandomGrayscale(0.3),
        layers.RandomHue(0.5),
        layers.RandomSaturation((0.3, 0.7)),
        layers.RandomPosterization(5),
        layers.RandomColorJitter(brightness_factor=0.2, contrast_factor=0.2),
    ]
    parts = [layers.Pipeline(changes), layers.Rescaling(1 / 255), layers.Flatten()]
    model = mark1.Sequential([mark1.Input(X.shape[1:]), *parts, layers.Dense(3, "softmax")])
    loss = mark1.losses.SparseCategoricalCrossentropy()
    model.compile("adam", loss, run_eagerly=run_eagerly)
    return model


def test_recorded_steps_give_the_bits_of_eager_ones(recwarn, tmp_path):
    models = [make(False), make(True)]
    options = {"batch_size": 2, "epochs": 4, "verbose": 0, "shuffle": False}
    histories = [m.fit(X, LABELS, **options).history for m in models]
    assert histories[0] == histories[1]
    assert mark1.utils.weights_hash(models[0]) == mark1.utils.weights_hash(models[1])
    assert not [w for w in recwarn if issubclass(w.category, mark1.EagerStepWarning)]
    models[0].save(tmp_path / "m.keras")
    again = mark1.saving.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(again.predict(X), models[0].predict(X))


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: layers.RandomGrayscale(1.5), ValueError, "factor must be a number from 0 to 1"),
        (lambda: layers.RandomPosterization(9), ValueError, "factor must be a number from 1 to 8"),
        (lambda: layers.RandomHue(-0.5), ValueError, r"\[RandomHue\] factor must be a number"),
        (lambda: layers.Solarization(2.0), ValueError, "addition_factor must be a number from 0"),
        (lambda: layers.RandomInvert(value_range=3), ValueError, "value_range must be two"),
        (lambda: layers.RandomHue(0.5)(X[..., :1]), ValueError, "pictures of three channels"),
        (lambda: layers.Pipeline([3]), TypeError, r"\[Pipeline\] takes layers, got int"),
    ],
)
def test_refused(make, error, text):
    with pytest.raises(error, match=text):
        make()
