"""Features of the digits 0 to 4, used for few images of 5 to 9: frozen first, then tuned."""

from __future__ import annotations

import numpy as np

import mark1 as keras
from mark1 import layers
from mark1.datasets import digits


def make_base(shape: tuple[int, ...]) -> keras.Sequential:
    """Images to features."""
    return keras.Sequential(
        [
            keras.Input(shape),
            layers.Conv2D(32, (3, 3), activation="relu", padding="same"),
            layers.BatchNormalization(),
            layers.MaxPooling2D((2, 2)),
            layers.Conv2D(32, (3, 3), activation="relu", padding="same"),
            layers.GlobalAveragePooling2D(),
        ],
        name="base",
    )


def main(epochs: int = 15, few: int = 100) -> tuple[float, float]:
    """Return the accuracies on unseen digits with the base frozen and after fine-tuning."""
    keras.utils.set_random_seed(1)
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    x_train, x_test = (x.astype("float32")[..., None] / 16 for x in (x_train, x_test))
    low, high = y_train < 5, np.flatnonzero(y_train >= 5)[:few]
    unseen = y_test >= 5

    base = make_base(x_train.shape[1:])
    first = keras.Sequential([base, layers.Dense(5, activation="softmax")])
    first.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    first.fit(x_train[low], y_train[low], epochs=epochs, verbose=2)

    base.trainable = False
    inputs = keras.Input(x_train.shape[1:])
    x = base(inputs, training=False)  # the running means stay what they are, even in fine-tuning
    outputs = layers.Dense(5, activation="softmax")(x)
    model = keras.Model(inputs, outputs)
    model.compile(
        keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    model.summary(show_trainable=True)
    before = [w.numpy() for w in base.weights]
    model.fit(x_train[high], y_train[high] - 5, epochs=epochs, verbose=2)
    assert all(np.array_equal(a, b.numpy()) for a, b in zip(before, base.weights, strict=True))
    frozen = model.evaluate(x_test[unseen], y_test[unseen] - 5, verbose=0)[1]

    base.trainable = True
    model.compile(
        keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    model.fit(x_train[high], y_train[high] - 5, epochs=epochs, verbose=2)
    tuned = model.evaluate(x_test[unseen], y_test[unseen] - 5, verbose=0)[1]
    print(f"accuracy {frozen:.4f} with the base frozen, {tuned:.4f} after fine-tuning")
    return frozen, tuned


if __name__ == "__main__":
    main()
