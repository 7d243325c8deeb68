"""Updates in place: what they refuse, what they leave alone, what they count."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import _core


def adam(values, gradients, slots, rate, iterations):
    _core.adam_update(values, gradients, slots, rate, iterations, None, 0.9, 0.999, 1e-7, False)


def sgd(values, gradients, rate, iterations, options=None, slots=()):
    _core.sgd_update(values, gradients, slots, rate, iterations, options, 0.0, False)


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
        adam([a], [one], [b, mark1.Variable([0.0])], rate, iterations)
    with pytest.raises(ValueError, match=r"\[adam\] needs 2 states per variable, got 1 for 1"):
        adam([a], [one], [mark1.Variable([0.0])], rate, iterations)
    with pytest.raises(ValueError, match=r"\[sgd\] gradient 0 is missing"):
        sgd([a], [None], rate, iterations)
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


def test_averages_go_on_without_gradients(rate, iterations):
    options = _core.UpdateOptions(averages=True, average_momentum=0.5)
    a, b = mark1.Variable([1.0]), mark1.Variable([2.0])
    slots = [mark1.Variable([0.0]), mark1.Variable([0.0])]
    one = mark1.ops.convert_to_tensor([1.0])
    for _ in range(2):
        sgd([a, b], [one, None], rate, iterations, options, slots)
    assert (float(a), float(b)) == (0.0, 2.0)
    assert (float(slots[0]), float(slots[1])) == (0.25, 2.0)


def test_an_infinite_gradient_clipped_globally_makes_everything_nan(rate, iterations):
    options = _core.UpdateOptions(global_clipnorm=1.0)
    a, b = mark1.Variable([1.0]), mark1.Variable([2.0])
    gradients = [np.array([np.inf], np.float32), np.array([1.0], np.float32)]
    sgd([a, b], gradients, rate, iterations, options)
    assert np.isnan(float(a))
    assert np.isnan(float(b))


def test_both_precisions_are_clipped_by_one_norm(rate, iterations):
    options = _core.UpdateOptions(global_clipnorm=2.5)
    a, b = mark1.Variable([0.0]), mark1.Variable(np.array([0.0]))
    sgd([a, b], [[3.0], np.array([4.0])], rate, iterations, options)
    assert (float(a), float(b)) == (-0.75, -1.0)


def test_options_out_of_range_are_refused(rate, iterations):
    w = mark1.Variable([1.0])
    options = _core.UpdateOptions(loss_scale=0.0)
    with pytest.raises(ValueError, match=r"\[sgd\] needs loss_scale > 0, accumulated >= 1"):
        sgd([w], [w.value], rate, iterations, options)


@pytest.mark.parametrize(
    ("update", "numbers", "states", "text"),
    [
        ("adadelta", (1.5, 1e-7), 2, r"\[adadelta\] needs 0 <= rho <= 1"),
        ("adagrad", (-1.0,), 1, r"\[adagrad\] needs epsilon >= 0, got -1"),
        ("adam", (1.0, 0.9, 1e-7, False), 2, r"\[adam\] needs 0 <= beta < 1"),
        ("adamax", (1.0, 0.9, 1e-7), 2, r"\[adamax\] needs 0 <= beta < 1"),
        ("ftrl", (-1.0, 0.0, 0.0, 0.0, -0.5), 2, r"\[ftrl\] regularization must be at least 0"),
        ("ftrl", (0.0, 0.0, 0.0, 0.0, 0.5), 2, r"\[ftrl\] learning_rate_power must be at most 0"),
        ("lion", (2.0, 0.9), 1, r"\[lion\] needs 0 <= beta <= 1"),
        ("rmsprop", (2.0, 0.0, 1e-7, False), 1, r"\[rmsprop\] needs rho and momentum"),
        ("sgd", (2.0, False), 1, r"\[sgd\] momentum must be from 0 to 1"),
    ],
)
def test_numbers_out_of_range_are_refused(update, numbers, states, text, rate, iterations):
    w = mark1.Variable([1.0])
    slots = [mark1.Variable([0.0]) for _ in range(states)]
    with pytest.raises(ValueError, match=text):
        getattr(_core, f"{update}_update")([w], [w.value], slots, rate, iterations, None, *numbers)
    assert int(iterations) == 0


def test_what_nadam_carries_is_a_scalar(rate, iterations):
    w = mark1.Variable([1.0])
    slots = [mark1.Variable([0.0]), mark1.Variable([0.0])]
    with pytest.raises(ValueError, match=r"\[nadam\] the product of momenta is a scalar"):
        _core.nadam_update([w], [w.value], slots, rate, iterations, None, w, 0.9, 0.999, 1e-7)


def test_what_schedule_free_refuses(rate, iterations):
    w = mark1.Variable([1.0])
    slots = [mark1.Variable([0.0]), mark1.Variable([0.0])]
    with pytest.raises(ValueError, match=r"\[schedule_free\] needs 0 < beta_1 < 1, .* beta_1=0, "):
        _core.schedule_free_update(
            [w], [w.value], slots, rate, iterations, None, 0.0, 0.999, 1e-8, 0
        )
