"""Names, arguments and distributions beside Keras where that is installed."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from mark1 import initializers

DRAWN = [
    ("GlorotNormal", {}, (60, 80)),
    ("GlorotUniform", {}, (60, 80)),
    ("HeNormal", {}, (3, 3, 16, 32)),
    ("HeUniform", {"input_axes": [0], "output_axes": [1, 2]}, (60, 8, 10)),
    ("LecunNormal", {}, (5000,)),
    ("LecunUniform", {}, (60, 80)),
    ("RandomNormal", {"mean": 1.0, "stddev": 0.2}, (60, 80)),
    ("RandomUniform", {"minval": -1.0, "maxval": 3.0}, (60, 80)),
    ("TruncatedNormal", {"mean": 1.0, "stddev": 0.2}, (60, 80)),
    ("VarianceScaling", {"scale": 0.5, "mode": "fan_out"}, (60, 80)),
    ("VarianceScaling", {"distribution": "untruncated_normal"}, (60, 80)),
    ("VarianceScaling", {"mode": "fan_avg", "distribution": "uniform"}, (60, 80)),
    ("Orthogonal", {"gain": 2.0}, (60, 80)),
]


@pytest.mark.parametrize(("name", "arguments", "shape"), DRAWN)
def test_distributions_are_those_of_keras(keras, name, arguments, shape):
    theirs = np.asarray(getattr(keras.initializers, name)(**arguments, seed=1)(shape), np.float64)
    ours = getattr(initializers, name)(**arguments, seed=1)(shape).numpy().astype(np.float64)
    assert ours.shape == theirs.shape == shape
    # Kolmogorov and Smirnov's distance of two samples: beyond 2 / sqrt(n) once in 10^3.
    both = np.sort(np.concatenate([ours.ravel(), theirs.ravel()]))
    shares = [np.searchsorted(np.sort(x.ravel()), both, "right") / x.size for x in (ours, theirs)]
    assert np.abs(shares[0] - shares[1]).max() < 2 * np.sqrt(2 / ours.size)
    assert ours.std() == pytest.approx(theirs.std(), rel=0.06)


def test_constants_are_those_of_keras(keras):
    for name, arguments in (
        ("Zeros", {}),
        ("Ones", {}),
        ("Constant", {"value": 2.5}),
        ("Identity", {"gain": 3.0}),
    ):
        theirs, ours = (
            getattr(m, name)(**arguments)((4, 3)) for m in (keras.initializers, initializers)
        )
        np.testing.assert_array_equal(ours.numpy(), np.asarray(theirs))


@pytest.mark.parametrize("side", ["real", "imag"])
@pytest.mark.parametrize(
    "window", ["hann", "hamming", "blackman", "nuttall", [1.0, 2.0] * 25, None]
)
@pytest.mark.parametrize(
    ("scaling", "periodic"), [("density", False), ("spectrum", True), (None, True)]
)
def test_fourier_kernels_are_those_of_keras(keras, side, window, scaling, periodic):
    theirs, ours = (
        m.STFT(side, window, scaling, periodic)((50, 1, 33))
        for m in (keras.initializers, initializers)
    )
    # Theirs takes cosines of angles of up to 2 pi 49 / 2 in float32.
    np.testing.assert_allclose(ours.numpy(), np.asarray(theirs), atol=3e-5)


def test_names_and_signatures_are_those_of_keras(keras):
    public = {name for name in dir(keras.initializers) if not name.startswith("_")}
    assert public <= set(initializers.__all__)
    from keras.src.initializers import ALL_OBJECTS_DICT

    for name, their in ALL_OBJECTS_DICT.items():
        if their.__name__ == "Initializer":
            continue
        assert type(initializers.get(name)).__name__ == their.__name__
        theirs = inspect.signature(their).parameters
        ours = inspect.signature(getattr(initializers, their.__name__)).parameters
        assert {k: v.default for k, v in ours.items()} == {k: v.default for k, v in theirs.items()}
