"""How far two libraries may lie apart: one bound for all comparisons with Keras.

Two programs that round differently agree to `roundings` times the dtype's machine epsilon, relative
to the largest magnitude in the result. Errors of independent roundings grow like the square root
of their number (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 2.8), and
no result here is a sum of more than some thousand terms: sqrt(1000) is 32, both libraries err, and
so 64 covers the outputs of a layer. Gradients go through the layer twice, and ten steps of training
ten times through both. Results smaller than 1 come from data of size 1, by cancellation. Where
weights are after training is measured by how far they have gone: `assert_moved_alike`.

A different formula, default or epsilon is off by far more; comparisons are made in float64 as well,
where the bound is 10^-14 for outputs, because there nothing hides in the rounding of float32.
"""

from __future__ import annotations

from typing import Any

import numpy as np

OUTPUTS, GRADIENTS, TRAINING = 64, 256, 2560


def assert_close(
    found: Any,
    expected: Any,
    roundings: float,
    what: str,
    dtype: str | None = None,
    size: float = 1,
) -> None:
    """Fail with the worst element unless all of `found` lies within the bound.

    Args:
        found: of mark1.
        expected: of Keras.
        roundings: one of the three numbers above.
        what: is compared, for the message.
        dtype: in which both computed, if it is not that of the results.
        size: of the data the results were made of.
    """
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.shape == expected.shape, f"{what}: {found.shape}, Keras has {expected.shape}"
    assert found.dtype == expected.dtype, f"{what}: {found.dtype}, Keras has {expected.dtype}"
    if found.dtype.kind != "f":
        np.testing.assert_array_equal(found, expected, err_msg=what)
        return
    finite = np.isfinite(expected)
    np.testing.assert_array_equal(np.isfinite(found), finite, err_msg=what)
    np.testing.assert_array_equal(found[~finite], expected[~finite], err_msg=what)
    size = max(size, float(np.abs(expected[finite]).max(initial=0.0)))
    allowed = roundings * float(np.finfo(dtype or found.dtype).eps) * size
    off = np.abs(np.where(finite, found - np.where(finite, expected, 0), 0)).astype(np.float64)
    if not off.size or off.max() <= allowed:
        return
    worst = np.unravel_index(int(np.argmax(off)), off.shape)
    raise AssertionError(
        f"{what}: {int((off > allowed).sum())} of {off.size} elements are off, worst at "
        f"{tuple(map(int, worst))}: {found[worst]!r}, Keras has {expected[worst]!r}; "
        f"{off.max() / allowed:.3g} times the bound of {allowed:.3g}"
    )


def assert_moved_alike(
    found: Any, expected: Any, before: Any, steps: int, what: str, dtype: str | None = None
) -> None:
    """Fail unless a weight has gone where Keras' has, as exactly as gradients agree.

    Steps are gradients times a rate, so what they add up to agrees to as many roundings of the
    distance gone as gradients do of theirs; and every step rounds the weight itself once.

    Args:
        found: the weight in mark1 after training.
        expected: that in Keras.
        before: both before.
        steps: how many steps there were.
        what: is compared, for the message.
        dtype: in which both computed, if it is not that of the weight.
    """
    found, expected, before = (np.asarray(x) for x in (found, expected, before))
    assert found.shape == expected.shape, f"{what}: {found.shape}, Keras has {expected.shape}"
    if found.dtype.kind != "f" or not found.size:
        np.testing.assert_array_equal(found, expected, err_msg=what)
        return
    distance = float(np.abs(expected - before).max())
    size = max(1.0, float(np.abs(expected).max()))
    allowed = float(np.finfo(dtype or found.dtype).eps) * (GRADIENTS * distance + steps * size)
    off = float(np.abs(found - expected).max())
    assert off <= allowed, (
        f"{what}: off by {off:.3g} after a way of {distance:.3g}, "
        f"{off / allowed:.3g} times the bound of {allowed:.3g}"
    )
