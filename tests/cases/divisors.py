"""Common divisors and multiples, with zeros and the slowest pairs."""

from __future__ import annotations

import numpy as np

from tests.cases.base import Case, Input, composed


def _whole(function: str, dtype: str) -> Case:
    return composed("divisors", function, getattr(np, function), Input((5, 31), dtype=dtype),
                    Input((31,), dtype=dtype), ranges=("normal",), name=dtype)  # fmt: skip


# Neighbours among Fibonacci's numbers: no pair below takes as many rounds.
_SLOW = {
    np.int32: (1134903170, 1836311903),
    np.int64: (4660046610375530309, 7540113804746346429),
}

CASES = [
    _whole("gcd", "int32"),
    _whole("gcd", "int64"),
    _whole("lcm", "int32"),
    *[
        composed("divisors", "gcd", lambda: np.ones(()), name=f"slow-{dtype.__name__}",
                 call=lambda pair=pair, dtype=dtype: __import__("mark1").ops.gcd(
                     *(np.array(x, dtype) for x in pair)),
                 ranges=("normal",), dtypes=("float32",))
        for dtype, pair in _SLOW.items()
    ],
]  # fmt: skip
