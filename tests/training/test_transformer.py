"""A small transformer has one hash: attention with masks and dropout, normalisation, residuals.

The hash changes only with a definition in docs/numerics.md, never for one machine.
"""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import layers
from tests.variants import REFERENCE, Variant, force, variants

RECORDED = "db1f277af98a180ba150a0d9b218edabec92c7401dfb57dad42de16938b0ae7c"


class Block(layers.Layer):
    """Attention to oneself and a network for each position, both beside what came in."""

    def __init__(self, causal, **kwargs):
        super().__init__(**kwargs)
        self.causal = causal
        self.attention = layers.MultiHeadAttention(2, 8, dropout=0.1)
        self.inner = layers.Dense(32, activation="relu")
        self.outer = layers.Dense(16)
        self.norms = [layers.LayerNormalization(), layers.LayerNormalization()]

    def build(self, input_shape):
        for norm in self.norms:
            norm.build(input_shape)
        self.attention.build(input_shape, input_shape)
        self.inner.build(input_shape)
        self.outer.build((*input_shape[:-1], 32))

    def call(self, x, mask=None):
        y = self.norms[0](x)
        x = x + self.attention(y, y, query_mask=mask, value_mask=mask, use_causal_mask=self.causal)
        return x + self.outer(self.inner(self.norms[1](x)))


class Positions(layers.Layer):
    """Adds a vector of its own to each position."""

    def build(self, input_shape):
        self.positions = self.add_weight(input_shape[1:], "random_normal")

    def call(self, x):
        return x + self.positions


def sequences() -> tuple[np.ndarray, np.ndarray]:
    """Numbers, and whether the first one comes again often."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, 8, (128, 70))
    y = (x[:, 1:] == x[:, :1]).sum(axis=1) > 8
    return np.eye(16, dtype=np.float32)[x], y.astype(np.int64)


def train(run_eagerly: bool = False) -> mark1.Sequential:
    mark1.utils.set_random_seed(5)
    x, y = sequences()
    model = mark1.Sequential(
        [
            layers.Input(x.shape[1:]),
            Positions(),
            Block(True),
            Block(False),
            layers.GlobalAveragePooling1D(),
            layers.Dense(2, activation="softmax"),
        ]
    )
    model.compile(
        mark1.optimizers.Adam(3e-3),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
        run_eagerly=run_eagerly,
    )
    model.fit(x, y, batch_size=32, epochs=2, verbose=0)
    return model


def everywhere() -> list[Variant]:
    return [REFERENCE, *variants()]


@pytest.mark.parametrize("variant", everywhere(), ids=map(str, everywhere()))
def test_weights_have_the_recorded_hash(variant):
    with force(variant):
        assert mark1.utils.weights_hash(train()) == RECORDED


def test_eager_steps_have_the_bits_of_a_native_epoch(capsys):
    train().explain_speed()
    assert ": native, " in capsys.readouterr().out
    assert mark1.utils.weights_hash(train(run_eagerly=True)) == RECORDED


def test_a_row_does_not_depend_on_its_batch():
    model, (x, _) = train(), sequences()
    together = model.predict(x[:20], batch_size=20, verbose=0)
    for size in (1, 7):
        np.testing.assert_array_equal(model.predict(x[:20], batch_size=size, verbose=0), together)


def test_padding_is_hidden_in_native_epochs_too(capsys):
    """Words of 0 are padding: with it or without, a sequence has the same outputs."""
    rng = np.random.default_rng(1)
    lengths = rng.integers(3, 20, 64)
    words = rng.integers(1, 9, (64, 20)) * (np.arange(20) < lengths[:, None])
    labels = (words == 3).sum(axis=1) > 1

    def learn(run_eagerly: bool) -> mark1.Model:
        mark1.utils.set_random_seed(6)
        x = layers.Input((None,), dtype="int32")
        y = layers.Embedding(9, 8, mask_zero=True)(x)
        y = layers.MultiHeadAttention(2, 4, dropout=0.0)(y, y)
        y = layers.GlobalAveragePooling1D()(y)
        model = mark1.Model(x, layers.Dense(2, activation="softmax")(y))
        model.compile("adam", "sparse_categorical_crossentropy", run_eagerly=run_eagerly)
        model.fit(words, labels.astype(np.int64), batch_size=16, epochs=3, verbose=0)
        model.explain_speed()
        assert (": native, " in capsys.readouterr().out) != run_eagerly
        return model

    native, eager = learn(False), learn(True)
    assert mark1.utils.weights_hash(native) == mark1.utils.weights_hash(eager)
    padded = native.predict(words[:8], verbose=0)
    for i in range(8):
        alone = native.predict(words[i : i + 1, : lengths[i]], verbose=0)
        np.testing.assert_allclose(alone[0], padded[i], rtol=1e-5)
