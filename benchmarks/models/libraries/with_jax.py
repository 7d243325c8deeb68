"""JAX without a framework: one jit-compiled function per step, or with BENCHMARK_SCAN per epoch.

As good as it gets by hand: everything stays on the device, the state is donated, and a step is
given nothing from Python but the buffers of the step before.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.models.problems import LEARNING_RATE, Array, Problem, Weights

SCAN = "BENCHMARK_SCAN" in os.environ
BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-7
# Parameters, their two means, number of steps, step of the epoch, sum of losses, right guesses.
State = tuple[Any, Any, Any, Any, Any, Any, Any]


class Trainer:
    def __init__(self, problem: Problem) -> None:
        if problem.length:
            raise KeyError(problem.layer)
        rng = np.random.default_rng(0)
        self._problem = problem
        self._params = []
        for shape in _kernels(problem):
            receptive = int(np.prod(shape[:-2]))
            limit = np.sqrt(6 / (receptive * (shape[-2] + shape[-1])))
            self._params += [jnp.asarray(rng.uniform(-limit, limit, shape).astype(np.float32))]
            self._params += [jnp.zeros(shape[-1], jnp.float32)]
        zeros = [jnp.zeros_like(p) for p in self._params]
        self._slots = zeros, [jnp.array(z) for z in zeros], jnp.zeros((), jnp.int32)
        x, y = problem.data()
        self._x, self._y = jnp.asarray(x), jnp.asarray(y)
        self._rng = rng
        step = partial(_step, problem)
        self._step = jax.jit(partial(_epoch, problem, step) if SCAN else step, donate_argnums=0)

    def train(self, epochs: int) -> object:
        history = []
        for _ in range(epochs):
            order = jnp.asarray(self._rng.permutation(len(self._x)).astype(np.int32))
            state: State = (
                self._params,
                *self._slots,
                jnp.zeros((), jnp.int32),
                jnp.zeros(()),
                jnp.zeros((), jnp.int32),
            )
            for _ in range(1 if SCAN else self._problem.steps):
                state = self._step(state, self._x, self._y, order)
            self._params, *slots, _, total, correct = state
            self._slots = tuple(slots)
            history.append((float(total), int(correct)))
        return history

    def weights(self) -> Weights:
        w = [np.asarray(p) for p in self._params]
        return list(zip(w[::2], w[1::2], strict=True))

    def calls(self) -> dict[str, Callable[[Array], Array]]:
        def probabilities(params: Any, x: Any) -> Any:
            y = _logits(self._problem, params, x)
            return jax.nn.sigmoid(y) if self._problem.binary else jax.nn.softmax(y)

        compiled = jax.jit(probabilities)
        return {"call": lambda row: np.asarray(compiled(self._params, row))}


def _kernels(problem: Problem) -> list[tuple[int, ...]]:
    inputs, hidden, outputs = problem.widths
    shapes: list[tuple[int, ...]] = []
    size = problem.image
    for filters in problem.filters:
        shapes.append((3, 3, size[2], filters))
        size = ((size[0] - 2) // 2, (size[1] - 2) // 2, filters)
        inputs = size[0] * size[1] * size[2]
    return [*shapes, (inputs, hidden), (hidden, outputs)]


def _convolve_and_pool(x: Any, w: Any, b: Any) -> Any:
    layout = ("NHWC", "HWIO", "NHWC")
    y = jax.nn.relu(
        jax.lax.conv_general_dilated(x, w, (1, 1), "VALID", dimension_numbers=layout) + b
    )
    window = (1, 2, 2, 1)
    return jax.lax.reduce_window(y, -jnp.inf, jax.lax.max, window, window, "VALID")


def _logits(problem: Problem, params: Any, x: Any) -> Any:
    *convolutions, w1, b1, w2, b2 = params
    for w, b in zip(convolutions[::2], convolutions[1::2], strict=True):
        x = _convolve_and_pool(x, w, b)
    x = x.reshape(len(x), -1)
    activation = jnp.tanh if problem.activation == "tanh" else jax.nn.relu
    return activation(x @ w1 + b1) @ w2 + b2


def _loss(problem: Problem, params: Any, x: Any, target: Any) -> tuple[Any, Any]:
    y = _logits(problem, params, x)
    if problem.binary:
        y = y[:, 0]
        right = (y > 0) == (target > 0)
        return (jax.nn.softplus(y) - y * target).mean(), right.sum()
    right = y.argmax(axis=1) == target
    picked = jnp.take_along_axis(jax.nn.log_softmax(y), target[:, None], axis=1)
    return -picked.mean(), right.sum()


def _step(problem: Problem, state: State, x: Any, y: Any, order: Any) -> State:
    params, means, squares, t, i, total, correct = state
    rows = jax.lax.dynamic_slice(order, (i * problem.batch,), (problem.batch,))
    value = jax.value_and_grad(partial(_loss, problem), has_aux=True)
    (loss, right), grads = value(params, x[rows], y[rows])
    t = t + 1
    means = [BETA_1 * m + (1 - BETA_1) * g for m, g in zip(means, grads, strict=True)]
    squares = [BETA_2 * v + (1 - BETA_2) * g * g for v, g in zip(squares, grads, strict=True)]
    rate = LEARNING_RATE * jnp.sqrt(1 - BETA_2**t) / (1 - BETA_1**t)
    params = [
        p - rate * m / (jnp.sqrt(v) + EPSILON)
        for p, m, v in zip(params, means, squares, strict=True)
    ]
    return params, means, squares, t, i + 1, total + loss, correct + right


def _epoch(
    problem: Problem, step: Callable[..., State], state: State, x: Any, y: Any, order: Any
) -> State:
    return jax.lax.scan(lambda s, _: (step(s, x, y, order), None), state, None, problem.steps)[0]
