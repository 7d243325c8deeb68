"""Spectrograms against NumPy's transform, and in both orders of axes."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1.initializers import STFT
from mark1.layers import Input, STFTSpectrogram

X = np.random.default_rng(0).normal(size=(2, 30, 3))


def frames(x, length, step):
    return np.stack([x[:, i : i + length] for i in range(0, x.shape[1] - length + 1, step)], 1)


def test_it_is_the_transform_of_every_frame():
    layer = STFTSpectrogram(
        "stft", 6, 4, 8, window=None, expand_dims=True, dtype="float64", trainable=False
    )
    expected = np.fft.rfft(frames(X, 6, 4), 8, axis=2)
    expected = np.concatenate([expected.real, expected.imag], 2)
    np.testing.assert_allclose(layer(X), expected, atol=1e-12)
    assert layer.compute_output_shape((None, 30, 3)) == (None, *expected.shape[1:])
    assert layer.count_params() == 2 * 6 * 5


@pytest.mark.parametrize("mode", ["log", "magnitude", "psd", "real", "imag", "angle", "stft"])
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("expand", [False, True])
def test_channels_may_come_first(mode, padding, expand):
    last = STFTSpectrogram(mode, 7, 3, padding=padding, expand_dims=expand)
    first = STFTSpectrogram(
        mode, 7, 3, padding=padding, expand_dims=expand, data_format="channels_first"
    )
    x = X.astype(np.float32)
    y, z = last(x).numpy(), first(x.transpose(0, 2, 1)).numpy()
    back = z.transpose((0, 2, 3, 1) if expand else (0, 2, 1))
    np.testing.assert_array_equal(y, back)
    assert last.compute_output_shape((None, 30, 3)) == (None, *y.shape[1:])
    assert first.compute_output_shape((None, 3, 30)) == (None, *z.shape[1:])


def test_kernels_can_be_trained_and_kept(tmp_path):
    model = mark1.Sequential([Input((30, 3)), STFTSpectrogram("psd", 8), mark1.layers.Flatten()])
    model.add(mark1.layers.Dense(1))
    before = [w.numpy().copy() for w in model.weights]
    model.compile("sgd", "mse")
    x = X.astype(np.float32)
    model.fit(x, np.ones((2, 1)), epochs=4, verbose=0)
    assert all(np.any(w.numpy() != old) for w, old in zip(model.weights, before, strict=True))
    model.save(tmp_path / "m.keras")
    again = mark1.models.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(model.predict(x, verbose=0), again.predict(x, verbose=0))


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: STFTSpectrogram("loud"), r"\[STFTSpectrogram\] mode must be one of"),
        (lambda: STFTSpectrogram(frame_length=1), "frame_length must be an integer of at least 2"),
        (lambda: STFTSpectrogram(frame_length=4, frame_step=5), "frame_step must be from 1 to"),
        (lambda: STFTSpectrogram(frame_length=8, fft_length=4), "fft_length must be at least"),
        (lambda: STFTSpectrogram(padding="causal"), "padding must be 'valid' or 'same'"),
        (lambda: STFTSpectrogram(window="round"), "window must be 'boxcar', 'hann'"),
        (lambda: STFTSpectrogram(scaling="long"), "scaling must be 'density', 'spectrum' or None"),
        (lambda: STFTSpectrogram(data_format="last"), "data_format must be 'channels_last' or"),
        (lambda: STFTSpectrogram()(X[0]), "needs inputs with axes for the batch, time and chan"),
        (lambda: STFT("left"), r"\[STFT\] side must be 'real' or 'imag', got 'left'"),
        (lambda: STFT()((4, 3)), r"needs a shape \(samples, 1, frequencies\)"),
        (lambda: STFT(window=[1.0])((4, 1, 3)), "a number of the window for each of 4 samples"),
    ],
)
def test_refused(make, text):
    with pytest.raises(ValueError, match=text):
        make()
