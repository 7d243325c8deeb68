"""Updates in place: what they refuse, what they leave alone, what they count."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import _core


def adam(values, gradients, m, v, rate, iterations):
    _core.adam_update(values, gradients, m, v, rate, iterations, 0.9, 0.999, 1e-7)


def sgd(values, gradients, rate, iterations):
    _core.sgd_update(values, gradients, [], rate, iterations, 0.0, False)


@pytest.fixture
def rate():
    return mark1.Variable(0.5)


@pytest.fixture
def iterations():
    return mark1.Variable(0, dtype="int64")


def test_what_is_not_like_its_variable_is_refused_before_anything_changes(rate, iterations):
    a, b = mark1.Variable([1.0]), mark1.Variable([1.0, 2.0])
    one = mark1.ops.convert_to_tensor([1.0])
    with pytest.raises(ValueError, match=r"\[sgd\] gradient 1 must be like its variable"):
        sgd([a, b], [one, one], rate, iterations)
    with pytest.raises(ValueError, match=r"one gradient per variable, got 1 for 2"):
        sgd([a, b], [one], rate, iterations)
    with pytest.raises(ValueError, match=r"a variable was given twice"):
        sgd([a, a], [one, one], rate, iterations)
    with pytest.raises(ValueError, match=r"\[adam\] state 0 must be like its variable"):
        adam([a], [one], [b], [mark1.Variable([0.0])], rate, iterations)
    with pytest.raises(TypeError, match=r"iterations is an int64 scalar"):
        sgd([a], [one], rate, mark1.Variable(0))
    with pytest.raises(TypeError, match=r"the learning rate is a float32 scalar"):
        sgd([a], [one], mark1.Variable([0.5]), iterations)
    assert a.numpy().tolist() == [1.0]
    assert int(iterations) == 0


def test_values_that_others_hold_stay_as_they_were(rate, iterations):
    w = mark1.Variable([1.0, 2.0])
    held = w.value
    sgd([w], [mark1.ops.convert_to_tensor([1.0, 1.0])], rate, iterations)
    assert held.numpy().tolist() == [1.0, 2.0]
    assert w.numpy().tolist() == [0.5, 1.5]


def test_memory_that_nobody_else_holds_is_updated_in_place(rate, iterations):
    w = mark1.Variable([1.0, 2.0])
    g = mark1.ops.convert_to_tensor([1.0, 1.0])
    sgd([w], [g], rate, iterations)
    address = w.value._address()
    sgd([w], [g], rate, iterations)
    assert w.value._address() == address
    assert int(iterations) == 2


def test_learning_rate_is_read_from_its_buffer(rate, iterations):
    w = mark1.Variable([1.0])
    g = mark1.ops.convert_to_tensor([1.0])
    rate.assign(0.25)
    sgd([w], [g], rate, iterations)
    assert w.numpy().tolist() == [0.75]


def test_variables_of_both_precisions_share_a_launch(rate, iterations):
    a, b = mark1.Variable([1.0]), mark1.Variable(np.array([1.0]))
    assert (a.dtype, b.dtype) == ("float32", "float64")
    sgd([a, b], [a.value, b.value], rate, iterations)
    assert (float(a), float(b)) == (0.5, 0.5)


def test_a_model_without_variables_still_counts_its_steps(rate, iterations):
    sgd([], [], rate, iterations)
    assert int(iterations) == 1
