"""Whether two images show the same digit, by one network that sees both.

R. Hadsell, S. Chopra, Y. LeCun: Dimensionality Reduction by Learning an Invariant Mapping. 2006.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

import mark1 as keras
from mark1 import layers, ops
from mark1.datasets import digits


def make_pairs(x: np.ndarray, y: np.ndarray, seed: int) -> tuple[list[np.ndarray], np.ndarray]:
    """For each image another of the same digit (0), and one of another digit (1)."""
    rng = np.random.default_rng(seed)
    members = [np.flatnonzero(y == digit) for digit in range(10)]
    same = np.array([rng.choice(members[digit]) for digit in y])
    other = np.array([rng.choice(members[(digit + rng.integers(1, 10)) % 10]) for digit in y])
    first, second = np.concatenate([x, x]), np.concatenate([x[same], x[other]])
    return [first, second], np.repeat([0.0, 1.0], len(x)).astype("float32")[:, None]


def contrastive(margin: float = 1.0) -> Callable[..., keras.KerasTensor]:
    """Pairs of the same digit shall be near, others at least so far apart."""

    def contrastive_loss(y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> keras.KerasTensor:
        near = (1 - y_true) * ops.square(y_pred)
        far = y_true * ops.square(ops.maximum(margin - y_pred, 0.0))
        return ops.mean(near + far)

    return contrastive_loss


def make_model(shape: tuple[int, ...]) -> keras.Model:
    """Two images, one network, the distance of what it makes of them."""
    x = inputs = keras.Input(shape)
    x = layers.Conv2D(16, (3, 3), activation="relu")(x)
    x = layers.MaxPooling2D((2, 2))(x)
    x = layers.Flatten()(x)
    embedding = keras.Model(inputs, layers.Dense(10)(x), name="embedding")
    left, right = keras.Input(shape), keras.Input(shape)
    difference = ops.square(embedding(left) - embedding(right))
    distance = ops.sqrt(ops.maximum(ops.sum(difference, axis=1, keepdims=True), 1e-7))
    return keras.Model([left, right], distance)


def main(epochs: int = 10) -> float:
    """Train, and return the share of pairs of unseen images that are told right."""
    keras.utils.set_random_seed(1)
    (x_train, y_train), (x_test, y_test) = digits.load_data()
    x_train, x_test = (x.astype("float32")[..., None] / 16 for x in (x_train, x_test))
    model = make_model(x_train.shape[1:])
    model.compile(optimizer="rmsprop", loss=contrastive())
    model.summary()
    pairs, labels = make_pairs(x_train, y_train, seed=1)
    model.fit(pairs, labels, batch_size=32, epochs=epochs, verbose=2)
    pairs, labels = make_pairs(x_test, y_test, seed=2)
    accuracy = np.mean((model.predict(pairs, verbose=0) > 0.5) == labels)
    print(f"{accuracy:.1%} of the pairs told right")
    return float(accuracy)


if __name__ == "__main__":
    main()
