"""The programs in examples/ run, natively, and reach what they should."""

from __future__ import annotations

import importlib.util
import warnings
from pathlib import Path

import pytest

import mark1

FOLDER = Path(__file__).parents[2] / "examples"

REACHED = {
    "autoencoder": lambda errors: errors[0] < 0.6 * errors[1],
    "bidirectional_lstm": lambda accuracy: accuracy > 0.8,
    "mnist_convnet": lambda accuracy: accuracy > 0.9,
    "ranking": lambda found: found[0] < 0.2 and found[1] > 0.9,
    "siamese": lambda accuracy: accuracy > 0.9,
    "timeseries_classification": lambda accuracy: accuracy > 0.8,
    "timeseries_forecasting": lambda errors: errors[0] < errors[1],
    "transfer_learning": lambda accuracies: accuracies[0] > 0.5 and accuracies[1] > 0.7,
    "transformer_text_classifier": lambda accuracy: accuracy > 0.9,
    "vae": lambda history: history["total"][-1] < 0.8 * history["total"][0],
}


def test_all_programs_are_known():
    assert {path.stem for path in FOLDER.glob("*.py")} == set(REACHED)


@pytest.mark.parametrize("name", REACHED)
def test_it_learns(name, monkeypatch):
    monkeypatch.delenv("MARK1_DATA", raising=False)
    spec = importlib.util.spec_from_file_location(f"example_{name}", FOLDER / f"{name}.py")
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    with warnings.catch_warnings():
        warnings.simplefilter("error", mark1.EagerStepWarning)
        assert REACHED[name](program.main())
