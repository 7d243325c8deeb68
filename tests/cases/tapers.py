"""Windows of a signal, of even, odd and no length."""

from __future__ import annotations

import numpy as np

from tests.cases.base import Case, composed


def _case(function: str, n: int) -> Case:
    return composed(
        "tapers",
        function,
        lambda: getattr(np, function)(n),
        ranges=("normal",),
        name=str(n),
        call=lambda: getattr(__import__("mark1").ops, function)(n),
        dtypes=("float32",),
        scale=lambda: np.ones(n),
    )


CASES = [
    _case(function, n)
    for function in ("bartlett", "blackman", "hamming", "hanning")
    for n in (0, 1, 8, 33)
]
