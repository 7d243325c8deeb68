"""Generators: same bits on every machine, shapes, classes, refusals."""

import hashlib

import numpy as np
import pytest

from mark1.datasets import blobs, generators, moons, spirals, xor

RECORDED = {
    blobs: "169ea47c1b11a0dc015055cb6a77e00b24feecc5b47b62ad76488e82c875027e",
    moons: "9cc1ed0314fe0394eda49618b5cef72a48fdccd3bd7d02b1843a1ac367f4c455",
    spirals: "c884eb1adc90460a76138810079cac752f03041a009ee2d64e90b047314163a0",
    xor: "2b0aaa5fcda7ac6624382c16b3027b358137ed8ca2f0d4c533491a5f3d366f3d",
}


@pytest.mark.parametrize("generator", RECORDED, ids=lambda g: g.__name__)
def test_bits_are_the_recorded_ones(generator):
    x, y = generator(501, noise=0.25, seed=2**63 + 5)
    assert x.dtype == np.float32
    assert y.dtype == np.int32
    assert hashlib.sha256(x.tobytes() + y.tobytes()).hexdigest() == RECORDED[generator]


@pytest.mark.parametrize("generator", RECORDED, ids=lambda g: g.__name__)
@pytest.mark.parametrize("n", [1, 2, 7, 100])
def test_shapes(generator, n):
    x, y = generator(n)
    assert x.shape == (n, 2)
    assert y.shape == (n,)
    assert np.isfinite(x).all()


@pytest.mark.parametrize("generator", RECORDED, ids=lambda g: g.__name__)
def test_seed_decides(generator):
    first, again, other = (generator(50, seed=seed)[0] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_without_noise_points_lie_on_the_figure():
    x, y = moons(400, noise=0.0)
    centre = np.where(y[:, None] == 1, [1.0, 0.5], [0.0, 0.0])
    assert np.allclose(np.hypot(*(x - centre).T), 1.0, atol=1e-6)
    x, y = blobs(60, noise=0.0, classes=4)
    assert np.allclose(x[y == 1], [0.0, 1.0])
    x, y = spirals(400, noise=0.0, classes=3, turns=0.0)
    assert np.allclose(np.arctan2(*x[y == 1].T[::-1]), 2 * np.pi / 3, atol=1e-5)


def test_noise_has_the_deviation_asked_for():
    x, _ = blobs(20000, noise=0.5, classes=2)
    clean, _ = blobs(20000, noise=0.0, classes=2)
    difference = (x - clean).astype(np.float64)
    assert abs(difference.std() - 0.5) < 0.01
    assert abs(difference.mean()) < 0.01


def test_sine_and_cosine_of_turns():
    turns = np.linspace(-3, 3, 10001)
    sine, cosine = generators._sincos_turns(turns)
    angle = 2 * np.pi * turns
    assert np.abs(sine - np.sin(angle)).max() < 4e-15
    assert np.abs(cosine - np.cos(angle)).max() < 4e-15
    assert np.array_equal(
        generators._sincos_turns(np.array([0.0, 0.25, 0.5, 0.75]))[0], [0.0, 1.0, -0.0, -1.0]
    )


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: moons(0), r"\[moons\] n must be at least 1, got 0"),
        (lambda: xor(5, noise=-1.0), r"\[xor\] noise must be a finite number >= 0, got -1.0"),
        (lambda: blobs(5, noise=float("nan")), r"\[blobs\] noise .* got nan"),
        (lambda: spirals(5, seed=-1), r"\[spirals\] seed must be from 0 to 2\*\*64 - 1, got -1"),
        (lambda: spirals(5, classes=1), r"\[spirals\] classes must be at least 2, got 1"),
    ],
)
def test_bad_arguments(call, text):
    with pytest.raises(ValueError, match=text):
        call()
