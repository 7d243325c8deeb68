"""Kernels of a convolution that takes the short-time Fourier transform."""

from __future__ import annotations

from typing import Any

import numpy as np

from mark1 import ops
from mark1._core import Tensor
from mark1.initializers.initializer import Initializer, registry

# Windows that are sums of cosines of 0, 1, 2 ... times an angle that goes once round.
COSINES = {
    "boxcar": (1.0,),
    "hann": (0.5, -0.5),
    "hamming": (0.54, -0.46),
    "blackman": (0.42, -0.5, 0.08),
    "blackmanharris": (0.35875, -0.48829, 0.14128, -0.01168),
    "nuttall": (0.3635819, -0.4891775, 0.1365995, -0.0106411),
}


@registry.register("STFTInitializer")
class STFT(Initializer):
    """One side of the Fourier transform of T samples, times a window, for F frequencies.

    ``kernel[t, 0, f] = window[t] trig(-2 pi t f / (2 (F - 1))) / scale`` of a shape (T, 1, F),
    where trig is the cosine of the real side, the sine of the imaginary one.

    Args:
        side: 'real' or 'imag'.
        window: 'hann', 'hamming', 'blackman', 'blackmanharris', 'nuttall', 'boxcar', T numbers of
            one's own, or None.
        scaling: what the window is divided by: its length in the sense of squares, 'density'; the
            sum of its absolute values, 'spectrum'; or nothing, None.
        periodic: whether the window goes on at its end as it began.

    Raises:
        ValueError: an argument is none of these, or a shape is not (T, 1, F) with F of at least 2.

    >>> STFT("real", None)((4, 1, 3)).numpy().squeeze().round(6)
    array([[ 1.,  1.,  1.],
           [ 1.,  0., -1.],
           [ 1., -1.,  1.],
           [ 1., -0., -1.]], dtype=float32)
    """

    def __init__(
        self,
        side: str = "real",
        window: Any = "hann",
        scaling: str | None = "density",
        periodic: bool = False,
    ) -> None:
        if side not in ("real", "imag"):
            raise ValueError(f"[STFT] side must be 'real' or 'imag', got {side!r}")
        check_window("STFT", window, scaling)
        self.side = side
        self.window: Any = window if isinstance(window, (str, type(None))) else list(window)
        self.scaling = scaling
        self.periodic = periodic

    def __call__(self, shape: tuple[int, ...], dtype: str | None = None) -> Tensor:
        """Return the values."""
        if len(shape) != 3 or shape[1] != 1 or shape[2] < 2:
            raise ValueError(
                f"[STFT] needs a shape (samples, 1, frequencies), at least 2 of these, got {shape}"
            )
        samples, _, frequencies = shape
        once_round = 2 * (frequencies - 1)
        # Whole turns leave an angle as it is: without them products of large numbers keep digits.
        turns = np.outer(np.arange(samples), np.arange(frequencies)) % once_round / once_round
        angles = ops.convert_to_tensor(-2 * np.pi * turns)
        kernel = ops.cos(angles) if self.side == "real" else ops.sin(angles)
        if self.window is not None:
            window = self._window(samples)
            if self.scaling == "density":
                window = ops.divide(window, ops.sqrt(ops.sum(ops.square(window))))
            elif self.scaling == "spectrum":
                window = ops.divide(window, ops.sum(ops.absolute(window)))
            kernel = ops.multiply(kernel, ops.reshape(window, (samples, 1)))
        return ops.cast(ops.reshape(kernel, shape), dtype or "float32")

    def _window(self, samples: int) -> Tensor:
        if not isinstance(self.window, str):
            if len(self.window) != samples:
                raise ValueError(
                    f"[STFT] needs a number of the window for each of {samples} samples, got "
                    f"{len(self.window)}"
                )
            return ops.convert_to_tensor(self.window, "float64")
        if samples == 1:
            return ops.ones((1,), "float64")
        last = samples if self.periodic else samples - 1
        angles = 2 * np.pi * np.arange(samples) / last
        window = ops.zeros((samples,), "float64")
        for i, factor in enumerate(COSINES[self.window]):
            window = ops.add(window, ops.multiply(ops.cos(i * angles), factor))
        return window

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this initializer was made with."""
        return {
            "side": self.side,
            "window": self.window,
            "periodic": self.periodic,
            "scaling": self.scaling,
        }


def check_window(kind: str, window: Any, scaling: Any) -> None:
    """Refuse windows and scalings that are not known."""
    if isinstance(window, str) and window not in COSINES:
        known = ", ".join(repr(name) for name in COSINES)
        raise ValueError(f"[{kind}] window must be {known}, numbers or None, got {window!r}")
    if scaling not in (None, "density", "spectrum"):
        raise ValueError(f"[{kind}] scaling must be 'density', 'spectrum' or None, got {scaling!r}")
