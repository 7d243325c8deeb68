"""How far a result may lie from the float64 definition: one bound for all ops.

Nothing here is tuned. A result is a sum of `length` terms in the canonical order of
docs/numerics.md, followed by a formula of a few roundings, so

    |error| <= (roundings * u / (1 - roundings * u)) * scale + underflow

with u the unit roundoff (2^-24, 2^-53), `scale` the sum of the terms' magnitudes, and roundings the
number of them on the longest path (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed.,
equations 3.4 and 4.4).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def depth(length: int) -> int:
    """Roundings on the longest path of a canonical sum: chunks of 256 terms, groups of 64 chunks.

    The row rule (32 lanes) is shallower, so this bounds it as well.
    """
    if length <= 1:
        return 0
    chunks = -(-length // 256)
    groups = -(-chunks // 64)
    return min(length, 256) + min(chunks, 64) + groups


def bound(scale: Array, dtype: str, length: int = 1, ulps: float = 0.5) -> Array:
    """The largest error allowed, element by element.

    Args:
        scale: magnitude of the terms, in float64.
        dtype: of the result under test.
        length: terms per sum.
        ulps: error of the rest of the formula; one unit in the last place is at most 2 u.
    """
    limits = np.finfo(dtype)
    u = float(limits.eps) / 2
    roundings = depth(length) + 2 * ulps
    if np.dtype(dtype) == np.float64:
        # The definition is evaluated in float64 as well and errs as much; NumPy's elementary
        # functions are off by up to 4 ULP on their own.
        roundings = 2 * roundings + 8
    relative = roundings * u / (1 - roundings * u)
    # Each operation that underflows is off by at most half the smallest denormal number.
    underflow = (length + 2 * ulps + 1) * float(limits.smallest_subnormal)
    with np.errstate(all="ignore"):
        return relative * np.abs(scale) + underflow


def accepted(actual: Array, expected: Array, allowed: Array) -> npt.NDArray[np.bool_]:
    """Which elements agree. Everything is phrased so that a NaN in the wrong place disagrees."""
    wide = actual.astype(np.float64)
    with np.errstate(all="ignore"):
        rounded = expected.astype(actual.dtype) if actual.dtype.kind == "f" else expected
        near = np.isfinite(wide) & np.isfinite(allowed) & (np.abs(wide - expected) <= allowed)
        same = (wide == rounded) | (np.isnan(wide) & np.isnan(expected))
        if actual.dtype.kind != "f":
            return same
        # A finite value within the bound of the format's end may have rounded to infinity.
        top = float(np.finfo(actual.dtype).max)
        edge = np.isinf(wide) & np.isfinite(expected) & (np.abs(expected) + allowed >= top)
        return near | same | (edge & (np.sign(wide) == np.sign(expected)))


def assert_close(
    actual: Any,
    expected: Array,
    *,
    scale: Array | None = None,
    length: int = 1,
    ulps: float = 0.5,
    what: str = "result",
) -> None:
    """Fails with the worst element unless all of `actual` lies within the bound."""
    actual = np.asarray(actual)
    assert actual.shape == np.shape(expected), f"{what}: {actual.shape}, not {np.shape(expected)}"
    if actual.dtype.kind != "f":
        assert np.array_equal(actual, expected), f"{what}: integers differ"
        return
    expected = np.asarray(expected, dtype=np.float64)
    magnitude = np.broadcast_to(np.abs(expected) if scale is None else scale, expected.shape)
    allowed = bound(magnitude, str(actual.dtype), length, ulps)
    ok = accepted(actual, expected, allowed)
    if ok.all():
        return
    with np.errstate(all="ignore"):
        excess = np.abs(actual.astype(np.float64) - expected) / allowed
    excess[ok] = -1
    excess[~ok & np.isnan(excess)] = np.inf
    worst = np.unravel_index(int(np.argmax(excess)), excess.shape)
    raise AssertionError(
        f"{what}: {int((~ok).sum())} of {ok.size} elements are off; "
        f"worst at {tuple(map(int, worst))}: {actual[worst]!r} instead of {expected[worst]!r}, "
        f"{excess[worst]:.3g} times the bound of {allowed[worst]:.3g}"
    )
