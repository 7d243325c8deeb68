"""Looks for writes outside of outputs, and into inputs.

Blocks of memory come in size classes, so most tensors have a few bytes of slack behind them. A
block of the class is filled with a pattern and given back; the op's output then takes it, and the
slack must still hold the pattern afterwards.
"""

from __future__ import annotations

import ctypes

import numpy as np

from mark1 import _core
from tests.cases.base import Case

PATTERN = 0xA5
GUARD = 64
# A free block starts with the pointer to the next one.
LINK = ctypes.sizeof(ctypes.c_void_p)


def block_bytes(size: int) -> int:
    """Size of the block that the allocator gives for `size` bytes: csrc/core/storage.cpp."""
    if size <= 256:
        return -(-size // 64) * 64
    quarter = 1 << ((size - 1).bit_length() - 3)
    return -(-size // quarter) * quarter


def assert_stays_inside(case: Case, dtype: str) -> None:
    arrays = case.arrays(dtype)
    originals = [a.copy() for a in arrays]
    framed = [_framed(a) for a in arrays]
    tensors = [_core.convert(view, None, False) for _, view in framed]
    sizes = [np.asarray(y).nbytes for y in case.run(*tensors)]
    # Several of each, because the call may allocate for itself first.
    prepared = [
        _core.convert(np.full(block_bytes(n), PATTERN, np.uint8))
        for n in filter(None, sizes)
        for _ in range(8 if n < 1 << 20 else 2)
    ]
    addresses = {t._address(): block_bytes(t.nbytes) for t in prepared}
    del prepared
    outputs = case.run(*tensors)
    for y in outputs:
        size = addresses.get(y._address())
        if size is None or case.composite:
            continue
        begin = max(y.nbytes, LINK)
        slack = (ctypes.c_uint8 * (size - begin)).from_address(y._address() + begin)
        assert all(b == PATTERN for b in slack), f"{case.id} {dtype}: wrote behind its output"
    for (frame, view), original in zip(framed, originals, strict=True):
        assert view.tobytes() == original.tobytes(), f"{case.id} {dtype}: changed an input"
        head, tail = frame[:GUARD], frame[GUARD + view.nbytes :]
        assert (head == PATTERN).all(), f"{case.id} {dtype}: wrote before an input"
        assert (tail == PATTERN).all(), f"{case.id} {dtype}: wrote behind an input"


def _framed(a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    frame = np.full(a.nbytes + 2 * GUARD, PATTERN, np.uint8)
    view = frame[GUARD : GUARD + a.nbytes].view(a.dtype).reshape(a.shape)
    view[...] = a
    return frame, view
