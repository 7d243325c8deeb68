"""Batches on their way to the device while it is at work: the CPU's bits under every schedule."""

from __future__ import annotations

import _thread
import itertools
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

import mark1
from mark1 import devices
from tests.cuda.conftest import DEVICE
from tests.cuda.emulated import EMULATED, SCHEDULES, log, memory_left, only_emulated, schedule

RNG = np.random.default_rng(8)
N = 83
X = RNG.normal(size=(N, 12)).astype(np.float32)
CODES = RNG.integers(0, 7, (N, 5)).astype(np.int32)
Y = RNG.integers(0, 4, N).astype(np.int32)
WEIGHTS = RNG.uniform(0.5, 2, N).astype(np.float32)


@pytest.fixture(params=SCHEDULES if EMULATED else ["the device's own"])
def when(request: pytest.FixtureRequest) -> Iterator[None]:
    """All ways in which a device may be late or early."""
    if not EMULATED:
        yield
        return
    with schedule(request.param):
        yield


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch) -> None:
    """Data stay on the host, as if they were too large."""
    monkeypatch.setattr(devices, "memory", lambda name: {"free": 0})


def plain() -> mark1.Sequential:
    mark1.utils.set_random_seed(4)
    layers = [mark1.Input((12,)), mark1.layers.Dense(9, "tanh"), mark1.layers.Dropout(0.3)]
    model = mark1.Sequential([*layers, mark1.layers.Dense(4, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def two_inputs() -> mark1.Model:
    mark1.utils.set_random_seed(4)
    x, codes = mark1.Input((12,)), mark1.Input((5,), dtype="int32")
    words = mark1.layers.Embedding(7, 3, name="words")(codes)
    read = mark1.layers.GlobalAveragePooling1D()(words)
    joined = mark1.layers.Concatenate()([mark1.layers.Dense(6, "relu")(x), read])
    model = mark1.Model([x, codes], mark1.layers.Dense(4, "softmax")(joined))
    model.compile("sgd", "sparse_categorical_crossentropy", weighted_metrics=["accuracy"])
    return model


def trained(model, place, *data, **options) -> tuple[dict[str, list[float]], str]:
    model.to(place)
    history = model.fit(*data, **({"verbose": 0} | options))
    return history.history, mark1.utils.weights_hash(model)


def batches(size, *arrays):
    for begin in range(0, N, size):
        parts = tuple(a[begin : begin + size] for a in arrays)
        x, *rest = parts if len(parts) < 4 else (list(parts[:2]), *parts[2:])
        yield (x, *rest)


@pytest.mark.parametrize("size", [3, 16, 82, 100])
def test_data_that_stay_on_the_host(when, far, size):
    for shuffle in (True, False):
        options = {"batch_size": size, "epochs": 2, "shuffle": shuffle}
        options |= {"class_weight": {1: 2.5}, "validation_split": 0.2}
        expected = trained(plain(), "cpu", X, Y, **options)
        assert trained(plain(), DEVICE, X, Y, **options) == expected


@pytest.mark.parametrize("size", [7, 100])
def test_data_that_fit(when, size):
    options = {"batch_size": size, "epochs": 3, "sample_weight": WEIGHTS}
    expected = trained(plain(), "cpu", X, Y, **options)
    assert trained(plain(), DEVICE, X, Y, **options) == expected


@pytest.mark.parametrize("size", [7, 16, 83])
def test_several_inputs_and_weights(when, far, size):
    options = {"batch_size": size, "epochs": 2, "sample_weight": WEIGHTS}
    expected = trained(two_inputs(), "cpu", [X, CODES], Y, **options)
    assert trained(two_inputs(), DEVICE, [X, CODES], Y, **options) == expected
    model = two_inputs()
    history = [trained(model, DEVICE, batches(size, X, CODES, Y, WEIGHTS)) for _ in range(2)]
    assert (
        history[-1][1] == trained(two_inputs(), "cpu", [X, CODES], Y, shuffle=False, **options)[1]
    )


@pytest.mark.parametrize("size", [4, 16, 83])
def test_generators(when, size):
    results = []
    for place in ("cpu", DEVICE):
        model = plain()
        parts = [trained(model, place, batches(size, X, Y), class_weight={2: 3.0}) for _ in "12"]
        parts.append(model.evaluate(batches(size, X, Y), verbose=0))
        results.append((parts, model.predict((X[i : i + 9] for i in range(0, N, 9)), verbose=0)))
    assert results[0][0] == results[1][0]
    assert np.array_equal(results[0][1], results[1][1])


def test_one_array_that_is_filled_again_and_again(when):
    def refilled():
        x, y = np.empty((8, 12), np.float32), np.empty(8, np.int32)
        for begin in range(0, 80, 8):
            x[:], y[:] = X[begin : begin + 8], Y[begin : begin + 8]
            yield x, y
            x[:] = np.nan

    assert trained(plain(), DEVICE, refilled()) == trained(plain(), "cpu", refilled())


def test_an_epoch_of_parts_and_early_stop(when, far):
    for shuffle in (True, False):
        results = []
        for place in ("cpu", DEVICE):
            stop = mark1.callbacks.EarlyStopping("loss", min_delta=10.0, patience=1)
            options = {"batch_size": 8, "steps_per_epoch": 4, "epochs": 9, "callbacks": [stop]}
            results.append(trained(plain(), place, X, Y, shuffle=shuffle, **options))
        assert results[0] == results[1]
        assert len(results[0][0]["loss"]) == 2


def test_a_generator_that_fails_leaves_the_weights_of_the_cpu(when):
    def failing():
        yield from itertools.islice(batches(8, X, Y), 7)
        raise OSError("no more")

    results = []
    for place in ("cpu", DEVICE):
        model = plain()
        with pytest.raises(OSError, match="no more"):
            trained(model, place, failing())
        results.append(mark1.utils.weights_hash(model))
        results.append(trained(model, place, batches(8, X, Y)))
    assert results[:2] == results[2:]


@pytest.mark.parametrize("bad", [0, 33, 82])
@pytest.mark.parametrize("kind", ["arrays", "generator"])
def test_wrong_values_are_told_and_leave_the_weights_of_the_cpu(when, far, kind, bad):
    codes = CODES.copy()
    codes[bad, 2] = 70
    results = []
    for place in ("cpu", DEVICE):
        model = two_inputs()
        trained(model, place, [X, CODES], Y, batch_size=8)
        arrays = ([X, codes], Y) if kind == "arrays" else (batches(8, X, codes, Y, WEIGHTS),)
        options = {"batch_size": 8, "shuffle": False} if kind == "arrays" else {}
        with pytest.raises(ValueError, match="index 70 at position") as error:
            trained(model, place, *arrays, **options)
        results.append((str(error.value), mark1.utils.weights_hash(model)))
        results.append(trained(model, place, batches(8, X, CODES, Y, WEIGHTS)))
    assert results[:2] == results[2:]


def test_control_c_ends_training_soon_and_whole():
    model = plain().to(DEVICE)
    endless = itertools.cycle(list(batches(8, X, Y)))
    trained(model, DEVICE, endless, steps_per_epoch=10)
    asked = []

    def interrupt() -> None:
        time.sleep(0.3)
        asked.append(time.perf_counter())
        _thread.interrupt_main()

    for data in ((endless,), (X, Y)):
        options = {"steps_per_epoch": 10**6} if len(data) == 1 else {"epochs": 10**6}
        thread = threading.Thread(target=interrupt)
        thread.start()
        model.fit(*data, verbose=0, **options)
        late = time.perf_counter() - asked[-1]
        thread.join()
        assert late < (5.0 if EMULATED else 0.3)  # a GPU's machine is not so busy with others
    assert np.isfinite(model.evaluate(X, Y, verbose=0)[0])


def counted(action) -> dict[str, int]:
    before = devices.copy_counts() | devices.wait_counts()
    action()
    after = devices.copy_counts() | devices.wait_counts()
    return {key: after[key] - before[key] for key in after}


@pytest.mark.parametrize("kind", ["resident", "far", "generator"])
def test_waits_do_not_grow_with_the_steps(kind, request):
    if kind == "far":
        request.getfixturevalue("far")
    model = plain().to(DEVICE)

    def epoch(steps: int) -> None:
        if kind == "generator":
            model.fit(itertools.islice(batches(2, X, Y), steps), verbose=0)
        else:
            model.fit(X[: 2 * steps], Y[: 2 * steps], batch_size=2, verbose=0)

    epoch(10)
    few, many = counted(lambda: epoch(10)), counted(lambda: epoch(40))
    assert many["until_done"] == few["until_done"]
    assert (few["to_host"], many["to_host"]) == (few["to_host"],) * 2
    assert many["to_device"] - few["to_device"] == (0 if kind == "resident" else 30)


@only_emulated
def test_a_batch_is_sent_before_the_step_that_precedes_it_has_run(far):
    model = plain().to(DEVICE)
    options = {"batch_size": 4, "shuffle": False, "verbose": 0}
    model.fit(X, Y, **options)
    log()
    model.fit(X, Y, **options)
    lines = log()
    events = [line.split()[0] for line in lines if line.startswith(("copy aside", "graph"))]
    assert events == ["copy", "graph"] * 20  # queued at once: marks keep them apart
    assert "the host waits for all work" not in lines[: -lines[::-1].index("mark in copies")]


@only_emulated
def test_what_fits_is_decided_by_the_memory_that_is_free():
    x = RNG.normal(size=(4096, 12)).astype(np.float32)  # 196,608 bytes; y has 16,384
    y = RNG.integers(0, 4, 4096).astype(np.int32)
    results = []
    for free in (None, 450_000, 400_000):
        model = plain().to(DEVICE)

        def epoch(model=model) -> None:
            results.append(trained(model, DEVICE, x, y, batch_size=256))

        if free is None:
            counts = counted(epoch)
        else:
            with memory_left(free):
                counts = counted(epoch)
        # The host picks the batches of what takes more than half.
        assert (counts["to_device"] >= 16) == (free == 400_000), counts
    assert results[0] == results[1] == results[2]
    assert results[0] == trained(plain(), "cpu", x, y, batch_size=256)
