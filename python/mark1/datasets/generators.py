"""Toy problems with two inputs, as many points as wanted and the same bits on every machine.

Nothing here calls a mathematical library, whose last bit differs between machines: random numbers
are the raw integers of NumPy's Philox generator, a stream that NumPy guarantees not to change; a
normal number is the sum of twelve uniform ones (Irwin-Hall), exact in integers; sine and cosine are
Taylor series evaluated one rounded operation at a time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float32]
Classes = NDArray[np.int32]
_Float64 = NDArray[np.float64]


def moons(n: int = 1000, noise: float = 0.1, seed: int = 0) -> tuple[Points, Classes]:
    """Draw two interleaved half circles, one per class.

    Args:
        n: number of points; even rows are of class 0, odd rows of class 1.
        noise: standard deviation of what is added to each coordinate.
        seed: any whole number from 0 to 2**64 - 1.

    Returns:
        ``x (n, 2) float32`` and ``y (n,) int32``.

    Raises:
        ValueError: for a size, noise or seed out of range.

    >>> x, y = moons(200)
    >>> x.shape, y[:4].tolist()
    ((200, 2), [0, 1, 0, 1])
    """
    draw = _Draw("moons", n, noise, seed)
    y = _classes(n, 2)
    sine, cosine = _sincos_turns(0.5 * draw.uniform())
    lower = y == 1
    x = np.stack([np.where(lower, 1.0 - cosine, cosine), np.where(lower, 0.5 - sine, sine)], axis=1)
    return draw.noisy(x), y


def spirals(
    n: int = 1000, noise: float = 0.05, seed: int = 0, classes: int = 2, turns: float = 1.0
) -> tuple[Points, Classes]:
    """Draw spiral arms that start at the origin, one per class.

    Args:
        n: number of points; row i is of class i mod classes.
        noise: standard deviation of what is added to each coordinate; arms reach radius 1.
        seed: any whole number from 0 to 2**64 - 1.
        classes: number of arms, at least 2.
        turns: how often an arm winds around the origin.

    Returns:
        ``x (n, 2) float32`` and ``y (n,) int32``.

    Raises:
        ValueError: for a size, noise, seed or number of classes out of range.

    >>> x, y = spirals(300, classes=3)
    >>> x.shape, sorted(set(y.tolist()))
    ((300, 2), [0, 1, 2])
    """
    draw = _Draw("spirals", n, noise, seed)
    _check_classes("spirals", classes)
    y = _classes(n, classes)
    radius = np.sqrt(draw.uniform())  # as many points per length of arm outside as inside
    sine, cosine = _sincos_turns(turns * radius + y / classes)
    return draw.noisy(np.stack([radius * cosine, radius * sine], axis=1)), y


def xor(n: int = 1000, noise: float = 0.0, seed: int = 0) -> tuple[Points, Classes]:
    """Draw points of the square [-1, 1]^2, of class 1 where the signs of the coordinates differ.

    Args:
        n: number of points.
        noise: standard deviation of what is added to each coordinate after the class is known.
        seed: any whole number from 0 to 2**64 - 1.

    Returns:
        ``x (n, 2) float32`` and ``y (n,) int32``.

    Raises:
        ValueError: for a size, noise or seed out of range.

    >>> x, y = xor(100)
    >>> bool(((x[:, 0] * x[:, 1] < 0) == y).all())
    True
    """
    draw = _Draw("xor", n, noise, seed)
    x = np.stack([2.0 * draw.uniform() - 1.0, 2.0 * draw.uniform() - 1.0], axis=1)
    y = ((x[:, 0] < 0) != (x[:, 1] < 0)).astype(np.int32)
    return draw.noisy(x), y


def blobs(
    n: int = 1000, noise: float = 0.2, seed: int = 0, classes: int = 3
) -> tuple[Points, Classes]:
    """Draw normally distributed clouds whose centres lie evenly on the unit circle.

    Args:
        n: number of points; row i is of class i mod classes.
        noise: standard deviation of a cloud in each coordinate.
        seed: any whole number from 0 to 2**64 - 1.
        classes: number of clouds, at least 2.

    Returns:
        ``x (n, 2) float32`` and ``y (n,) int32``.

    Raises:
        ValueError: for a size, noise, seed or number of classes out of range.

    >>> x, y = blobs(90)
    >>> x.shape, x.dtype.name, y.dtype.name
    ((90, 2), 'float32', 'int32')
    """
    draw = _Draw("blobs", n, noise, seed)
    _check_classes("blobs", classes)
    y = _classes(n, classes)
    sine, cosine = _sincos_turns(y / classes)
    return draw.noisy(np.stack([cosine, sine], axis=1)), y


class _Draw:
    """The random numbers of one call of a generator, in the order in which it asks for them."""

    def __init__(self, name: str, n: int, noise: float, seed: int) -> None:
        if n < 1:
            raise ValueError(f"[{name}] n must be at least 1, got {n}")
        if not 0 <= noise < float("inf"):
            raise ValueError(f"[{name}] noise must be a finite number >= 0, got {noise}")
        if not 0 <= seed < 2**64:
            raise ValueError(f"[{name}] seed must be from 0 to 2**64 - 1, got {seed}")
        self.n = n
        self.noise = float(noise)
        self.bits = np.random.Philox(key=seed)

    def uniform(self) -> _Float64:
        """Return n numbers from [0, 1), multiples of 2^-53."""
        words: NDArray[np.uint64] = self.bits.random_raw(self.n)
        result: _Float64 = (words >> np.uint64(11)) * 2.0**-53
        return result

    def normal(self) -> _Float64:
        """Return n numbers of mean 0 and deviation 1, none beyond 6, multiples of 2^-32."""
        words: NDArray[np.uint64] = self.bits.random_raw(6 * self.n).reshape(6, self.n)
        halves = (words >> np.uint64(32)) + (words & np.uint64(0xFFFFFFFF))
        result: _Float64 = halves.sum(axis=0) * 2.0**-32 - 6.0
        return result

    def noisy(self, x: _Float64) -> Points:
        """Return x (n, 2) with noise added to each coordinate, rounded to float32."""
        if self.noise > 0:
            x = x + self.noise * np.stack([self.normal(), self.normal()], axis=1)
        return x.astype(np.float32)


def _classes(n: int, classes: int) -> Classes:
    return (np.arange(n) % classes).astype(np.int32)


def _check_classes(name: str, classes: int) -> None:
    if classes < 2:
        raise ValueError(f"[{name}] classes must be at least 2, got {classes}")


def _sincos_turns(turns: _Float64) -> tuple[_Float64, _Float64]:
    """Return sine and cosine of an angle in full turns, to 1e-15, by Taylor series about 0."""
    quarter = np.rint(4.0 * turns)
    angle = (turns - 0.25 * quarter) * 6.283185307179586  # within pi/4, the difference is exact
    square = angle * angle
    sine, cosine = np.ones_like(angle), np.ones_like(angle)
    for k in range(18, 0, -2):  # 1 - x^2 / (k (k+1)) (1 - ...), and the same with k - 1
        sine = 1.0 - square / (k * (k + 1)) * sine
        cosine = 1.0 - square / (k * (k - 1)) * cosine
    sine = angle * sine
    quadrant = quarter.astype(np.int64) % 4
    return (
        np.choose(quadrant, [sine, cosine, -sine, -cosine]),
        np.choose(quadrant, [cosine, -sine, -cosine, sine]),
    )
