"""Memory that runs out: an error with sizes, after which training goes on with the CPU's bits."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator

import numpy as np
import pytest

import mark1
from mark1 import DeviceError, devices
from tests.cuda.conftest import DEVICE
from tests.cuda.emulated import MEMORY, emulated, memory_left, only_emulated

pytestmark = only_emulated

RNG = np.random.default_rng(9)
X = RNG.normal(size=(256, 32)).astype(np.float32)
Y = RNG.normal(size=(256, 4)).astype(np.float32)
# What a step of all samples takes at least, and what one of eight samples needs at most.
LARGE, SMALL = 256 * 1024 * 4, 2 << 20


@pytest.fixture(autouse=True)
def _all_memory_again() -> Iterator[None]:
    yield
    emulated().set_memory(MEMORY)


def make() -> mark1.Sequential:
    mark1.utils.set_random_seed(2)
    layers = [mark1.Input((32,)), mark1.layers.Dense(1024, "tanh"), mark1.layers.Dense(4)]
    model = mark1.Sequential(layers)
    model.compile("adam", "mse")
    return model


def fit(model, size: int, **options) -> str:
    model.fit(X, Y, batch_size=size, shuffle=False, verbose=0, **options)
    return mark1.utils.weights_hash(model)


def told(action) -> str:
    """The error of an action that finds no memory, without what it held."""
    with pytest.raises(DeviceError) as error:
        action()
    text = str(error.value)
    del error
    gc.collect()
    return text


def test_a_first_step_that_finds_no_memory_gives_back_what_it_had():
    earlier, model = make().to(DEVICE), make().to(DEVICE)
    fit(earlier, 64)
    expected = [make(), make()]
    fit(expected[0], 64)
    fit(model, 8, epochs=1)  # makes the optimizer's state
    fit(expected[1], 8, epochs=1)
    used = devices.memory(DEVICE)["bytes_in_use"]
    with memory_left(SMALL):
        text = told(lambda: fit(model, 256))
        sizes = [int(size) for size in re.findall(r"\d{5,}", text)]
        assert "[allocate] out of memory on cuda:0: asked for" in text
        assert len(sizes) >= 3
        assert sizes[0] > sizes[1]
        assert devices.memory(DEVICE)["bytes_in_use"] <= used + X.nbytes + Y.nbytes
        assert mark1.utils.weights_hash(model) == mark1.utils.weights_hash(expected[1])
        assert fit(model, 8) == fit(expected[1], 8)  # less goes on, with as little memory
        assert fit(earlier, 64) == fit(expected[0], 64)
    assert fit(model, 256) == fit(expected[1], 256)


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 5, 6, 7])
def test_memory_that_runs_out_before_any_step(steps):
    """The first steps are recorded, one is replayed, the next is written down as a graph."""
    model, expected = make().to(DEVICE), make()
    failed = []

    def batches(count):
        for begin in range(0, 16 * count, 16):
            if begin // 16 == steps:
                facts = devices.memory(DEVICE)
                emulated().set_memory(facts["total"] - facts["free"])
            yield X[begin : begin + 16], Y[begin : begin + 16]

    try:
        model.fit(batches(8), verbose=0)
    except DeviceError as error:
        failed.append(str(error))
    emulated().set_memory(MEMORY)
    # The loader is ahead by up to three batches.
    done = int(model.optimizer.iterations)
    assert steps - 3 <= done <= 8
    assert failed if steps == 1 else failed or done == 8
    if failed:
        assert re.search(r"(asked for \d+ bytes, )?\d+ of \d+ (bytes )?are free", failed[0])
    if done:
        expected.fit(X[: 16 * done], Y[: 16 * done], batch_size=16, shuffle=False, verbose=0)
        assert mark1.utils.weights_hash(model) == mark1.utils.weights_hash(expected)
        options = {"batch_size": 16, "shuffle": False, "verbose": 0}
        for each in (model, expected):
            each.fit(X, Y, **options)
        assert mark1.utils.weights_hash(model) == mark1.utils.weights_hash(expected)


def test_a_graph_that_cannot_be_made_is_told_with_sizes():
    model, expected = make().to(DEVICE), make()
    options = {"batch_size": 64, "shuffle": False, "verbose": 0}
    for each in (model, expected):
        each.fit(X, Y, **options)
    data = [mark1.ops.convert_to_tensor(part).to(DEVICE) for part in (X[:64], Y[:64])]
    (replay,) = [replay for _, replay in model._compiled.replays.items() if replay.last_program]
    assert replay.program.steps == 1  # the next is the first that is a graph
    before = mark1.utils.weights_hash(model)
    with memory_left(1000):
        text = told(lambda: replay.program.call(data))
        assert re.fullmatch(
            r"\[program\] building a graph: out of memory; \d+ of \d+ bytes are free on cuda:0. "
            r"Smaller batches need less",
            text,
        )
    assert mark1.utils.weights_hash(model) == before
    for each in (model, expected):
        each.fit(X, Y, **options)
    assert mark1.utils.weights_hash(model) == mark1.utils.weights_hash(expected)


def test_the_cpu_goes_on_without_memory_of_a_device():
    model, expected = make(), make()
    x = mark1.ops.convert_to_tensor(X).to(DEVICE)
    with memory_left(0):
        told(lambda: x + 1.0)
        assert fit(model, 64) == fit(expected, 64)
    assert np.array_equal((x + 1.0).numpy(), X + 1)
