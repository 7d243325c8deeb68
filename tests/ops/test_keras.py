"""mark1.ops beside keras.ops, where that is installed: the same call, the same numbers.

`keras_calls.py` has a line per function: what is called, on either module.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mark1
from tests.ops import keras_calls

ROOT = Path(__file__).parents[2]


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


def left_out() -> set[str]:
    """The names in the last table of the page on operations."""
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[^|]*) \|", page.partition("## What is left out")[2], re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def test_what_is_left_out_is_left_out() -> None:
    assert len(left_out()) > 40
    assert not {name for name in left_out() if hasattr(mark1.ops, name)}


def test_every_name_of_keras_is_there_or_left_out_with_a_reason(keras_ops: Any) -> None:
    theirs = {name for name in vars(keras_ops) if not name.startswith("_")}
    assert not {name for name in theirs - left_out() if not hasattr(mark1.ops, name)}
