"""The emulated device, as tests steer it."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

EMULATED = os.environ.get("MARK1_CUDA_EMULATION", "") not in ("", "0")
only_emulated = pytest.mark.skipif(not EMULATED, reason="only the emulated device can do this")

MEMORY = 1 << 30  # of the emulated device, in bytes

#: When queued work and copies are done: whatever marks allow is right.
LATE, WORK_FIRST, COPIES_FIRST, ANY_ORDER = range(4)
SCHEDULES = {
    "late": (LATE, 0),
    "work first": (WORK_FIRST, 0),
    "copies first": (COPIES_FIRST, 0),
    **{f"any order {seed}": (ANY_ORDER, seed) for seed in (1, 2, 3)},
}


def emulated() -> Any:
    """The module of the emulated device."""
    return importlib.import_module("mark1._emulated")


def log() -> list[str]:
    """What the emulated device was asked for since the last call."""
    lines: list[str] = emulated().log()
    return lines


@contextmanager
def schedule(name: str) -> Iterator[None]:
    """A block in which the emulated device does its work so."""
    emulated().schedule(*SCHEDULES[name])
    try:
        yield
    finally:
        emulated().schedule(LATE)


@contextmanager
def memory_left(size: int) -> Iterator[None]:
    """A block in which so many bytes of the emulated device's memory are free."""
    from mark1 import devices

    facts = devices.memory("cuda")
    emulated().set_memory(facts["total"] - facts["free"] + size)
    try:
        yield
    finally:
        emulated().set_memory(MEMORY)
