"""Pictures with parts of others or with parts missing, and the numbers that they take."""

from __future__ import annotations

import math

import numpy as np
import pytest

import mark1
from mark1 import layers, ops

N = 20_000
UNIT = np.linspace(0.02, 0.98, 25)
POSITIVE = np.linspace(0.05, 4.0, 25)


def far(x, places, cumulative):
    """How far a distribution of numbers is from what it should be, in standard deviations."""
    x = np.sort(np.asarray(x, float).ravel())
    shares = np.searchsorted(x, places, "right") / len(x)
    return np.abs(shares - cumulative).max() * math.sqrt(len(x))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_numbers_are_distributed_as_they_should_be(dtype):
    erf = np.vectorize(math.erf)
    draws = [
        (mark1.random.beta(N, 1.0, 3.0, dtype, 1), UNIT, 1 - (1 - UNIT) ** 3),
        (mark1.random.beta(N, 0.5, 0.5, dtype, 2), UNIT, 2 / np.pi * np.arcsin(np.sqrt(UNIT))),
        (mark1.random.beta(N, 2.0, 2.0, dtype, 3), UNIT, UNIT**2 * (3 - 2 * UNIT)),
        (mark1.random.gamma(N, 1.0, dtype, 4), POSITIVE, 1 - np.exp(-POSITIVE)),
        (mark1.random.gamma(N, 0.5, dtype, 5), POSITIVE, erf(np.sqrt(POSITIVE))),
        (mark1.random.gamma(N, 2.0, dtype, 6), POSITIVE, 1 - (1 + POSITIVE) * np.exp(-POSITIVE)),
    ]
    for x, places, cumulative in draws:
        assert x.dtype == dtype
        assert far(x, places, cumulative) < 1.95  # once in a thousand draws it is more
    trials = mark1.random.binomial(N, 3, 0.25, seed=7).numpy()
    for k in range(4):
        share = math.comb(3, k) * 0.25**k * 0.75 ** (3 - k)
        assert abs((trials == k).mean() - share) < 4 * math.sqrt(share / N)


def test_the_least_parameters_give_numbers():
    x = mark1.random.beta(1000, 1e-6, 1e-6, seed=1).numpy()
    assert ((x >= 0) & (x <= 1)).all()
    assert mark1.random.gamma((2, 3), ops.convert_to_tensor([0.1, 1.0, 50.0])).shape == (2, 3)


def test_seeds_decide():
    a, b = (mark1.random.beta((5,), 0.3, 0.4, seed=3).numpy() for _ in range(2))
    np.testing.assert_array_equal(a, b)
    generator = mark1.random.SeedGenerator(1)
    a, b = (mark1.random.gamma((5,), 2.0, seed=generator).numpy() for _ in range(2))
    assert (a != b).all()
    with pytest.raises(
        ValueError, match=r"\[binomial\] counts must be a whole number from 0 to 4096"
    ):
        mark1.random.binomial((2,), -1, 0.5)
    with pytest.raises(AttributeError, match=r"module 'mark1\.random' has no attribute 'p"):
        mark1.random.poisson  # noqa: B018


def batch(n=6, size=8, first=False):
    """Pictures that are full of their numbers, and their labels."""
    x = np.broadcast_to(np.arange(1.0, n + 1)[:, None, None, None], (n, size, size, 3))
    x = x.transpose(0, 3, 1, 2) if first else x
    return {"images": np.ascontiguousarray(x, np.float32), "labels": np.eye(n, dtype=np.float32)}


@pytest.mark.parametrize("form", ["channels_last", "channels_first"])
def test_mixed_pictures_and_labels_say_the_same(form):
    data = batch(first=form == "channels_first")
    out = layers.MixUp(1.0, form, seed=1)(data, training=True)
    images, labels = out["images"].numpy(), out["labels"].numpy()
    said = labels @ np.arange(1.0, 7)
    np.testing.assert_allclose(images.reshape(6, -1).min(1), said, rtol=1e-6)
    np.testing.assert_allclose(images.reshape(6, -1).max(1), said, rtol=1e-6)
    assert len(np.unique(said)) > 3
    np.testing.assert_array_equal(
        layers.MixUp()(data, training=False)["images"].numpy(), data["images"]
    )


