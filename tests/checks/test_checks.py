"""The checks themselves: each must fail on what it is there to catch."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import _core, tape
from tests.cases.base import Case, Input
from tests.gradcheck import check_gradient, check_second_derivative
from tests.guards import assert_stays_inside, block_bytes
from tests.tolerance import assert_close, bound, depth
from tests.variants import REFERENCE, Variant, assert_same_everywhere, force, same_bits, variants

F32 = np.float32


def test_a_result_within_half_an_ulp_is_accepted():
    exact = np.random.default_rng(0).standard_normal(1000)
    assert_close(exact.astype(F32), exact)


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (1.0000002, 1.0),
        (np.nan, 1.0),
        (1.0, np.nan),
        (np.inf, 1.0),
        (np.inf, -np.inf),
        (np.nan, np.inf),
        (3e38, np.inf),
        (np.inf, 3e38),
        (1e-40, 2e-40),
        (0.0, 1e-38),
    ],
)
def test_a_wrong_result_is_not(actual, expected):
    with pytest.raises(AssertionError, match="worst at"):
        assert_close(np.full(3, actual, F32), np.full(3, expected))


@pytest.mark.parametrize(
    ("actual", "expected"),
    [(np.nan, np.nan), (np.inf, np.inf), (np.inf, 1e39), (1e-45, 1.4e-45), (0.0, -0.0)],
)
def test_special_values_in_their_place_are_accepted(actual, expected):
    assert_close(np.full(3, actual, F32), np.full(3, expected))


def test_an_infinite_scale_accepts_nothing():
    with pytest.raises(AssertionError):
        assert_close(np.ones(1, F32), np.zeros(1), scale=np.full(1, np.inf))


def test_shapes_and_integers_must_be_equal():
    with pytest.raises(AssertionError):
        assert_close(np.ones((2, 1), F32), np.ones(2))
    with pytest.raises(AssertionError):
        assert_close(np.array([1, 2]), np.array([1, 3]))


def test_the_bound_grows_with_the_depth_of_the_sum_not_its_length():
    assert [depth(n) for n in (1, 2, 256, 257, 16_384, 16_385)] == [0, 4, 258, 259, 321, 322]
    assert bound(np.ones(1), "float32", 1_000_000)[0] < 500 * 2.0**-24


def test_bits_tell_zeros_apart_and_nans_together():
    nans = np.array([0x7FC00000, 0xFFC00001], np.uint32).view(F32)
    assert same_bits(nans, nans[::-1])
    assert not same_bits(np.array([0.0], F32), np.array([-0.0], F32))
    assert not same_bits(np.array([1.0], F32), np.array([1.0]))
    assert not same_bits(np.array([np.nan]), np.array([1.0]))


def test_a_difference_between_variants_is_found():
    def compute():
        return (np.ones(3) * _core.get_num_threads(),)

    with pytest.raises(AssertionError, match=r"output 0, .*-2: 3 of 3 elements differ"):
        assert_same_everywhere(compute)


def test_variants_cover_every_isa_and_number_of_threads():
    isas = set(_core.available_isas())
    assert {v.isa for v in [REFERENCE, *variants()]} == isas
    assert {v.threads for v in variants()} == {1, 2, 3, 7} or isas == {"reference"}
    assert len(variants(cross=True)) == 4 * len(isas) - 1


def test_forcing_a_variant_ends_with_its_block():
    isa, threads = _core.isa(), _core.get_num_threads()
    inside = []

    def stray():
        with force(Variant("reference", 5)):
            inside.append((_core.isa(), _core.get_num_threads()))
            raise KeyError

    with pytest.raises(KeyError):
        stray()
    assert inside == [("reference", 5)]
    assert (_core.isa(), _core.get_num_threads()) == (isa, threads)


def softmax_like(rule):
    """A function whose outputs sum to one, under a gradient rule of our choice."""

    def define(x):
        e = np.exp(x)
        return e / e.sum()

    def call(x):
        y = _core.convert(np.asarray(define(x.numpy())))
        tape.record(rule, (x,), y, (y,))
        return y

    return Case("broadcast", "softmax_like", define, (Input((5,)),), call=call)


def right_rule(dy, y):
    weighted = _core.convert(np.full((5,), (dy.numpy() * y.numpy()).sum()))
    return (y * (dy - weighted),)


def test_the_gradient_check_accepts_a_right_rule():
    check_gradient(softmax_like(right_rule))


@pytest.mark.parametrize(
    "rule",
    [
        lambda dy, y: (dy * 0.0,),  # with ones from above this would pass
        lambda dy, y: (y * dy,),
        lambda dy, y: (right_rule(dy, y)[0] * 1.000001,),
        lambda dy, y: (right_rule(dy, y)[0] * float("nan"),),
    ],
)
def test_the_gradient_check_finds_a_wrong_rule(rule):
    with pytest.raises(AssertionError, match="first derivative"):
        check_gradient(softmax_like(rule))


def test_the_check_of_second_derivatives_finds_a_rule_that_is_not_recorded():
    def call(x):
        y = x * x * x
        return y

    def cut(x):
        y = _core.convert(x.numpy() ** 3)
        tape.record(lambda dy, x: (_core.convert(dy.numpy() * 3 * x.numpy() ** 2),), (x,), y, (x,))
        return y

    def define(x):
        return x**3

    good = Case("broadcast", "cube", define, (Input((4,)),), call=call)
    check_second_derivative(good)
    bad = Case("broadcast", "cube", define, (Input((4,)),), call=cut)
    check_gradient(bad)
    with pytest.raises(AssertionError, match="second derivative"):
        check_second_derivative(bad)


def test_kinks_are_stepped_around():
    def call(x):
        sign = _core.convert(np.sign(x.numpy()))
        return x * sign

    by_value = Case("broadcast", "abs", np.abs, (Input((500,)),), call=call, kinks=(0.0,))
    check_gradient(by_value)
    by_function = Case(
        "broadcast", "abs", np.abs, (Input((30,)),), call=call, kinks=lambda x: x, name="f"
    )
    check_gradient(by_function)


def test_a_write_into_an_input_is_found():
    import ctypes

    def call(x):
        if x.size:
            ctypes.memset(x._address(), 0, 1)
        return mark1.ops.add(x, 1.0)

    case = Case("broadcast", "vandal", lambda x: x + 1, (Input((5,)),), call=call)
    with pytest.raises(AssertionError, match="changed an input"):
        assert_stays_inside(case, "float32")


def test_a_write_behind_an_output_is_found():
    import ctypes

    def call(x):
        y = mark1.ops.add(x, 1.0)
        ctypes.memset(y._address() + y.nbytes, 0, 4)
        return y

    case = Case("broadcast", "vandal", lambda x: x + 1, (Input((5,)),), call=call)
    with pytest.raises(AssertionError, match="behind its output"):
        assert_stays_inside(case, "float32")


def test_blocks_are_those_of_the_allocator():
    for size in (1, 64, 65, 255, 257, 320, 321, 1000, 5000, 1_000_000):
        before = _core.allocator_stats()["bytes_in_use"]
        x = _core.convert(np.zeros(size, np.uint8))
        assert _core.allocator_stats()["bytes_in_use"] - before == block_bytes(size)
        del x


def test_inputs_are_drawn_the_same_every_time():
    case = Case("broadcast", "add", lambda x, y: x + y, (Input((9,)), Input((9,))))
    for values in ("normal", "special", "huge", "denormal"):
        first, second = case.arrays("float32", values), case.arrays("float32", values)
        assert all(same_bits(a, b) for a, b in zip(first, second, strict=True))
    assert not same_bits(*case.arrays("float64"))
