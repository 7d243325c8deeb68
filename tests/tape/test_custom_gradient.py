"""Functions with a gradient of the user's making."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import ops


def test_the_gradient_is_the_users():
    @mark1.custom_gradient
    def tripled(x):
        return x * 2.0, lambda dy: dy * 3.0

    x = mark1.Variable([1.0, 2.0])
    with mark1.GradientTape() as tape:
        y = tripled(x)
    assert y.numpy().tolist() == [2.0, 4.0]
    assert tape.gradient(y, x).numpy().tolist() == [3.0, 3.0]
    assert tripled(ops.ones(1)).numpy().tolist() == [2.0]


def test_an_output_that_is_the_argument():
    @mark1.custom_gradient
    def clipped(x):
        return x, lambda dy: ops.clip(dy, -1.0, 1.0)

    x = mark1.Variable([1.0, 2.0])
    with mark1.GradientTape() as tape:
        y = clipped(x * 1.0) * ops.convert_to_tensor([0.5, 10.0])
    assert tape.gradient(y, x).numpy().tolist() == [0.5, 1.0]


def test_several_arguments_and_outputs():
    @mark1.custom_gradient
    def both(x, y):
        return (x + y, x * y), lambda ds, dp: (ds + 10.0 * dp, ds - dp)

    x, y = mark1.Variable(2.0), mark1.Variable(3.0)
    with mark1.GradientTape(persistent=True) as tape:
        total, product = both(x, y)
    assert isinstance(both(x, y), tuple)
    assert [float(g) for g in tape.gradient([total, product], [x, y])] == [11.0, 0.0]
    # An output without a gradient of its own counts as zero.
    assert [float(g) for g in tape.gradient(product, [x, y])] == [10.0, -1.0]


def test_second_derivatives_go_through_the_users_gradient():
    @mark1.custom_gradient
    def cube(x):
        return x * x * x, lambda dy: dy * 3.0 * x * x

    x = mark1.Variable(np.array(2.0))
    with mark1.GradientTape() as outer:
        with mark1.GradientTape() as inner:
            y = cube(x)
        dx = inner.gradient(y, x)
    assert float(dx) == 12.0
    assert float(outer.gradient(dx, x)) == 12.0


def test_variables_that_are_read_inside():
    w = mark1.Variable([2.0], name="w")

    @mark1.custom_gradient
    def scaled(x):
        def grad(dy, variables=None):
            assert variables == [w]
            return dy * w, [dy * x * 100.0]

        return x * w, grad

    x = mark1.Variable([3.0])
    with mark1.GradientTape() as tape:
        y = scaled(x)
    dx, dw = tape.gradient(y, [x, w])
    assert (float(dx[0]), float(dw[0])) == (2.0, 300.0)


def test_a_gradient_that_ignores_variables_is_refused():
    w = mark1.Variable([2.0])

    @mark1.custom_gradient
    def scaled(x):
        return x * w, lambda dy: dy

    x = mark1.Variable([3.0])
    with mark1.GradientTape() as tape:
        y = scaled(x)
    with pytest.raises(TypeError, match="variables"):
        tape.gradient(y, x)


def test_the_number_of_gradients_must_be_right():
    @mark1.custom_gradient
    def product(x, y):
        return x * y, lambda dy: dy

    x = mark1.Variable([3.0])
    with mark1.GradientTape() as tape:
        y = product(x, x)
    with pytest.raises(ValueError, match=r"gradient function of product must return one .* of 2"):
        tape.gradient(y, x)


def test_an_exception_inside_leaves_the_tapes_recording():
    @mark1.custom_gradient
    def failing(x):
        raise KeyError

    x = mark1.Variable([3.0])
    with mark1.GradientTape() as tape:
        with pytest.raises(KeyError):
            failing(x)
        y = x * x
    assert tape.gradient(y, x).numpy().tolist() == [6.0]


def test_a_recorded_step_has_the_same_bits():
    @mark1.custom_gradient
    def clipped(x):
        return x * 1.5, lambda dy: ops.clip(dy, -0.1, 0.1)

    def train(run):
        w = mark1.Variable(np.linspace(-1, 1, 7, dtype=np.float32))
        optimizer = mark1.optimizers.SGD(0.5)

        def step(x):
            with mark1.GradientTape() as tape:
                loss = ops.mean(ops.square(clipped(w) - x))
            optimizer.apply_gradients([(tape.gradient(loss, w), w)])
            return loss

        step = run(step)
        for i in range(6):
            step(ops.full((7,), float(i)))
        return w.numpy()

    np.testing.assert_array_equal(train(mark1.function), train(lambda step: step))
