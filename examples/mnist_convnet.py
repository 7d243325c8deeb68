"""Handwritten digits into classes, by a small convolutional network.

python examples/mnist_convnet.py            # the 1,797 digits that come with the package
python examples/mnist_convnet.py PATH       # the MNIST files in a folder
"""

from __future__ import annotations

import sys

import numpy as np

import mark1 as keras
from mark1 import layers


def load(path: str | None) -> list[tuple[np.ndarray, np.ndarray]]:
    """Images from 0 to 1 with an axis for their one channel, and labels."""
    if path is None:
        from mark1.datasets import digits

        data, most = digits.load_data(), 16.0
    else:
        data, most = keras.datasets.mnist.load_data(path), 255.0
    return [(x.astype("float32")[..., None] / most, y) for x, y in data]


def main(path: str | None = None, epochs: int = 12) -> float:
    """Train, and return the accuracy on images that were not seen."""
    keras.utils.set_random_seed(1)
    (x_train, y_train), (x_test, y_test) = load(path)
    model = keras.Sequential(
        [
            keras.Input(shape=x_train.shape[1:]),
            layers.Conv2D(32, kernel_size=(3, 3), padding="same", activation="relu"),
            layers.MaxPooling2D(pool_size=(2, 2)),
            layers.Conv2D(64, kernel_size=(3, 3), padding="same", activation="relu"),
            layers.MaxPooling2D(pool_size=(2, 2)),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.summary()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x_train, y_train, batch_size=128, epochs=epochs, validation_split=0.1, verbose=2)
    loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
    print(f"test loss {loss:.4f}, accuracy {accuracy:.4f}")
    return float(accuracy)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
