"""Windows that fade a stretch of signal in and out: bartlett, blackman, hamming, hanning.

Source: F. J. Harris: On the use of windows for harmonic analysis with the discrete Fourier
transform. Proceedings of the IEEE 66 (1), 1978.
"""

from __future__ import annotations

import math

import numpy as np

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.activation import Activation

_cos = Activation("cos")


def bartlett(x: int) -> Tensor:
    """A triangle that rises from 0 to 1 and falls to 0.

    Args:
        x: number of points.

    Returns:
        A float32 tensor (x,).

    Example:
        >>> import mark1
        >>> mark1.ops.bartlett(5).numpy()
        array([0. , 0.5, 1. , 0.5, 0. ], dtype=float32)
    """
    if x <= 1:
        return _core.full(max(0, x), 1.0, "float32")
    return _core.convert(1 - np.abs(2 * np.arange(x) / (x - 1) - 1), "float32")


def hanning(x: int) -> Tensor:
    """A raised cosine: 0.5 - 0.5 cos(2 pi i / (x - 1)).

    Args:
        x: number of points.

    Returns:
        A float32 tensor (x,).

    Example:
        >>> import mark1
        >>> mark1.ops.hanning(5).numpy()
        array([0. , 0.5, 1. , 0.5, 0. ], dtype=float32)
    """
    return _cosines(x, 0.5, -0.5)


def hamming(x: int) -> Tensor:
    """A raised cosine on a pedestal: 0.54 - 0.46 cos(2 pi i / (x - 1)).

    Args:
        x: number of points.

    Returns:
        A float32 tensor (x,).

    Example:
        >>> import mark1
        >>> mark1.ops.hamming(5).numpy()
        array([0.08, 0.54, 1.  , 0.54, 0.08], dtype=float32)
    """
    return _cosines(x, 0.54, -0.46)


def blackman(x: int) -> Tensor:
    """Three cosine terms: 0.42 - 0.5 cos(2 pi i / (x - 1)) + 0.08 cos(4 pi i / (x - 1)).

    Args:
        x: number of points.

    Returns:
        A float32 tensor (x,).

    Example:
        >>> import mark1
        >>> mark1.ops.blackman(5).numpy().round(6)
        array([-0.  ,  0.34,  1.  ,  0.34, -0.  ], dtype=float32)
    """
    return _cosines(x, 0.42, -0.5, 0.08)


def _cosines(n: int, first: float, *others: float) -> Tensor:
    """A sum of cosines in float64, by mark1's own: libraries differ in the last bit."""
    if n <= 1:
        return _core.full(max(0, n), 1.0, "float32")
    angle = _core.convert(2 * math.pi * np.arange(n) / (n - 1))
    total = _core.full(n, first, "float64")
    for i, amplitude in enumerate(others, 1):
        wave = _core.activation(_cos.index, _core.multiply(angle, i))
        total = _core.add(total, _core.multiply(wave, amplitude))
    return _core.cast(total, "float32")
