"""x^y against mpmath: all magnitudes, exponents that magnify errors, results near 1."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from mark1 import ops

mp = mpmath.mp.clone()
mp.prec = 200
# What csrc/math/pow.h claims.
LIMITS = {"float32": 1.25, "float64": 1.16}


def pairs(dtype: str, n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Positive bases and exponents whose powers fill the format and lie close to 1."""
    rng = np.random.default_rng(seed)
    info = np.finfo(dtype)
    top = float(np.log2(float(info.max)))
    spread = np.concatenate([rng.uniform(-top, top, n // 2), rng.normal(0, 0.6, n - n // 2)])
    x = (2.0**spread).astype(dtype)
    logarithm = np.log2(x.astype(np.float64))
    wanted = np.concatenate([rng.uniform(-top, top, n // 2), rng.normal(0, 1, n - n // 2)])
    rng.shuffle(wanted)
    with np.errstate(all="ignore"):
        y = np.where(logarithm == 0, wanted, wanted / logarithm).astype(dtype)
    return x, y


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_error(dtype):
    x, y = pairs(dtype, 6000)
    actual = ops.power(x, y).numpy()
    info = np.finfo(dtype)
    worst = 0.0
    for a, b, z in zip(x, y, actual, strict=True):
        want = mp.mpf(float(a)) ** mp.mpf(float(b))
        if want > mp.mpf(float(info.max)):
            assert z == np.inf or z == info.max
            continue
        exponent = max(int(mp.floor(mp.log(want, 2))), info.minexp)
        error = abs(mp.mpf(float(z)) - want) / mp.mpf(2) ** (exponent - info.nmant)
        worst = max(worst, float(error))
    assert worst <= LIMITS[dtype]
