"""What the cases cannot say about powers, remainders, comparisons: edges, integers, operators."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import mark1
from mark1 import _core, ops
from tests.variants import same_bits

EDGES = [
    0.0, -0.0, 1.0, -1.0, 2.0, -3.0, 0.25, 7.5, -0.75, 1e-40, -1e-40, 3e38, np.inf, -np.inf, np.nan,
]  # fmt: skip
PAIRS = np.array(list(itertools.product(EDGES, EDGES)), dtype=np.float64)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_powers_at_the_edge_are_those_of_ieee_754(dtype):
    x, y = PAIRS.astype(dtype).T
    plain = y != 0.5
    with np.errstate(all="ignore"):
        expected = np.power(x.astype("f8"), y.astype("f8")).astype(dtype)
    actual = ops.power(x, y).numpy()
    exact = np.isnan(expected) | np.isinf(expected) | (expected == 0)
    at = plain & exact
    assert same_bits(actual[at] + 0.0, expected[at] + 0.0)
    assert (np.signbit(actual[at]) == np.signbit(expected[at]))[~np.isnan(expected[at])].all()
    np.testing.assert_allclose(
        actual[plain & ~exact], expected[plain & ~exact], rtol=2.5 * np.finfo(dtype).eps
    )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("y", [2, -1, 0.5, 1])
def test_simple_exponents_have_one_value_however_they_are_given(dtype, y):
    x = np.array([*EDGES, 1.1, 3.3, 0.7], dtype=dtype)
    with np.errstate(all="ignore"):
        expected = {2: x * x, -1: 1 / x, 0.5: np.sqrt(x), 1: x}[y]
    mixed = np.array([y, 2.5] * len(x), dtype=dtype)
    assert same_bits(ops.power(x, y).numpy(), expected)
    assert same_bits(ops.power(x, np.full_like(x, y)).numpy(), expected)
    assert same_bits(ops.power(np.repeat(x, 2), mixed).numpy()[::2], expected)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_remainders_at_the_edge_are_numpys(dtype):
    x, y = PAIRS.astype(dtype).T
    with np.errstate(all="ignore"):
        quotient, rest = np.floor_divide(x, y), np.mod(x, y)
    assert np.array_equal(ops.mod(x, y).numpy(), rest, equal_nan=True)
    finite = np.isfinite(quotient)
    assert np.array_equal(ops.floor_divide(x, y).numpy()[finite], quotient[finite])


def test_huge_quotients_leave_an_exact_rest():
    x = np.array([3e38, 1e30, -1e30, 16_777_219 * 8.0], dtype="float32")
    y = np.array([1e-45, 0.7, 0.7, 3.0], dtype="float32")
    exact = [np.mod(float(a), float(b)) for a, b in zip(x, y, strict=True)]
    assert same_bits(ops.mod(x, y).numpy(), np.array(exact, dtype="float32"))


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64"])
@pytest.mark.parametrize("name", ["maximum", "minimum", "floor_divide", "mod"])
def test_integers(name, dtype):
    values = [0, 1, 2, 3, 7, 100] if dtype == "uint8" else [0, 1, -1, 2, -3, 7, -100]
    x, y = np.array(list(itertools.product(values, values)), dtype=dtype).T
    with np.errstate(all="ignore"):
        expected = getattr(np, name)(x, y)
    actual = getattr(ops, name)(x, y).numpy()
    assert actual.dtype == dtype
    assert np.array_equal(actual, expected)


def test_the_smallest_integer_by_minus_one_wraps():
    least = np.array([-(2**31)], dtype="int32")
    assert ops.floor_divide(least, -1).numpy().tolist() == [-(2**31)]
    assert ops.mod(least, -1).numpy().tolist() == [0]


def test_powers_of_integers():
    x = np.array([0, 1, -1, 2, -3, 10], dtype="int32")
    assert ops.power(x, 3).numpy().tolist() == [0, 1, -1, 8, -27, 1000]
    assert ops.power(x, 0).numpy().tolist() == [1] * 6
    assert ops.power(x, -1).numpy().tolist() == [0, 1, -1, 0, 0, 0]
    assert ops.power(np.uint8([3, 255]), np.uint8([5, 2])).numpy().tolist() == [243, 1]


def test_integers_stay_integers_where_they_can():
    x = np.array([-3, 0, 5], dtype="int64")
    for name, expected in (("abs", [3, 0, 5]), ("sign", [-1, 0, 1]), ("square", [9, 0, 25])):
        y = getattr(ops, name)(x)
        assert (y.dtype, y.numpy().tolist()) == ("int64", expected)
    assert ops.clip(x, -1, 3).numpy().tolist() == [-1, 0, 3]
    assert ops.abs(np.uint8([3, 255])).numpy().tolist() == [3, 255]


def test_limits_that_are_tensors():
    x = np.float32([[-2, 0.5, 2], [0, 9, -9]])
    low, high = np.float32([[-1], [-5]]), np.float32([1, 2, 0])
    assert same_bits(ops.clip(x, low, high).numpy(), np.clip(x, low, high))


@pytest.mark.parametrize("variable", [False, True])
def test_operators(variable):
    x = np.float32([1.5, -2.5, 4.0])
    t = mark1.Variable(x) if variable else _core.convert(x)
    assert same_bits((t**2).numpy(), x**2)
    assert same_bits((2.0**t).numpy(), np.float32(2) ** x)
    assert same_bits((t % 2).numpy(), x % 2)
    assert same_bits((7 % t).numpy(), 7 % x)
    assert same_bits((t // 2).numpy(), x // 2)
    assert same_bits((7 // t).numpy(), 7 // x)
    assert same_bits(abs(t).numpy(), abs(x))
    for actual, expected in ((t < 1.5, x < 1.5), (t <= 1.5, x <= 1.5), (t > 1.5, x > 1.5),
                             (t >= 1.5, x >= 1.5), (t < 1.5, x < 1.5), (x < t, x < x)):  # fmt: skip
        assert actual.dtype == "bool"
        assert np.array_equal(actual.numpy(), expected)
    assert t == t
    assert t in {t: 1}


def test_gradient_of_a_power_where_its_logarithm_has_none():
    x = _core.convert(np.float32([0.0, -2.0, 0.0, 3.0]))
    y = _core.convert(np.float32([0.0, 3.0, 2.5, 0.0]))
    with mark1.GradientTape() as tape:
        tape.watch([x, y])
        z = ops.power(x, y)
    dx, dy = tape.gradient(z, [x, y])
    assert dx.numpy().tolist() == [0.0, 12.0, 0.0, 0.0]
    np.testing.assert_allclose(dy.numpy(), [0.0, 0.0, 0.0, np.log(3.0)], rtol=1e-6)


def test_gradient_of_a_tie_goes_to_the_first():
    x, y = mark1.Variable([1.0, 2.0]), mark1.Variable([1.0, 2.0])
    for f in (ops.maximum, ops.minimum):
        with mark1.GradientTape() as tape:
            z = f(x, y)
        dx, dy = tape.gradient(z, [x, y])
        assert (dx.numpy().tolist(), dy.numpy().tolist()) == ([1.0, 1.0], [0.0, 0.0])


def test_gradient_of_an_absolute_value_at_zero_is_zero():
    x = mark1.Variable([0.0, -1.0, 2.0])
    with mark1.GradientTape() as tape:
        y = ops.abs(x)
    assert tape.gradient(y, x).numpy().tolist() == [0.0, -1.0, 1.0]


@pytest.mark.parametrize("name", ["power", "maximum", "less", "logical_and"])
def test_shapes_that_do_not_broadcast(name):
    with pytest.raises(ValueError, match="shapes do not broadcast together") as error:
        getattr(ops, name)(np.zeros((2, 3), "f"), np.zeros((2, 4), "f"))
    assert str(error.value).startswith(f"[{name}] ")


def test_where_shapes_that_do_not_broadcast():
    with pytest.raises(ValueError, match=r"\[where\] shapes do not broadcast together"):
        ops.where(np.ones(3, "?"), np.zeros(2, "f"), 0.0)


def test_extremes_of_booleans_are_refused():
    with pytest.raises(TypeError, match=r"\[maximum\] does not take bool; convert with cast"):
        ops.maximum(np.ones(3, "?"), np.ones(3, "?"))


def test_one_hot_refuses_what_it_cannot_do():
    with pytest.raises(ValueError, match=r"\[one_hot\] there is no axis 2 in a tensor of 2 axes"):
        ops.one_hot([1], 3, axis=2)
    with pytest.raises(ValueError, match=r"\[one_hot\] needs the number of classes, got"):
        ops.one_hot([1], -1)
