"""Three models to train on a device and on the CPU: an MLP on MNIST, a convolutional one, an LSTM.

The last two are those of introductory courses: two convolutions with pools before 128 units, and 50
units of LSTM over a sequence of numbers. Data are MNIST's images for the first, if MARK1_DATA says
where they are, else the handwritten digits that come with the package, as all others have them.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

import mark1
from mark1 import layers
from mark1.datasets import digits, mnist

Data = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Outcome:
    """What a training leaves."""

    weights: str  # their hash
    history: dict[str, list[float]]
    device: str  # on which the weights lie
    seconds: float


@dataclass(frozen=True)
class Training:
    """A model, its data, and how it is fitted."""

    name: str
    data: Callable[[], Data]
    layers: Callable[[tuple[int, ...]], list[layers.Layer]]  # of the shape of a sample
    loss: str
    epochs: int
    batch_size: int

    def run(self, device: str) -> Outcome:
        """Trains from the same beginning on any device."""
        x, y = self.data()
        mark1.utils.set_random_seed(7)
        model = mark1.Sequential([mark1.Input(x.shape[1:]), *self.layers(x.shape[1:])])
        model.compile("adam", self.loss, metrics=["accuracy"], device=device)
        start = time.perf_counter()
        history = model.fit(x, y, batch_size=self.batch_size, epochs=self.epochs, verbose=0).history
        seconds = time.perf_counter() - start
        (place,) = {v.device for v in model.weights}
        return Outcome(mark1.utils.weights_hash(model), history, place, seconds)


def trainings(small: bool) -> list[Training]:
    """The three, as courses have them or for a device that is emulated."""
    mlp = Training(
        "MLP on MNIST" if os.environ.get("MARK1_DATA") else "MLP on digits",
        lambda: _few(_mnist(), 90 if small else None),
        lambda shape: [
            layers.Flatten(),
            layers.Dense(12 if small else 128, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ],
        "sparse_categorical_crossentropy",
        epochs=2 if small else 5,
        batch_size=32,
    )
    convolutional = Training(
        "convolutional network",
        lambda: _few(_pictures(2 if small else 8), 20 if small else None),
        lambda shape: [
            layers.Conv2D(4 if small else 32, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Conv2D(8 if small else 64, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            layers.Dense(16 if small else 128, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ],
        "sparse_categorical_crossentropy",
        epochs=2 if small else 4,
        batch_size=8 if small else 32,
    )
    recurrent = Training(
        "LSTM",
        lambda: _few(_sequences(6 if small else 64), 40 if small else None),
        lambda shape: [layers.LSTM(7 if small else 50), layers.Dense(1, activation="sigmoid")],
        "binary_crossentropy",
        epochs=2 if small else 4,
        batch_size=16 if small else 32,
    )
    return [mlp, convolutional, recurrent]


def _few(data: Data, count: int | None) -> Data:
    x, y = data
    return x[:count], y[:count]


def _digits() -> Data:
    (x, y), _ = digits.load_data()
    return x.astype(np.float32) / 16, y.astype(np.int32)


def _mnist() -> Data:
    if not os.environ.get("MARK1_DATA"):
        return _digits()
    (x, y), _ = mnist.load_data()
    return x.astype(np.float32) / 255, y.astype(np.int32)


def _pictures(scale: int) -> Data:
    """Digits of 8 * scale pixels in three channels."""
    x, y = _digits()
    x = x.repeat(scale, 1).repeat(scale, 2)[..., None]
    return x * np.array([1, -0.5, 0.25], np.float32), y


def _sequences(length: int) -> Data:
    """The first pixels one after the other; whether the digit is odd."""
    x, y = _digits()
    return x.reshape(len(x), -1, 1)[:, -length:], y % 2


def main() -> int:
    """Prints a table of hashes on the device and on the CPU; 1 if they differ."""
    print("| training | weights on cuda:0 | on the CPU | | seconds | on the CPU |")
    print("|---|---|---|---|---|---|")
    same = True
    for training in trainings("--small" in sys.argv):
        there, here = training.run("cuda:0"), training.run("cpu")
        equal = there.weights == here.weights and there.history == here.history
        same = same and equal
        said = "equal" if equal else "DIFFERENT"
        hashes = f"{there.weights[:16]} | {here.weights[:16]}"
        times = f"{there.seconds:.2f} | {here.seconds:.2f}"
        print(f"| {training.name} | {hashes} | {said} | {times} |", flush=True)
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
