"""Noise taken off images, by a convolutional autoencoder."""

from __future__ import annotations

import numpy as np

import mark1 as keras
from mark1 import layers
from mark1.datasets import digits


def noisy(x: np.ndarray, seed: int) -> np.ndarray:
    """Images with noise, still from 0 to 1."""
    noise = np.random.default_rng(seed).normal(0, 0.3, x.shape)
    return np.clip(x + noise, 0.0, 1.0).astype("float32")


def main(epochs: int = 15) -> tuple[float, float]:
    """Train, and return the mean squared error of cleaned images beside that of the noisy ones."""
    keras.utils.set_random_seed(1)
    (x_train, _), (x_test, _) = digits.load_data()
    x_train, x_test = (x.astype("float32")[..., None] / 16 for x in (x_train, x_test))
    inputs = keras.Input(shape=(8, 8, 1))
    x = layers.Conv2D(32, (3, 3), activation="relu", padding="same")(inputs)
    x = layers.MaxPooling2D((2, 2), padding="same")(x)
    x = layers.Conv2D(32, (3, 3), activation="relu", padding="same")(x)
    x = layers.Conv2DTranspose(32, (3, 3), strides=2, activation="relu", padding="same")(x)
    x = layers.Conv2D(1, (3, 3), activation="sigmoid", padding="same")(x)
    autoencoder = keras.Model(inputs, x)
    autoencoder.compile(optimizer="adam", loss="binary_crossentropy")
    autoencoder.summary()
    autoencoder.fit(noisy(x_train, 1), x_train, epochs=epochs, batch_size=64, verbose=2)
    dirty = noisy(x_test, 2)
    cleaned = np.square(autoencoder.predict(dirty, verbose=0) - x_test).mean()
    before = np.square(dirty - x_test).mean()
    print(f"mean squared error {before:.4f} before, {cleaned:.4f} after")
    return cleaned, before


if __name__ == "__main__":
    main()
