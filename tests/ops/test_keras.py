"""mark1.ops beside keras.ops, where that is installed: the same call, the same numbers.

`keras_calls.py` has a line per function: what is called, on either module.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import mark1
from tests.ops import keras_calls


@pytest.fixture(scope="module")
def keras_ops() -> Any:
    return pytest.importorskip("keras").ops


@pytest.mark.parametrize("name", sorted(keras_calls.CALLS))
def test_numbers_are_those_of_keras(name: str, keras_ops: Any) -> None:
    for call in keras_calls.CALLS[name]:
        ours, theirs = _arrays(call(mark1.ops)), _arrays(call(keras_ops))
        assert len(ours) == len(theirs)
        for y, expected in zip(ours, theirs, strict=True):
            assert y.shape == expected.shape
            np.testing.assert_allclose(y, expected, rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("name", sorted(keras_calls.CALLS))
def test_a_row_calls_what_it_is_named_after(name: str) -> None:
    """Without Keras, too: every row runs, and uses the function."""
    used: set[str] = set()

    class Watched:
        def __getattr__(self, attribute: str) -> Any:
            used.add(attribute)
            return getattr(mark1.ops, attribute)

    for call in keras_calls.CALLS[name]:
        used.clear()
        call(Watched())
        assert name in used


def _arrays(result: Any) -> list[np.ndarray]:
    if isinstance(result, dict):
        result = list(result.values())
    if isinstance(result, (list, tuple)) and not all(isinstance(r, int) for r in result):
        return [a for r in result for a in _arrays(r)]
    return [np.asarray(result)]
