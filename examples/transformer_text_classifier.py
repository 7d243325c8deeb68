"""Sentences with their brackets in order, or not? A small transformer tells.

A. Vaswani et al.: Attention Is All You Need. 2017.
"""

from __future__ import annotations

import numpy as np

import mark1 as keras
from mark1 import layers, ops

LENGTH, WORDS = 16, 12  # 0 to 9 are words; 10 opens, 11 closes


def sentences(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of words (count, LENGTH), and whether the bracket that comes first opens."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 10, (count, LENGTH))
    for row in x:
        places = np.sort(rng.choice(LENGTH, 2, replace=False))
        row[places] = rng.permutation([10, 11])
    y = np.argmax(x == 10, axis=1) < np.argmax(x == 11, axis=1)
    return x.astype("int32"), y.astype("int32")


class TransformerBlock(layers.Layer):
    """Attention and a small network, each beside what goes round it."""

    def __init__(self, embed_dim: int, num_heads: int, ff_dim: int, rate: float = 0.1) -> None:
        super().__init__()
        self.att = layers.MultiHeadAttention(num_heads=num_heads, key_dim=embed_dim)
        self.ffn = keras.Sequential(
            [layers.Dense(ff_dim, activation="relu"), layers.Dense(embed_dim)]
        )
        self.layernorm1 = layers.LayerNormalization(epsilon=1e-6)
        self.layernorm2 = layers.LayerNormalization(epsilon=1e-6)
        self.dropout1 = layers.Dropout(rate)
        self.dropout2 = layers.Dropout(rate)

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """Return (n, length, embed_dim), as the inputs are."""
        out = self.layernorm1(inputs + self.dropout1(self.att(inputs, inputs)))
        return self.layernorm2(out + self.dropout2(self.ffn(out)))


class TokenAndPositionEmbedding(layers.Layer):
    """A vector for each word plus one for each place."""

    def __init__(self, maxlen: int, vocab_size: int, embed_dim: int) -> None:
        super().__init__()
        self.token_emb = layers.Embedding(input_dim=vocab_size, output_dim=embed_dim)
        self.pos_emb = layers.Embedding(input_dim=maxlen, output_dim=embed_dim)

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        """Return (n, length, embed_dim)."""
        positions = ops.arange(0, x.shape[-1], 1)
        return self.token_emb(x) + self.pos_emb(positions)


def main(count: int = 3000, epochs: int = 8, embed_dim: int = 32) -> float:
    """Train, and return the accuracy on sentences that were not seen."""
    keras.utils.set_random_seed(1)
    inputs = keras.Input(shape=(LENGTH,), dtype="int32")
    x = TokenAndPositionEmbedding(LENGTH, WORDS, embed_dim)(inputs)
    x = TransformerBlock(embed_dim, num_heads=2, ff_dim=32)(x)
    x = layers.GlobalAveragePooling1D()(x)
    x = layers.Dense(20, activation="relu")(x)
    outputs = layers.Dense(2, activation="softmax")(x)
    model = keras.Model(inputs=inputs, outputs=outputs)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(*sentences(count, seed=1), batch_size=32, epochs=epochs, verbose=2)
    loss, accuracy = model.evaluate(*sentences(500, seed=2), verbose=0)
    print(f"test loss {loss:.4f}, accuracy {accuracy:.4f}")
    return float(accuracy)


if __name__ == "__main__":
    main()
