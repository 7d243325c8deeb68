"""Logarithms and exponentials to other bases, and of sums."""

from __future__ import annotations

import numpy as np

from tests.cases.base import Array, Input, composed

_SPECIAL = ("normal", "zeros", "large", "special")


def _sum(base: float, x1: Array, x2: Array) -> Array:
    """log(base^x1 + base^x2), beyond the range of float64 as well."""
    top = np.maximum(x1, x2)
    gap = np.where(x1 == x2, 0.0, -np.abs(x1 - x2))
    return top + np.log1p(base**gap) / np.log(base)


CASES = [
    composed("logarithms", "log2", np.log2, Input((33,), "positive")),
    composed("logarithms", "log2", np.log2, (33,), ranges=("special", "huge"), name="any",
             differentiable=()),
    composed("logarithms", "log10", np.log10, Input((33,), "positive")),
    composed("logarithms", "log10", np.log10, (33,), ranges=("special", "huge"), name="any",
             differentiable=()),
    composed("logarithms", "exp2", np.exp2, (33,), ranges=("normal", "zeros", "ties", "special"),
             ulps=2),
    *[
        composed("logarithms", function, lambda x1, x2, base=base: _sum(base, x1, x2), (3, 11),
                 (11,), ranges=_SPECIAL, ulps=5,
                 # What is small is the difference of two terms.
                 scale=lambda x1, x2: np.maximum(np.abs(x1), np.abs(x2)) + 1)
        for function, base in (("logaddexp", np.e), ("logaddexp2", 2.0))
    ],
    *[
        composed("logarithms", "ldexp", np.ldexp, (31,), Input((31,), values, "int32"),
                 name=values.replace(":", "_"), ranges=("normal", "ties", "special"),
                 differentiable=(0,))
        for values in ("normal", "constant:130")
    ],
]  # fmt: skip
