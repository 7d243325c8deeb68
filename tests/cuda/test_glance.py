"""The progress display of training on a device: results of steps that have passed, and no stops."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import DeviceError, _core, ops
from mark1.callbacks import CallbackList
from mark1.models.glance import Glance
from tests.cuda.conftest import DEVICE
from tests.cuda.emulated import log, only_emulated, schedule

RNG = np.random.default_rng(6)
X = RNG.normal(size=(96, 12)).astype(np.float32)
Y = RNG.integers(0, 5, 96).astype(np.int32)


def make() -> mark1.Sequential:
    mark1.utils.set_random_seed(1)
    model = mark1.Sequential([mark1.Input((12,)), mark1.layers.Dense(5, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def told(monkeypatch, place) -> dict[int, dict[str, float]]:
    """What the display of an epoch, always due, is told batch by batch."""
    model = make().to(place)
    options = {"batch_size": 4, "shuffle": False, "verbose": 0}
    model.fit(X, Y, **options)  # records the step, and times it
    seen = {}
    monkeypatch.setattr(CallbackList, "due", lambda self: True)
    keep = lambda self, number, logs: seen.update({number: logs})  # noqa: E731
    monkeypatch.setattr(CallbackList, "on_train_batch_end", keep)
    monkeypatch.setattr("mark1.models.runner.TURN", 1e-9)
    if place == DEVICE:
        log()
    model.fit(X, Y, **options)
    monkeypatch.undo()
    return seen


@only_emulated
@pytest.mark.parametrize("when", ["work first", "any order 1", "any order 2"])
def test_shows_what_the_cpu_shows_a_little_later(monkeypatch, when):
    expected = told(monkeypatch, "cpu")
    assert len(expected) == 24
    with schedule(when):
        seen = told(monkeypatch, DEVICE)
        lines = log()
    assert len(seen) > 2 or when != "work first"  # how often otherwise is a matter of time
    for number, logs in seen.items():
        assert logs == pytest.approx(expected[number], rel=1e-6)
    graphs = [i for i, line in enumerate(lines) if line.startswith("graph")]
    within = lines[graphs[0] : graphs[-1]]
    assert not [line for line in within if line.startswith(("copy", "the host waits for all"))]


@only_emulated
def test_shows_nothing_that_is_still_to_come(monkeypatch):
    with schedule("late"):
        seen = told(monkeypatch, DEVICE)
    assert len(seen) < 24


def test_a_reading_keeps_what_was_there():
    v = mark1.Variable(X).to(DEVICE)
    reading = _core.Reading([v.value, ops.convert_to_tensor(Y).to(DEVICE)])
    v.assign(2 * X)
    values = reading.values()
    assert reading.ready
    assert [value.device for value in values] == ["cpu:0"] * 2
    assert np.array_equal(values[0].numpy(), X)
    assert np.array_equal(values[1].numpy(), Y)
    assert np.array_equal(v.numpy(), 2 * X)


def test_readings_are_of_one_device():
    here = ops.convert_to_tensor(X)
    with pytest.raises(ValueError, match=r"\[Reading\] there are no tensors to read"):
        _core.Reading([])
    with pytest.raises(DeviceError, match="lie on cuda:0 and cpu:0: one device is wanted"):
        _core.Reading([here.to(DEVICE), here])


def test_a_metric_that_returns_a_number_is_read():
    class Step:
        def results(self):
            return {"loss": 1.0}

        def tensors(self):
            return {}

    with mark1.device(DEVICE):
        assert Glance(Step())(3) == (2, {"loss": 1.0})
