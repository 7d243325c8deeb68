"""Layers that change or share weights: spectral normalization and embeddings both ways."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import layers

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("iterations", [1, 3])
def test_spectral_normalization_is_that_of_keras(iterations):
    keras = pytest.importorskip("keras")
    x = RNG.normal(size=(2, 6, 6, 3)).astype("float32")
    kernel, bias = RNG.normal(size=(3, 3, 3, 4)).astype("float32"), np.zeros(4, "float32")
    u = RNG.normal(size=(1, 4)).astype("float32")
    results = []
    for library in (mark1, keras):
        layer = library.layers.SpectralNormalization(
            library.layers.Conv2D(4, 3), power_iterations=iterations
        )
        layer.build(x.shape)
        layer.layer.kernel.assign(kernel)
        layer.layer.bias.assign(bias)
        layer.vector_u.assign(u)
        out = [layer(x, training=training) for training in (False, True, True)]
        results.append([np.asarray(a) for a in (*out, layer.layer.kernel, layer.vector_u)])
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.filterwarnings("error::mark1.EagerStepWarning")
def test_spectral_normalization_in_training(tmp_path):
    model = mark1.Sequential(
        [mark1.Input((3,)), layers.SpectralNormalization(layers.Dense(4)), layers.Dense(1)]
    )
    model.compile("sgd", "mse")
    x = RNG.normal(size=(32, 3)).astype("float32")
    model.fit(x, x[:, :1], batch_size=8, epochs=20, verbose=0)
    kernel = model.layers[0].layer.kernel.numpy()
    assert abs(np.linalg.norm(kernel, 2) - 1) < 0.1  # but for the last step
    model.save(tmp_path / "m.keras")
    again = mark1.models.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))


def test_a_kernel_of_zeros_stays():
    layer = layers.SpectralNormalization(layers.Dense(2, kernel_initializer="zeros"))
    assert layer([[1.0, 2.0]], training=True).numpy().tolist() == [[0.0, 0.0]]


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: layers.SpectralNormalization(layers.Dense(1), 0), "must be a positive integer"),
        (
            lambda: layers.SpectralNormalization(layers.Dropout(0.5))([[1.0]]),
            "Dropout has neither kernel nor embeddings",
        ),
        (lambda: layers.ReversibleEmbedding(3, 2, logit_soft_cap=0.0), "must be positive, got 0.0"),
    ],
)
def test_what_is_refused(call, text):
    with pytest.raises(ValueError, match=text):
        call()


@pytest.mark.parametrize("options", [{}, {"tie_weights": False}, {"logit_soft_cap": 2.0}], ids=str)
def test_embeddings_go_both_ways_as_in_keras(options):
    keras = pytest.importorskip("keras")
    ours, theirs = (
        library.layers.ReversibleEmbedding(5, 3, **options) for library in (mark1, keras)
    )
    numbers = np.array([[1, 4], [0, 2]])
    ours(numbers)
    theirs(numbers)
    weights = [RNG.normal(size=w.shape).astype("float32") for w in ours.weights]
    ours.set_weights(weights)
    theirs.set_weights(weights)
    rows = ours(numbers)
    np.testing.assert_allclose(rows.numpy(), np.asarray(theirs(numbers)))
    np.testing.assert_allclose(
        ours(rows, reverse=True).numpy(),
        np.asarray(theirs(np.asarray(rows), reverse=True)),
        rtol=1e-5,
        atol=1e-6,
    )


def test_embeddings_go_both_ways_in_a_model(tmp_path):
    shared = layers.ReversibleEmbedding(6, 3, mask_zero=True)
    inputs = mark1.Input((4,), dtype="int32")
    model = mark1.Model(inputs, shared(layers.Dense(3)(shared(inputs)), reverse=True))
    assert model.output_shape == (None, 4, 6)
    x = np.array([[1, 2, 3, 0], [4, 5, 1, 2]])
    assert model(x).shape == (2, 4, 6)
    model.save(tmp_path / "m.keras")
    again = mark1.models.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(again(x).numpy(), model(x).numpy())
