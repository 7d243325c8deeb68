"""Memory is flat over many steps: on the tape, in eager calls, in `fit` and `predict`."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import mark1
from mark1 import _core, ops

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="resident memory is read from /proc"
)

MEGABYTE = 1 << 20


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


def growth(step: Callable[[], object], warm_up: int, steps: int) -> int:
    """Bytes of resident memory that `steps` further steps have added."""
    for _ in range(warm_up):
        step()
    gc.collect()
    before, in_use = resident(), _core.allocator_stats()["bytes_in_use"]
    for _ in range(steps):
        step()
    gc.collect()
    assert _core.allocator_stats()["bytes_in_use"] == in_use
    return resident() - before


def test_eager_operations():
    x = ops.convert_to_tensor(np.ones((64, 64), np.float32))
    assert growth(lambda: ops.matmul(ops.add(x, x), x), 200, 5_000) < MEGABYTE


def test_steps_with_a_tape():
    w = mark1.Variable(np.full((32, 8), 0.1, np.float32))
    x = np.ones((16, 32), np.float32)

    def step():
        with mark1.GradientTape() as tape:
            y = ops.matmul(x, w)
            y = y * y
        w.assign_sub(tape.gradient(y, w) * 1e-6)

    assert growth(step, 200, 3_000) < MEGABYTE


def test_errors_leak_nothing():
    x = ops.convert_to_tensor(np.ones((64, 64), np.float32))

    def step():
        with pytest.raises(ValueError, match="matmul"):
            ops.matmul(x, np.ones((63, 1), np.float32))

    assert growth(step, 200, 2_000) < MEGABYTE


@pytest.fixture
def model():
    mark1.utils.set_random_seed(0)
    model = mark1.Sequential(
        [
            mark1.layers.Input((16,)),
            mark1.layers.Dense(32, activation="relu"),
            mark1.layers.Dense(4, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def test_ten_thousand_calls_of_fit(model):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((8, 16)).astype(np.float32)
    y = rng.integers(0, 4, 8)
    assert growth(lambda: model.fit(x, y, batch_size=4, verbose=0), 200, 10_000) < MEGABYTE


def test_a_hundred_thousand_calls_of_predict(model):
    x = np.ones((1, 16), np.float32)
    assert growth(lambda: model.predict(x, verbose=0), 200, 100_000) < MEGABYTE


def test_fit_on_a_generator(model):
    def source():
        while True:
            yield np.ones((4, 16), np.float32), np.zeros(4, np.int64)

    def step():
        model.fit(source(), steps_per_epoch=2, epochs=2, verbose=0)

    assert growth(step, 100, 300) < MEGABYTE
