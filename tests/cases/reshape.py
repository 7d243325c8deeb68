"""Views: reshape, expand_dims, squeeze."""

from __future__ import annotations

import numpy as np

from tests.cases.base import Case, Input


def _case(function: str, shape: tuple[int, ...], name: str, **attributes) -> Case:
    define = {
        "reshape": lambda x, newshape: np.reshape(x, newshape),
        "ravel": np.ravel,
        "expand_dims": lambda x, axis: np.expand_dims(x, axis),
        "squeeze": lambda x, axis=None: np.squeeze(x, axis),
    }[function]
    return Case("reshape", function, define, (Input(shape),), attributes, name)


CASES = [
    _case("reshape", (6, 4), "flat", newshape=-1),
    _case("reshape", (6, 4), "infer", newshape=(2, -1, 3)),
    _case("reshape", (1,), "scalar", newshape=()),
    _case("reshape", (0, 3), "empty", newshape=(3, 0)),
    _case("ravel", (3, 4), "matrix"),
    _case("expand_dims", (3, 4), "one", axis=1),
    _case("expand_dims", (3, 4), "two", axis=(0, -1)),
    _case("squeeze", (1, 3, 1), "all"),
    _case("squeeze", (1, 3, 1), "last", axis=-1),
]
