"""Epochs over data that stay on the host, against the same epochs over data on the device.

Batches are picked and sent while the device is at work, so the two would take the same time if
nothing but the steps bound them; a host that picks slower than the device trains shows in the
ratio. Weights are compared before anything is timed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from unittest import mock

import numpy as np

import mark1
from benchmarks.cuda_report import Result
from benchmarks.harness import measure
from mark1 import devices


@dataclass(frozen=True)
class Stream:
    """A network of one hidden layer, and how much it is trained with."""

    features: int
    hidden: int
    batch: int
    steps: int

    @property
    def name(self) -> str:
        return f"epoch from the host {self.batch}x{self.features}-{self.hidden}-10"


def streams(smoke: bool) -> list[Stream]:
    """What is measured: batches of 0.4 MB and of 3.2 MB."""
    if smoke:
        return [Stream(6, 4, 8, 5)]
    return [Stream(784, 512, 128, 400), Stream(784, 4096, 1024, 100)]


class _Trainer:
    def __init__(self, stream: Stream, device: str) -> None:
        self.stream = stream
        rng = np.random.default_rng(0)
        samples = stream.batch * stream.steps
        self.x = rng.normal(size=(samples, stream.features)).astype(np.float32)
        self.y = rng.integers(0, 10, samples).astype(np.int32)
        mark1.utils.set_random_seed(0)
        layers = [mark1.Input((stream.features,)), mark1.layers.Dense(stream.hidden, "relu")]
        self.model = mark1.Sequential([*layers, mark1.layers.Dense(10, "softmax")])
        self.model.compile("adam", "sparse_categorical_crossentropy", device=device)

    def batches(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for begin in range(0, len(self.x), self.stream.batch):
            end = begin + self.stream.batch
            yield self.x[begin:end], self.y[begin:end]

    def resident(self) -> None:
        self._fit(self.x, self.y)

    def from_host(self) -> None:
        with mock.patch.object(devices, "memory", return_value={"free": 0}):
            self._fit(self.x, self.y)

    def generated(self) -> None:
        self.model.fit(self.batches(), verbose=0)

    def _fit(self, x: np.ndarray, y: np.ndarray) -> None:
        self.model.fit(x, y, batch_size=self.stream.batch, shuffle=False, verbose=0)


def measure_stream(stream: Stream, seconds: float, device: str) -> Result:
    """Compares the weights of all ways, then times them; per step."""
    ways = ("resident", "from_host", "generated")
    trainers = [_Trainer(stream, device) for _ in ways]
    calls: dict[str, Callable[[], object]] = {}
    for way, trainer in zip(ways, trainers, strict=True):
        calls[way] = getattr(trainer, way)
        calls[way]()
    if len({mark1.utils.weights_hash(trainer.model) for trainer in trainers}) != 1:
        raise AssertionError("the weights differ from those of data on the device")
    times = measure(calls, seconds)
    own = times["from_host"]
    values = {
        "data on the device": times["resident"].median / own.median,
        "a generator": times["generated"].median / own.median,
    }
    rate = f"{stream.batch * (4 * stream.features + 4) * stream.steps / own.median / 1e9:.1f} GB/s"
    return Result(stream.name, own.median / stream.steps, own.spread, rate, values)