@pytest.mark.parametrize("form", ["channels_last", "channels_first"])
def test_boxes_of_other_pictures_are_boxes(form):
    data = batch(size=24, first=form == "channels_first")
    out = layers.CutMix(seed=2, data_format=form)(data, training=True)
    images = np.moveaxis(out["images"].numpy(), 1 if form == "channels_first" else 3, 3)
    found = 0
    for number, (image, label) in enumerate(zip(images, out["labels"].numpy(), strict=True), 1):
        assert (image == image[..., :1]).all()
        strange = image[..., 0] != number
        rows, columns = strange.any(1), strange.any(0)
        assert strange.sum() == rows.sum() * columns.sum()  # a box, all of one picture
        assert len(np.unique(image[strange])) <= 1
        if strange.any():
            found += 1
            # Its sides are rounded to pixels.
            assert abs(strange.mean() - (1 - label[number - 1])) < 2.1 / 24
    assert found > 2


def test_erased_boxes():
    x = np.full((200, 16, 16, 3), 100.0, np.float32)
    layer = layers.RandomErasing(0.5, (0.1, 0.3), (1.0, 2.0, 3.0), seed=3)
    y = layer(x, training=True).numpy()
    erased = (y != 100).any(axis=(1, 2, 3))
    assert 20 < erased.sum() < 90  # the share is itself drawn from 0 to 1/2
    hole = y[erased][0] != 100
    assert hole[..., 0].sum() == hole[..., 0].any(0).sum() * hole[..., 0].any(1).sum()
    assert np.unique(y[erased][0][hole]).tolist() == [1.0, 2.0, 3.0]
    noise = layers.RandomErasing((1.0, 1.0), 1.0, value_range=(0, 1), seed=3)(x / 100).numpy()
    assert noise.min() == 0.0
    assert noise.max() == 1.0
    np.testing.assert_array_equal(layer(x, training=False).numpy(), x)


@pytest.mark.filterwarnings("error::mark1.EagerStepWarning")
@pytest.mark.parametrize("make", [layers.MixUp, layers.CutMix, layers.RandomErasing])
def test_they_are_part_of_recorded_steps(make):
    def run(eagerly):
        mark1.utils.set_random_seed(4)
        model = mark1.Sequential(
            [mark1.Input((8, 8, 3)), make(seed=5), layers.Flatten(), layers.Dense(1)]
        )
        model.compile("sgd", "mse", run_eagerly=eagerly)
        x = np.random.default_rng(0).uniform(0, 0.1, (16, 8, 8, 3)).astype("float32")
        model.fit(x, np.ones((16, 1)), batch_size=4, epochs=4, shuffle=False, verbose=0)
        return mark1.utils.weights_hash(model)

    assert run(False) == run(True)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: layers.MixUp(0.0), r"\[MixUp\] alpha must be above 0, got 0.0"),
        (lambda: layers.CutMix(2.0), r"\[CutMix\] factor must be a number from 0 to 1"),
        (lambda: layers.RandomErasing(scale=-1.0), r"\[RandomErasing\] scale must be a number"),
        (lambda: layers.RandomErasing(fill_value=[1.0]), "fill_value must be a number or three"),
        (lambda: layers.MixUp()(np.ones((2, 3))), r'\[MixUp "mix_up.*"\] expected pictures'),
    ],
)
def test_what_is_refused(call, text):
    with pytest.raises(ValueError, match=text):
        call()


@pytest.mark.parametrize(
    "make",
    [
        lambda: layers.MixUp(0.4, seed=1),
        lambda: layers.CutMix(0.5, seed=1),
        lambda: layers.RandomErasing(0.5, 0.2, [1.0, 2.0, 3.0], (0, 1), 1),
    ],
)
def test_configs_go_round(make):
    layer = make()
    again = layers.deserialize(layers.serialize(layer))
    assert again.get_config() == layer.get_config()
