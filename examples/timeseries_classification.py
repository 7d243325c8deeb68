"""Sines, squares, triangles or noise? A convolutional network over time tells."""

from __future__ import annotations

import numpy as np

import mark1 as keras
from mark1 import layers


def waves(count: int, length: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Noisy waves (count, length, 1) of any phase and pitch, and which of four kinds they are."""
    rng = np.random.default_rng(seed)
    kinds = rng.integers(0, 4, count)
    turns = np.arange(length) / length * rng.uniform(2, 6, (count, 1)) + rng.uniform(
        0, 1, (count, 1)
    )
    sines = np.sin(2 * np.pi * turns)
    shapes = np.stack([sines, np.sign(sines), 4 * np.abs(turns % 1 - 0.5) - 1, 0 * sines])
    x = shapes[kinds, np.arange(count)] + rng.normal(0, 0.4, (count, length))
    return x[..., None].astype("float32"), kinds


def make_model(shape: tuple[int, ...], classes: int) -> keras.Model:
    """Three blocks of convolution, normalisation and relu, and the mean over time."""
    x = inputs = keras.Input(shape)
    for _ in range(3):
        x = layers.Conv1D(filters=32, kernel_size=5, padding="same")(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU()(x)
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))


def main(count: int = 2000, length: int = 128, epochs: int = 15) -> float:
    """Train, and return the accuracy on waves that were not seen."""
    keras.utils.set_random_seed(1)
    x, y = waves(count, length, seed=1)
    model = make_model(x.shape[1:], 4)
    model.compile(
        "adam", "sparse_categorical_crossentropy", metrics=["sparse_categorical_accuracy"]
    )
    callbacks = [
        keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.5, patience=3, min_lr=1e-4),
        keras.callbacks.EarlyStopping(monitor="val_loss", patience=6, restore_best_weights=True),
    ]
    model.fit(
        x, y, batch_size=32, epochs=epochs, callbacks=callbacks, validation_split=0.2, verbose=2
    )
    loss, accuracy = model.evaluate(*waves(500, length, seed=2), verbose=0)
    print(f"test loss {loss:.4f}, accuracy {accuracy:.4f}")
    return float(accuracy)


if __name__ == "__main__":
    main()
