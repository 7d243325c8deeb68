"""Rows of benchmarks.cuda that memory bounds: elements, rows and channels, steps of optimizers.

What counts is the bandwidth, of what an operation must read and write, as a part of a copy's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

import mark1
from benchmarks.cuda_row import OF_A_COPY, Row
from mark1 import ops


def _normal(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).normal(size=shape).astype("float32")


class _Steps:
    """Steps of an optimizer; the variables of the first call are those of all later ones."""

    def __init__(self, name: str, **options: Any) -> None:
        self.name, self.options = name, options
        self.made: dict[str, tuple[Any, Any]] = {}

    def __call__(self, value: Any, gradient: Any) -> Any:
        place = str(getattr(value, "device", "cpu"))
        with mark1.device(place):
            if place not in self.made:
                optimizer = getattr(mark1.optimizers, self.name)(0.01, **self.options)
                self.made[place] = mark1.Variable(value), optimizer
            variable, optimizer = self.made[place]
            optimizer.apply_gradients([(ops.convert_to_tensor(gradient), variable)])
            return variable.value


class _TorchSteps:
    def __init__(self, name: str, clip: float = 0, **options: Any) -> None:
        self.name, self.clip, self.options = name, clip, options
        self.optimizer: Any = None
        self.parameter: Any = None

    def __call__(self, torch: Any, value: Any, gradient: Any) -> Any:
        if self.optimizer is None:
            self.parameter = torch.nn.Parameter(value.clone())
            make = getattr(torch.optim, self.name)
            self.optimizer = make([self.parameter], 0.01, fused=True, **self.options)
        self.parameter.grad = gradient.clone() if self.clip else gradient
        if self.clip:
            torch.nn.utils.clip_grad_norm_([self.parameter], self.clip)
        self.optimizer.step()
        return self.parameter.detach()


def memory_rows(smoke: bool) -> list[Row]:
    """What is measured."""
    found = [*_elements(smoke), *_rows(smoke), *_columns(smoke), *_steps(smoke)]
    return [replace(row, goals=(OF_A_COPY,)) for row in found]


def copy_row(smoke: bool) -> Row:
    """What the others are compared with."""
    x = np.abs(_normal(5000 if smoke else 1 << 26))
    return Row("copy", (x,), ops.abs, lambda t, a: a.clone(), bytes=2 * x.nbytes)


def _elements(smoke: bool) -> list[Row]:
    size = (64, 100) if smoke else (16384, 4096)
    x, y, row = _normal(*size), _normal(*size[::-1]).reshape(size), _normal(size[1])
    n = x.nbytes
    return [
        Row(
            "add",
            (x, y),
            ops.add,
            lambda t, a, b: a + b,
            bytes=3 * n,
            cupy=lambda cupy, a, b: a + b,
        ),
        Row("multiply by a number", (x,), lambda a: a * 3.0, lambda t, a: a * 3.0, bytes=2 * n),
        Row("add a row", (x, row), ops.add, lambda t, a, b: a + b, bytes=2 * n),
        Row("relu", (x,), ops.relu, lambda t, a: t.relu(a), bytes=2 * n),
        Row(
            "tanh",
            (x,),
            ops.tanh,
            lambda t, a: t.tanh(a),
            bytes=2 * n,
            cupy=lambda cupy, a: cupy.tanh(a),
        ),
        Row("less", (x, y), ops.less, lambda t, a, b: a < b, bytes=2.25 * n),
        Row(
            "where",
            (x > 0, x, y),
            ops.where,
            lambda t, c, a, b: t.where(c, a, b),
            bytes=3.25 * n,
        ),
        Row("cast", (x,), lambda a: ops.cast(a, "float64"), lambda t, a: a.double(), bytes=3 * n),
        Row("transpose", (x,), ops.transpose, lambda t, a: a.t().contiguous(), bytes=2 * n),
        Row(
            "dropout",
            (x,),
            lambda a: mark1.random.dropout(a, 0.5, seed=1),
            lambda t, a: t.nn.functional.dropout(a, 0.5),
            bytes=2 * n,
            alike=False,
        ),
    ]


def _rows(smoke: bool) -> list[Row]:
    found = []
    for length in (10, 33, 130) if smoke else (10, 1024, 4096, 8192, 32768, 50257):
        count = 50 if smoke else (1 << 26) // length
        x = _normal(count, length)
        labels = np.random.default_rng(0).integers(0, length, count)
        n, name = x.nbytes, f"of rows of {length}"
        found += [
            Row(
                f"sum {name}",
                (x,),
                lambda a: ops.sum(a, -1),
                lambda t, a: a.sum(-1),
                bytes=n,
                cupy=lambda cupy, a: a.sum(-1),
            ),
            Row(
                f"maximum {name}", (x,), lambda a: ops.max(a, -1), lambda t, a: a.amax(-1), bytes=n
            ),
            Row(
                f"argmax {name}",
                (x,),
                lambda a: ops.argmax(a, -1),
                lambda t, a: a.argmax(-1),
                bytes=n,
            ),
            Row(f"softmax {name}", (x,), ops.softmax, lambda t, a: a.softmax(-1), bytes=2 * n),
            Row(
                f"cross-entropy {name}",
                (labels, x),
                lambda label, a: ops.sparse_categorical_crossentropy(label, a, from_logits=True),
                lambda t, label, a: t.nn.functional.cross_entropy(a, label, reduction="none"),
                bytes=n,
            ),
            Row(
                f"layer norm {name}",
                (x, _normal(length), _normal(length + 1)[1:]),
                lambda a, s, o: ops.layer_normalization(a, s, o, axis=-1, epsilon=1e-3),
                lambda t, a, s, o: t.nn.functional.layer_norm(a, (a.shape[-1],), s, o, 1e-3),
                bytes=2 * n,
            ),
            Row(
                f"variance {name}",
                (x,),
                lambda a: ops.var(a, -1),
                lambda t, a: a.var(-1, correction=0),
                bytes=n,
            ),
        ]
    return found


def _columns(smoke: bool) -> list[Row]:
    x = _normal(300, 9) if smoke else _normal(16384, 4096)
    image = _normal(2, 5, 5, 6) if smoke else _normal(128, 56, 56, 128)
    channels = image.shape[-1]
    zeros, ones = np.zeros(channels, "float32"), np.ones(channels, "float32")

    def normalize(torch: Any, a: Any, s: Any, o: Any) -> Any:
        return torch.nn.functional.batch_norm(
            a.permute(0, 3, 1, 2), None, None, s, o, training=True, eps=1e-3
        ).permute(0, 2, 3, 1)

    return [
        Row(
            "sum of columns",
            (x,),
            lambda a: ops.sum(a, 0),
            lambda t, a: a.sum(0),
            bytes=x.nbytes,
            cupy=lambda cupy, a: a.sum(0),
        ),
        Row(
            "maximum of columns",
            (x,),
            lambda a: ops.max(a, 0),
            lambda t, a: a.amax(0),
            bytes=x.nbytes,
        ),
        Row(
            "batch norm",
            (image, ones, zeros),
            lambda a, s, o: ops.train_batch_normalization(a, s, o, epsilon=1e-3),
            normalize,
            bytes=3 * image.nbytes,
        ),
    ]


def _steps(smoke: bool) -> list[Row]:
    n = 5000 if smoke else 1 << 26
    value, gradient = _normal(n), _normal(n + 1)[1:].copy()
    read = value.nbytes
    operands = (value, gradient)
    ours, theirs = {"epsilon": 1e-7}, {"eps": 1e-7}
    return [
        Row(
            "sgd with momentum",
            operands,
            _Steps("SGD", momentum=0.9),
            _TorchSteps("SGD", momentum=0.9),
            bytes=5 * read,  # value and momentum are read and written
        ),
        Row(
            "adam", operands, _Steps("Adam", **ours), _TorchSteps("Adam", **theirs), bytes=7 * read
        ),
        Row(
            "adam, clipped by norm",
            operands,
            _Steps("Adam", global_clipnorm=1.0, **ours),
            _TorchSteps("Adam", clip=1.0, **theirs),
            bytes=8 * read,
        ),
    ]
