"""Functions of csrc/math in float64 against mpmath: all magnitudes, zeros, limits, denormals."""

from __future__ import annotations

import math
import subprocess
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

mp = mpmath.mp.clone()
mp.prec = 200


def tail(x: Any) -> Any:
    """erfc; mpmath's own overflows for huge x."""
    return mp.erfc(max(-100, min(x, 100)))


def inverse(y: Any) -> Any:
    """erfinv; mpmath's own takes numbers near 0 and 1 for them."""
    if not 0 < abs(y) < 1:
        return y * mp.inf if abs(y) == 1 else (y if y == 0 else mp.nan)
    with mp.workprec(400):
        a = abs(y)
        x = a * mp.sqrt(mp.pi) / 2 if a < 1e-5 else mp.mpf(float(mp.erfinv(mp.mpf(float(a)))))
        for _ in range(6):
            off = mp.erf(x) - a if a < 0.5 else (1 - a) - mp.erfc(x)
            x -= off * mp.sqrt(mp.pi) / 2 * mp.exp(x * x)
        return mp.sign(y) * x


HALF_PI = [mp.pi * k / 2 for k in (*range(1, 40), 1001, 54_321, 10**6 + 1, 3 * 10**8, 10**15 + 7)]

# name: exact value, where it is delicate
FUNCTIONS: dict[str, tuple[Callable[[Any], Any], list[Any]]] = {
    "exp": (mp.exp, [-745.1, -744.4, -708.4, 709.78, 0, 0.35]),
    "expm1": (mp.expm1, [0, 0.35, -37, 709.78, 1e-300]),
    "log": (mp.log, [1, 2, 0.7071, 5e-324, 2.2e-308, 1.79e308]),
    "log1p": (mp.log1p, [0, -1, 1e-16, 0.41, 1e308]),
    "tanh": (mp.tanh, [0, 0.55, 19, 20, 1e-308]),
    "sigmoid": (lambda x: 1 / (1 + mp.exp(-x)), [-745, -708, -600, -37, -8, 0, 37]),
    "softplus": (lambda x: mp.log1p(mp.exp(x)), [-745, -708, -37, 0, 37]),
    "erf": (mp.erf, [0, 1, 5.9, 1e-308]),
    "erfc": (tail, [0, 1, 26.5, 27.2, -6]),
    "sin": (mp.sin, HALF_PI),
    "cos": (mp.cos, HALF_PI),
    "normal_probability": (lambda x: tail(-x / mp.sqrt(2)) / 2, [0, -37.5, -38.4, 8.2]),
    "atan": (mp.atan, [0, 1, 0.41421356, 2.41421356, 1e300]),
    "asin": (mp.asin, [0, 0.5, 1, -1, -0.5, 1e-8]),
    "acos": (mp.acos, [0, 0.5, 1, -1, -0.5, 1e-8]),
    "erfinv": (inverse, [0, 0.5, 0.85, 1, -1, 1e-300]),
    "normal_density": (lambda x: mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi), [0, 38.5, -37.6]),
}
LIMITS = {"normal_probability": 3.0, "erfinv": 6.0}


def inputs(delicate: list[Any]) -> np.ndarray:
    rng = np.random.default_rng(0)
    every = rng.integers(0, 1 << 64, 200, dtype=np.uint64, endpoint=False).view(np.float64)
    usual = np.ldexp(rng.uniform(-1, 1, 700), rng.integers(-30, 11, 700))
    denormal = rng.integers(1, 1 << 52, 50).view(np.float64) * rng.choice([-1, 1], 50)
    huge = 10.0 ** rng.uniform(2, 308, 100) * rng.choice([-1, 1], 100)
    centres = np.array([float(c) for c in delicate])
    steps = np.arange(-3, 4)[:, None] * np.spacing(np.abs(centres))
    with np.errstate(over="ignore"):
        around = (centres * (1 + rng.uniform(-0.01, 0.01, (6, 1)))).ravel()
    limits = [0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324, -5e-324, 1.7e308, -1.7e308]
    near = (centres + steps).ravel()
    return np.concatenate([every, usual, denormal, huge, near, around, limits])


def exact(function: Callable[[Any], Any], x: float) -> Any:
    """The value, complex where there is no real one."""
    if math.isnan(x):
        return mp.nan
    try:
        return function(mp.mpf(x))
    except (ZeroDivisionError, ValueError):
        return mp.nan


def error_in_ulp(y: float, want: Any) -> float:
    if mp.isnan(want) or isinstance(want, mp.mpc):
        return 0.0 if math.isnan(y) else math.inf
    if math.isnan(y):
        return math.inf
    if want == 0:
        return 0.0 if y == 0 else math.inf
    top = mp.mpf(2) ** 1024
    want = max(-top, min(top, want))
    got = math.copysign(1, y) * top if math.isinf(y) else mp.mpf(y)
    exponent = max(int(mp.floor(mp.log(abs(want), 2))), -1022)
    return float(abs(got - want) / mp.mpf(2) ** (exponent - 52))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_float64_against_mpmath(ulp_program, name):
    function, delicate = FUNCTIONS[name]
    x = inputs(delicate)
    done = subprocess.run(
        [str(ulp_program), "--evaluate", name], input=x.tobytes(), capture_output=True, check=True
    )
    y = np.frombuffer(done.stdout)
    assert y.shape == x.shape
    errors = [error_in_ulp(float(b), exact(function, float(a))) for a, b in zip(x, y, strict=True)]
    worst = int(np.argmax(errors))
    assert errors[worst] <= LIMITS.get(name, 2.0), (
        f"{name}({x[worst]!r}) = {y[worst]!r}: {errors[worst]:.3f} ulp"
    )
    assert np.count_nonzero(np.isfinite(y)) > 400


@pytest.mark.parametrize("name", ["expm1", "log1p", "tanh", "erf", "sin", "atan", "asin", "erfinv"])
def test_zeros_keep_their_sign(ulp_program, name):
    x = np.array([0.0, -0.0, 5e-324, -5e-324])
    done = subprocess.run(
        [str(ulp_program), "--evaluate", name], input=x.tobytes(), capture_output=True, check=True
    )
    y = np.frombuffer(done.stdout)
    assert (np.signbit(y) == np.signbit(x)).all()
