"""What the cases cannot say about normalisation: errors, rows of nothing, third derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import mark1
from mark1 import _core, ops

X = np.arange(6, dtype="float32").reshape(2, 3)

ERRORS = [
    (
        lambda: ops.layer_normalization(X, [1.0, 2.0]),
        "[layer_norm] scale must be (3,) float32, got (2,) float32 (x: (2, 3))",
    ),
    (
        lambda: ops.layer_normalization(X, axis=2),
        "[layer_normalization] axis 2 is out of range for 2 dimensions",
    ),
    (
        lambda: ops.rms_normalization(X, axis=(0, 0)),
        "[rms_normalization] axis (0, 0) names a dimension twice",
    ),
    (
        lambda: ops.rms_normalization(X, epsilon=-1.0),
        "[rms_norm] epsilon must be at least 0, got -1",
    ),
    (lambda: ops.normalize(X, order=1), "[normalize] order must be 2, got 1"),
    (
        lambda: ops.group_normalization(X, 2),
        "[group_norm] 3 channels cannot be divided into 2 groups (x: (2, 3))",
    ),
    (
        lambda: ops.group_normalization(X, 0),
        "[group_norm] needs at least one group, got 0",
    ),
    (
        lambda: ops.group_normalization(X, 2, axis=0),
        "[group_normalization] axis 0 is that of the samples, not of channels",
    ),
    (
        lambda: ops.train_batch_normalization(X[0]),
        "[batch_norm] needs (batch, ..., channels), got x: (3,)",
    ),
    (
        lambda: ops.batch_normalization(X, [0.0], [1.0, 1.0, 1.0], -1),
        "[frozen_batch_norm] mean must be (3,) float32, got (1,) float32 (x: (2, 3))",
    ),
    (
        lambda: ops.train_batch_normalization(
            X, None, None, mark1.Variable(np.zeros(3)), mark1.Variable(np.zeros(3))
        ),
        "[batch_norm] moving mean must be (3,) float32, got (3,) float64 (x: (2, 3))",
    ),
]


@pytest.mark.parametrize(("call", "text"), ERRORS, ids=[e[1][:60] for e in ERRORS])
def test_errors_say_what_came(call, text):
    with pytest.raises(ValueError) as raised:  # noqa: PT011
        call()
    assert str(raised.value) == text


def test_moving_mean_and_variance_are_two_variables():
    moving = mark1.Variable(np.zeros(3, "float32"))
    with pytest.raises(ValueError, match="moving mean and variance are one variable"):
        ops.train_batch_normalization(X, None, None, moving, moving)


def test_nothing_to_normalise():
    for function in (ops.layer_normalization, ops.rms_normalization, ops.normalize):
        assert function(np.zeros((2, 0), "float32")).shape == (2, 0)
    gamma = mark1.Variable(np.ones(3, "float32"))
    for function in (
        lambda: ops.layer_normalization(np.zeros((0, 3), "float32"), gamma, gamma),
        lambda: ops.train_batch_normalization(np.zeros((0, 3), "float32"), gamma, gamma),
        lambda: ops.group_normalization(np.zeros((0, 3), "float32"), 3, gamma, gamma),
    ):
        with mark1.GradientTape() as tape:
            y = function()
        assert tape.gradient(y, gamma).numpy().tolist() == [0, 0, 0]


def test_a_constant_channel_becomes_its_offset():
    x = np.full((700, 2), 1e4, "float32")
    y = ops.train_batch_normalization(x, [2.0, 2.0], [3.0, 4.0]).numpy()
    assert (y == [3, 4]).all()


def test_variance_far_from_zero_is_accurate():
    """The difference of mean square and squared mean would have no digit left.

    Means near 1e4 are known to 1e-3; of 256 values each they differ by 0.06, hence the tolerance.
    """
    rng = np.random.default_rng(0)
    x = (rng.standard_normal((5000, 3)) + 1e4).astype("float32")
    variance = mark1.Variable(np.zeros(3, "float32"))
    mean = mark1.Variable(np.zeros(3, "float32"))
    ops.train_batch_normalization(x, None, None, mean, variance, momentum=0.0)
    np.testing.assert_allclose(variance.numpy(), x.var(0, dtype="float64"), rtol=1.2e-4)
    np.testing.assert_allclose(mean.numpy(), x.mean(0, dtype="float64"), rtol=2e-7)


@pytest.mark.parametrize(
    "function",
    [
        ops.layer_normalization,
        ops.rms_normalization,
        ops.normalize,
        ops.train_batch_normalization,
        lambda x: ops.group_normalization(x, 2),
    ],
)
def test_third_derivatives(function):
    """Along a line: d^3/dt^3 of sum(w f(x + t v)), against differences of the second."""
    rng = np.random.default_rng(1)
    x, v, w = (rng.standard_normal((3, 4)) for _ in range(3))

    def derivatives(at, order):
        t = mark1.Variable(at, dtype="float64")
        tapes = [mark1.GradientTape() for _ in range(order)]
        for tape in tapes:
            tape.__enter__()
        found = ops.sum(function(x + t * v) * w)
        for tape in reversed(tapes):
            tape.__exit__(None, None, None)
            found = tape.gradient(found, t)
        return float(found)

    h = 1e-4
    near = (derivatives(h, 2) - derivatives(-h, 2)) / (2 * h)
    assert derivatives(0.0, 3) == pytest.approx(near, rel=1e-5, abs=1e-5)


# From 16 MB on, results pass the caches by and channels are walked in other pieces.
@pytest.mark.parametrize("shape", [(4097, 1024), (2049, 2064), (60001, 70)])
def test_far_channels_have_the_bits_of_near_ones(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    x, dy = (rng.standard_normal(shape).astype(np.float32) for _ in range(2))
    channels = shape[1]
    scale = rng.standard_normal(channels).astype(np.float32)

    def run(x: Any, dy: Any, scale: Any) -> list[Any]:
        x, dy, scale = map(_core.convert, (x, dy, scale))
        y, stats = _core.batch_norm(x, scale, None, None, None, 0.9, 1e-5)
        dx, dscale, doffset = _core.batch_norm_backward(dy, x, scale, stats, 0, False)
        return [y.numpy(), dx.numpy(), stats.numpy(), np.stack([dscale, doffset])]

    far = run(x, dy, scale)
    # Channels have nothing to do with each other: a few of them are near.
    few = slice(channels // 2, channels // 2 + 19)
    near = run(*(np.ascontiguousarray(a[..., few]) for a in (x, dy, scale)))
    for a, b in zip(far, near, strict=True):
        assert np.array_equal(a[..., few], b)
