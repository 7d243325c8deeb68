"""Random numbers as users meet them: seeds, generators, distributions."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import mark1
from mark1 import random


def test_philox_gives_the_words_of_the_paper():
    # Known answers of Random123 for counter and key 0: the first two words as one integer of 64
    # bits, scaled to [0, 2^62).
    words = 0x6627E8D5 | 0xE169C58D << 32
    assert int(random.randint((), 0, 2**62, "int64", seed=0)) == words >> 2


def test_an_integer_seed_gives_the_same_numbers_each_time():
    a, b = random.normal((5,), seed=3), random.normal((5,), seed=3)
    assert a.numpy().tobytes() == b.numpy().tobytes()


def test_a_generator_gives_fresh_numbers_and_its_state_restores_them():
    generator = random.SeedGenerator(2**64 - 1)
    assert generator.seed == 2**64 - 1
    random.uniform((3,), seed=generator)
    state = generator.state.numpy()
    a = random.uniform((3,), seed=generator).numpy()
    generator.state.assign(state)
    assert random.uniform((3,), seed=generator).numpy().tobytes() == a.tobytes()


def test_the_global_seed_decides_everything_without_a_seed():
    def draw():
        random.set_global_seed(7)
        return float(random.uniform(())), random.make_seed(), random.SeedGenerator().seed

    assert draw() == draw()


def test_the_first_elements_do_not_depend_on_how_many_are_drawn():
    many = random.normal((1000,), seed=1).numpy()
    assert random.normal((10,), seed=1).numpy().tobytes() == many[:10].tobytes()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_distributions_have_their_moments(dtype):
    n = 200_000
    u = random.uniform((n,), -1.0, 3.0, dtype, seed=1).numpy().astype(np.float64)
    assert u.min() >= -1
    assert u.max() < 3
    assert abs(u.mean() - 1) < 0.02
    z = random.normal((n,), 1.0, 2.0, dtype, seed=1).numpy().astype(np.float64)
    assert abs(z.mean() - 1) < 0.03
    assert abs(z.std() - 2) < 0.02
    t = random.truncated_normal((n,), 0.0, 1.0, dtype, seed=1).numpy().astype(np.float64)
    assert np.abs(t).max() <= 2
    # The standard deviation of a normal distribution cut off at two of its own.
    assert abs(t.std() - 0.8796) < 0.005


def test_uniform_never_reaches_its_upper_end():
    # One step of float32 above 1: anything but rounding down would give maxval.
    high = float(np.nextafter(np.float32(1), np.float32(2)))
    assert (random.uniform((1000,), 1.0, high, seed=0).numpy() == 1.0).all()


def test_every_order_is_as_likely():
    orders = [tuple(random.permutation(4, 0, epoch).numpy().tolist()) for epoch in range(12_000)]
    counts = [orders.count(order) for order in itertools.permutations(range(4))]
    # 500 each; the standard deviation is 22.
    assert sum(counts) == 12_000
    assert min(counts) > 390
    assert max(counts) < 610


def test_shuffle_moves_whole_slices():
    x = np.arange(12).reshape(4, 3)
    y = random.shuffle(x, seed=5).numpy()
    assert sorted(map(tuple, y)) == sorted(map(tuple, x))
    columns = random.shuffle(x, axis=1, seed=5).numpy()
    assert sorted(map(tuple, columns.T)) == sorted(map(tuple, x.T))


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match=r"\[random\] a seed is from 0 to 2\*\*64 - 1, got -1"):
        random.uniform((), seed=-1)
    with pytest.raises(TypeError, match=r"a seed is an integer, a SeedGenerator or None, got str"):
        random.uniform((), seed="1")
    with pytest.raises(ValueError, match=r"\[uniform\] minval must not exceed maxval"):
        random.uniform((), 1.0, 0.0)
    with pytest.raises(ValueError, match=r"\[normal\] stddev must not be negative, got -1"):
        random.normal((), 0.0, -1.0)
    with pytest.raises(ValueError, match=r"\[randint\] \[0, 4294967296\) does not fit int32"):
        random.randint((), 0, 2**32)
    with pytest.raises(TypeError, match=r"\[uniform\] needs float32 or float64, got int32"):
        random.uniform((), dtype="int32")
    with pytest.raises(ValueError, match=r"\[dropout\] rate must be at least 0 and below 1, got 1"):
        mark1.ops.dropout([1.0], 1.0, seed=0)


def test_categories_are_as_likely_as_their_softmax_says():
    logits = np.log([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]]).astype(np.float32)
    drawn = mark1.random.categorical(logits, 20_000, seed=1)
    assert drawn.shape == (2, 20_000)
    assert drawn.dtype == "int32"
    shares = [np.bincount(row, minlength=3) / 20_000 for row in drawn.numpy()]
    np.testing.assert_allclose(shares, np.exp(logits), atol=0.015)
    np.testing.assert_array_equal(drawn, mark1.random.categorical(logits, 20_000, seed=1))
    never = mark1.random.categorical([[0.0, -np.inf]], 100, "int64", seed=1)
    assert never.dtype == "int64"
    assert not never.numpy().any()
    with pytest.raises(ValueError, match=r"\[categorical\] needs logits \(rows, classes\)"):
        mark1.random.categorical([1.0], 3)
    with pytest.raises(ValueError, match=r"\[dropout\] noise_shape must have 1, None or x"):
        mark1.random.dropout([1.0], 0.5, noise_shape=(2,))
