"""Sources of batches for tests, and what to ask of the batches."""

from __future__ import annotations

import threading

import numpy as np

from mark1.models.streams import StreamData


def as_they_are(x, y, sample_weight):
    return x, y, sample_weight


def stream(source, steps=None, prepare=as_they_are, op="fit"):
    return StreamData(source, steps, "float32", prepare, op)


def item(number, rows=2):
    return np.full((rows, 3), number), np.full(rows, number, np.int64)


def numbers(batches):
    """Which items these batches were."""
    return [int(batch.x.numpy()[0, 0]) for batch in batches]


def loader_threads():
    return [t for t in threading.enumerate() if t.name == "mark1 loader"]


class Numbered:
    """Has what a PyDataset has, without being one."""

    def __init__(self, length):
        self.length, self.ends, self.threads = length, 0, set()

    def __len__(self):
        return self.length

    def __getitem__(self, index):
        self.threads.add(threading.get_ident())
        if not 0 <= index < self.length:
            raise IndexError(index)
        return item(index)

    def on_epoch_end(self):
        self.threads.add(threading.get_ident())
        self.ends += 1


class Iterable:
    def __init__(self, length):
        self.length, self.begun = length, 0

    def __iter__(self):
        self.begun += 1
        return (item(i) for i in range(self.length))


def endless():
    number = 0
    while True:
        yield item(number)
        number += 1
