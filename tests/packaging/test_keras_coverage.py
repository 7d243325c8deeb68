"""The page on what there is of Keras says what is so."""

from __future__ import annotations

import types

import pytest

import mark1
from tests.packaging import keras_coverage
from tests.packaging.keras_gaps import MODULES, REASONS, reason


def test_the_page_is_up_to_date():
    keras = pytest.importorskip("keras")
    written = keras_coverage.PAGE.read_text(encoding="utf-8")
    if f"Keras {keras.__version__}," not in written:
        pytest.skip("the page is about another version of Keras")
    assert keras_coverage.idle_reasons(keras, mark1) == []
    remedy = "run python tests/packaging/keras_coverage.py"
    assert keras_coverage.page(keras, mark1) == written, remedy


def test_reasons_are_found():
    assert set(REASONS) <= set(MODULES)
    assert reason("callbacks", "TensorBoard") == "a format of TensorFlow"
    assert reason("losses", "Nonesuch") == "not yet"


def test_gaps_of_made_up_modules():
    theirs = types.SimpleNamespace(__version__="9", losses=types.SimpleNamespace(CTC=1, Huber=2))
    ours = types.SimpleNamespace(losses=types.SimpleNamespace(Huber=3))
    assert keras_coverage.missing(theirs, ours, "losses") == (2, ["CTC"])
    assert keras_coverage.missing(theirs, types.SimpleNamespace(), "losses") == (
        2,
        ["CTC", "Huber"],
    )
