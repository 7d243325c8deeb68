"""Small models of every kind end with the weights that they have on the CPU."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import layers
from tests.cuda.conftest import DEVICE

RNG = np.random.default_rng(5)


def _cnn() -> list[mark1.layers.Layer]:
    return [
        mark1.Input((11, 9, 3)),
        layers.RandomFlip("horizontal", seed=3),
        layers.Conv2D(8, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.BatchNormalization(),
        layers.Conv2D(4, 2, padding="same", use_bias=False),
        layers.GlobalAveragePooling2D(),
        layers.Dense(3, activation="softmax"),
    ]


def _transposed() -> list[mark1.layers.Layer]:
    return [
        mark1.Input((4, 5, 2)),
        layers.Conv2DTranspose(3, 3, strides=2, activation="tanh"),
        layers.AveragePooling2D(),
        layers.LayerNormalization(),
        layers.Flatten(),
        layers.Dense(3, activation="softmax"),
    ]


def _recurrent(kind: str) -> list[mark1.layers.Layer]:
    cell = getattr(layers, kind)
    return [
        mark1.Input((7,), dtype="int32"),
        layers.Embedding(20, 6, mask_zero=True),
        layers.Bidirectional(cell(5, return_sequences=True)),
        cell(4, recurrent_dropout=0.3),
        layers.Dense(3, activation="softmax"),
    ]


def _attention() -> mark1.Model:
    tokens = mark1.Input((7,), dtype="int32")
    x = layers.Embedding(20, 8)(tokens)
    x = layers.Add()([x, layers.MultiHeadAttention(2, 4, dropout=0.1)(x, x, use_causal_mask=True)])
    x = layers.GlobalMaxPooling1D()(layers.LayerNormalization()(x))
    return mark1.Model(tokens, layers.Dense(3, activation="softmax")(x))


def _pictures(shape: tuple[int, ...]) -> np.ndarray:
    return RNG.normal(size=(21, *shape)).astype(np.float32)


TOKENS = RNG.integers(0, 20, (21, 7)).astype(np.int32)
MODELS = {
    "cnn": (lambda: mark1.Sequential(_cnn()), _pictures((11, 9, 3))),
    "transposed": (lambda: mark1.Sequential(_transposed()), _pictures((4, 5, 2))),
    "simple_rnn": (lambda: mark1.Sequential(_recurrent("SimpleRNN")), TOKENS),
    "gru": (lambda: mark1.Sequential(_recurrent("GRU")), TOKENS),
    "lstm": (lambda: mark1.Sequential(_recurrent("LSTM")), TOKENS),
    "attention": (_attention, TOKENS),
}


@pytest.mark.parametrize("kind", MODELS)
def test_training_has_the_bits_of_the_cpu(kind):
    make, x = MODELS[kind]
    y = np.arange(len(x)) % 3

    def trained(device: str) -> tuple[dict[str, list[float]], str]:
        mark1.utils.set_random_seed(1)
        model = make()
        optimizer = mark1.optimizers.AdamW(0.01, global_clipnorm=1.0)
        model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
        model.to(device)
        history = model.fit(x, y, batch_size=8, epochs=3, verbose=0)
        return history.history, mark1.utils.weights_hash(model)

    assert trained(DEVICE) == trained("cpu")
