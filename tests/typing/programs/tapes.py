"""Tapes, loops of one's own and functions, as strict checkers see them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from typing_extensions import assert_type

import mark1 as keras
from mark1 import GradientTape, Tensor, Variable, ops

w = Variable(np.ones((2, 1), "float32"), name="w")
b = Variable([0.0], trainable=True)
x = np.array([[1.0, 2.0], [3.0, 4.0]], "float32")

with GradientTape() as tape:
    assert_type(tape, GradientTape)
    loss = ops.mean(ops.square(x @ w + b - 1.0))
assert_type(loss, Tensor)
dw, db = tape.gradient(loss, [w, b])
assert_type(w.assign_sub(0.1 * dw), Variable)
assert_type(w - 1.0, Tensor)
assert_type(w * x, Tensor)
assert_type(w.shape, tuple[int, ...])
assert_type(tape.explain(loss, w), str)

with GradientTape(persistent=True, watch_accessed_variables=False) as outer:
    outer.watch(w)
    with GradientTape() as inner:
        cube = w * w * w
    slope = inner.gradient(cube, w)
curve = outer.gradient(slope, w)
jacobian = outer.jacobian(slope, w)


@keras.custom_gradient
def clipped(z: Tensor) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
    """A gradient of at most 1."""

    def backward(upstream: Tensor) -> Tensor:
        return ops.clip(upstream, -1.0, 1.0)

    return ops.square(z), backward


clipped(ops.ones((2,)))

optimizer = keras.optimizers.SGD(0.1, momentum=0.9)


@keras.function
def step(x: Any, y: Any) -> Tensor:
    """Make one step; runs natively from the third call on."""
    with GradientTape() as tape:
        loss = ops.mean(ops.square(ops.matmul(x, w) + b - y))
    optimizer.apply_gradients(zip(tape.gradient(loss, [w, b]), [w, b], strict=True))
    return loss


for _ in range(3):
    assert_type(step(x, np.ones((2, 1), "float32")), Tensor)
assert_type(float(step(x, x[:, :1])), float)


def energy(z: Tensor) -> Tensor:
    """A bowl."""
    return ops.sum(z * z)


slope = keras.grad(energy)(ops.ones((3,)))
value, slope = keras.value_and_grad(energy)(ops.ones((3,)))
