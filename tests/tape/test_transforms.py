"""Gradients of functions."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import ops


def energy(w, x):
    return ops.sum(w["a"] * w["b"] * x)


def test_gradients_have_the_structure_of_the_argument():
    w = {"a": np.array([1.0, 2.0]), "b": np.array([3.0, 4.0])}
    value, gradient = mark1.value_and_grad(energy)(w, np.array([1.0, 10.0]))
    assert float(value) == 83.0
    assert gradient["a"].numpy().tolist() == [3.0, 40.0]
    assert gradient["b"].numpy().tolist() == [1.0, 20.0]


def test_several_arguments():
    f = mark1.grad(lambda x, y: x * x * y, argnums=(0, 1))
    assert [float(g) for g in f(3.0, 5.0)] == [30.0, 9.0]
    assert float(mark1.grad(lambda x, y: x * y, argnums=-1)(3.0, 5.0)) == 3.0


def test_what_else_the_function_returns():
    f = mark1.value_and_grad(lambda x: (x * x, "more"), has_aux=True)
    (value, more), gradient = f(3.0)
    assert (float(value), more, float(gradient)) == (9.0, "more", 6.0)
    gradient, more = mark1.grad(lambda x: (x * x, "more"), has_aux=True)(3.0)
    assert (float(gradient), more) == (6.0, "more")


def test_no_path_is_zero():
    assert mark1.grad(lambda x, y: y * y)([1.0, 2.0], ops.ones(())).numpy().tolist() == [0.0, 0.0]


def test_third_derivative():
    f = mark1.grad(mark1.grad(mark1.grad(lambda x: x * x * x * x)))
    assert float(f(np.array(2.0))) == 48.0


def test_an_outer_tape_sees_through():
    w = mark1.Variable(2.0)
    with mark1.GradientTape() as tape:
        dx = mark1.grad(lambda x: w * x * x)(3.0)
    assert float(tape.gradient(dx, w)) == 6.0


def test_keyword_arguments_are_passed_on():
    assert float(mark1.grad(lambda x, scale: x * scale)(1.0, scale=4.0)) == 4.0


def test_mistakes_are_named():
    with pytest.raises(ValueError, match=r"^\[grad\] the function must return a scalar .* \(2,\)"):
        mark1.grad(lambda x: x * x)([1.0, 2.0])
    with pytest.raises(ValueError, match=r"returned str"):
        mark1.grad(lambda x: "no")([1.0, 2.0])
    with pytest.raises(ValueError, match=r"^\[grad\] there is no argument 1, 1 positional"):
        mark1.grad(lambda x: x, argnums=1)(1.0)
    with pytest.raises(TypeError, match=r"^\[grad\] only floating-point .* int32"):
        mark1.grad(lambda x: x)(np.array(1, np.int32))
