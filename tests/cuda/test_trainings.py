"""Trained weights have the CPU's hash: small models on the emulated device, whole ones on a GPU."""

from __future__ import annotations

import os

import pytest

from tests.cuda.conftest import DEVICE
from tests.cuda.trainings import trainings

SMALL = "MARK1_CUDA_EMULATION" in os.environ


@pytest.mark.parametrize("training", trainings(SMALL), ids=lambda training: training.name)
def test_weights_have_the_hash_of_the_cpu(training):
    there, here = training.run(DEVICE), training.run("cpu")
    assert (there.device, here.device) == (DEVICE, "cpu:0")
    assert there.weights == here.weights
    assert there.history == here.history
    assert here.history["loss"][-1] < here.history["loss"][0]  # it has learned
