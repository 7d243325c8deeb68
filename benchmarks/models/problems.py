"""What is timed, and how its result is checked: NumPy only, the same for every library.

Data are normal numbers, labelled by a hidden linear rule, so that a model that learns has a loss
that falls; to images their label's part of the rule is added, or few epochs would teach nothing.
The loss is computed here, from the weights that a library hands over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray
# Kernel and bias (O,) of every layer: (I, O), or of a convolution (height, width, I, O). A
# recurrent layer has the kernel of its state between them, gates in the order of Keras.
Weights = list[tuple[Array, ...]]

LEARNING_RATE = 1e-3


@dataclass(frozen=True)
class Problem:
    """A network with one hidden layer, perhaps behind convolutions, and what to do with it.

    Args:
        widths: of input, hidden layer and output; one output is a sigmoid, several a softmax.
        activation: of the hidden layer, "tanh" or "relu".
        batch: samples of a step.
        action: "train", or for one row "predict" (the loop over batches) or "call" (the model).
        epochs: after so many epochs of training ...
        bound: ... the loss is below this.
        image: height, width and channels of an input.
        filters: of each convolution, which is 3x3 with ReLU and followed by 2x2 max-pooling.
        steps: of an epoch.
        layer: the hidden layer: "Dense", or "SimpleRNN" or "LSTM" over sequences.
        length: of a sequence.
    """

    widths: tuple[int, int, int]
    activation: str
    batch: int
    action: str = "train"
    epochs: int = 1
    bound: float = float("inf")
    image: tuple[int, ...] = ()
    filters: tuple[int, ...] = ()
    steps: int = 200
    layer: str = "Dense"
    length: int = 0

    @property
    def name(self) -> str:
        inputs, hidden, outputs = self.widths
        if self.length:
            return f"{self.layer}({hidden}) on ({self.length}, {inputs}), batch {self.batch}"
        if self.filters:
            image = "x".join(map(str, self.image))
            convolutions = " and ".join(map(str, self.filters))
            return f"{image}, {convolutions} filters, {hidden}-{outputs}, batch {self.batch}"
        if self.action == "train":
            return f"{inputs}-{hidden}-{outputs}, {self.activation}, batch {self.batch}"
        return f"{inputs}-{hidden}-{outputs}, {self.action} one row"

    @property
    def binary(self) -> bool:
        return self.widths[-1] == 1

    @property
    def samples(self) -> int:
        return self.batch * (self.steps if self.action == "train" else 1)

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of a sample."""
        inputs = self.widths[0]
        return (self.length, inputs) if self.length else self.image or (inputs,)

    def data(self) -> tuple[Array, Array]:
        """Inputs (n, I), (n, T, I) or (n, H, W, C) in float32 and labels (n,) in int32."""
        rng = np.random.default_rng(0)
        shape = (self.samples, *([self.length] if self.length else []), self.widths[0])
        x = rng.standard_normal(shape).astype(np.float32)
        rule = rng.standard_normal((self.widths[0], self.widths[-1])).astype(np.float32)
        # Of a sequence the last steps count.
        y = (x[:, -3:].sum(axis=1) if self.length else x) @ rule
        labels = y[:, 0] > 0 if self.binary else y.argmax(axis=1)
        if self.image:
            x = (x + rule.T[labels]).reshape(-1, *self.image)
        return x, labels.astype(np.int32)

    def forward(self, x: Array, weights: Weights) -> Array:
        """Probabilities (n, O), in float64."""
        *convolutions, hidden_layer, (w2, b2) = weights
        x = x.astype(np.float64)
        for w, b in convolutions:
            x = convolve_and_pool(x, w, b)
        if self.length:
            hidden = run_over_steps(x, *hidden_layer)
        else:
            w1, b1 = hidden_layer
            hidden = x.reshape(len(x), -1) @ w1 + b1
            hidden = np.tanh(hidden) if self.activation == "tanh" else np.maximum(hidden, 0)
        y = hidden @ w2 + b2
        if w2.shape[1] == 1:
            return 1 / (1 + np.exp(-y))
        e = np.exp(y - y.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def loss(self, weights: Weights) -> float:
        """Mean cross-entropy over the data, or over 64 images, which take NumPy long enough."""
        x, labels = (part[:64] if self.image else part for part in self.data())
        y = self.forward(x, weights)
        if y.shape[1] == 1:
            y = np.concatenate([1 - y, y], axis=1)
        return float(-np.log(y[np.arange(len(y)), labels]).mean())

    def check_trained(self, weights: Weights) -> float:
        """Return the loss of a model that was trained for `epochs`.

        Raises:
            AssertionError: it has not learned enough.
        """
        loss = self.loss(weights)
        if not loss < self.bound:
            raise AssertionError(
                f"{self.name}: loss {loss:.3f} after {self.epochs} epochs, not below {self.bound}"
            )
        return loss

    def check_output(self, row: Array, output: Any, weights: Weights) -> float:
        """Return the largest error of a prediction.

        Raises:
            AssertionError: it is not what the weights give.
        """
        expected = self.forward(row, weights)
        if np.shape(output) != expected.shape:
            raise AssertionError(f"{self.name}: output is {np.shape(output)}, not {expected.shape}")
        error = float(np.abs(output - expected).max())
        if not error < 1e-5:
            raise AssertionError(f"{self.name}: output is wrong by {error}")
        return error


def run_over_steps(x: Array, w: Array, u: Array, b: Array) -> Array:
    """The last output of an LSTM, or of a SimpleRNN, which has one gate."""
    h = c = np.zeros((len(x), len(u)))
    for t in range(x.shape[1]):
        z = x[:, t] @ w + h @ u + b
        if z.shape == h.shape:
            h = np.tanh(z)
            continue
        i, f, g, o = np.split(z, 4, axis=1)
        c = c / (1 + np.exp(-f)) + np.tanh(g) / (1 + np.exp(-i))
        h = np.tanh(c) / (1 + np.exp(-o))
    return h


def convolve_and_pool(x: Array, w: Array, b: Array) -> Array:
    """ReLU of a 3x3 convolution without padding, then the greatest of each 2x2."""
    height, width = x.shape[1] - 2, x.shape[2] - 2
    taps = ((i, j) for i in range(3) for j in range(3))
    y = sum(x[:, i : i + height, j : j + width] @ w[i, j] for i, j in taps)
    y = np.maximum(y + b, 0)[:, : height // 2 * 2, : width // 2 * 2]
    pairs = y.reshape(len(y), height // 2, 2, width // 2, 2, -1)
    return pairs.max(axis=(2, 4))


PROBLEMS = [
    Problem((2, 8, 1), "tanh", 4, epochs=10, bound=0.2),
    Problem((20, 100, 2), "relu", 200, epochs=3, bound=0.1),
    Problem((784, 128, 10), "relu", 32, epochs=3, bound=0.3),
    Problem((784, 128, 10), "relu", 128, epochs=3, bound=0.3),
    Problem(
        (64 * 64 * 3, 128, 10),
        "relu",
        32,
        epochs=3,
        bound=0.5,
        image=(64, 64, 3),
        filters=(32, 64),
        steps=20,
    ),
    *(
        Problem(
            (inputs, hidden, 1),
            "tanh",
            32,
            epochs=12,
            bound=0.5,
            layer=layer,
            length=100,
            steps=50,
        )
        for layer, inputs, hidden in (("SimpleRNN", 1, 50), ("LSTM", 1, 50), ("LSTM", 16, 128))
    ),
    Problem((784, 128, 10), "relu", 1, "predict"),
    Problem((784, 128, 10), "relu", 1, "call"),
]
