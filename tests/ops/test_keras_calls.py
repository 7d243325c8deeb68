"""The calls that tests/peers/test_ops.py compares with Keras' run without it, too."""

from __future__ import annotations

from typing import Any

import pytest

import mark1
from tests.ops import keras_calls


@pytest.mark.parametrize("name", sorted(keras_calls.CALLS))
def test_a_row_calls_what_it_is_named_after(name: str) -> None:
    used: set[str] = set()

    class Watched:
        def __getattr__(self, attribute: str) -> Any:
            used.add(attribute)
            return getattr(mark1.ops, attribute)

    for call in keras_calls.CALLS[name]:
        used.clear()
        call(Watched())
        assert name in used
