"""The mood of sentences, by two bidirectional LSTMs. A "not" turns the next word around."""

from __future__ import annotations

import numpy as np

import mark1 as keras
from mark1 import layers

GOOD = ["lovely", "bright", "moving", "funny", "superb"]
BAD = ["dull", "clumsy", "endless", "loud", "empty"]
PLAIN = ["the", "film", "was", "with", "a", "scene", "and", "actors", "music", "ending"]
WORDS = ["<pad>", "not", *GOOD, *BAD, *PLAIN]
LENGTH = 24


def sentences(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of words (count, LENGTH), padded with 0, and moods: 1 for good."""
    rng = np.random.default_rng(seed)
    x, y = np.zeros((count, LENGTH), "int32"), np.zeros(count, "float32")
    number = {word: i for i, word in enumerate(WORDS)}
    for row in range(count):
        mood = 0
        words: list[str] = []
        while mood == 0 or len(words) < 8:
            words += list(rng.choice(PLAIN, rng.integers(1, 4)))
            good, turned = rng.integers(2), rng.integers(2)
            words += ["not"] * int(turned) + [rng.choice(GOOD if good else BAD)]
            mood += 1 if good != turned else -1
        words = words[:LENGTH]
        x[row, : len(words)] = [number[word] for word in words]
        y[row] = _mood(words) > 0
    return x, y


def _mood(words: list[str]) -> int:
    total = 0
    for i, word in enumerate(words):
        value = (word in GOOD) - (word in BAD)
        total += -value if i and words[i - 1] == "not" else value
    return total


def main(count: int = 2000, epochs: int = 10) -> float:
    """Train, and return the accuracy on sentences that were not seen."""
    keras.utils.set_random_seed(1)
    inputs = keras.Input(shape=(None,), dtype="int32")
    x = layers.Embedding(len(WORDS), 32, mask_zero=True)(inputs)
    x = layers.Bidirectional(layers.LSTM(32, return_sequences=True))(x)
    x = layers.Bidirectional(layers.LSTM(32))(x)
    outputs = layers.Dense(1, activation="sigmoid")(x)
    model = keras.Model(inputs, outputs)
    model.summary()
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    model.fit(
        *sentences(count, seed=1), batch_size=32, epochs=epochs, validation_split=0.1, verbose=2
    )
    loss, accuracy = model.evaluate(*sentences(500, seed=2), verbose=0)
    print(f"test loss {loss:.4f}, accuracy {accuracy:.4f}")
    return float(accuracy)


if __name__ == "__main__":
    main()
