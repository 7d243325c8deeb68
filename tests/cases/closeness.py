"""Whether numbers are nearly equal, infinite or negative."""

from __future__ import annotations

import numpy as np

from tests.cases.base import Array, Case, composed

_RANGES = ("normal", "zeros", "ties", "special")


def _signbit(x: Array) -> Array:
    return np.signbit(x) & ~np.isnan(x)


def _close(function: str, **attributes: object) -> Case:
    """x and a slightly different x, in which some are very different."""

    def other(x: Array) -> Array:
        with np.errstate(all="ignore"):
            return np.where(np.arange(x.size) % 3 == 0, x + 1e-3, x * (1 + 1e-6))

    def call(x: object, **attributes: object) -> object:
        import mark1

        y = other(np.asarray(x, np.float64)).astype(np.asarray(x).dtype)
        return getattr(mark1.ops, function)(x, y, **attributes)

    def define(x: Array, **attributes: object) -> Array:
        return np.asarray(getattr(np, function)(x, other(x), **attributes))

    return composed("closeness", function, define, (21,), ranges=("normal", "ties", "special"),
                    attributes=attributes, call=call, differentiable=(),
                    dtypes=("float64",))  # fmt: skip


CASES = [
    _close("isclose"),
    _close("isclose", rtol=1e-2, equal_nan=True),
    _close("isclose", rtol=0.0, atol=1e-4),
    _close("allclose"),
    _close("allclose", rtol=1e-1, atol=1e-2, equal_nan=True),
    *[
        composed("closeness", function, define, (3, 11), ranges=_RANGES, differentiable=())
        for function, define in (
            ("isposinf", np.isposinf),
            ("isneginf", np.isneginf),
            ("signbit", _signbit),
        )
    ],
]
