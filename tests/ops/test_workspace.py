"""What operations take beside operands, results and what gradients need: what the docs state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import mark1
from mark1 import _core, ops

SHAPE = (16, 64, 64, 64)  # 2^24 bytes: blocks of the allocator are of just that size
X_BYTES = 1 << 24
POOLED = X_BYTES // 4
# Of whatever else: small tensors, packed filters, the team's lines.
SLACK = 3 << 20

W = np.ones((3, 3, 64, 64), "float32")
ROW = np.ones(64, "float32")

# function, bytes of its results, bytes that are kept for its gradient
CASES: dict[str, tuple[Callable[[Any], Any], int, int]] = {
    "max_pool": (lambda x: ops.max_pool(x, 2), POOLED, POOLED // 4),
    "average_pool": (lambda x: ops.average_pool(x, 2), POOLED, 0),
    "layer_normalization": (
        lambda x: ops.layer_normalization(x, ROW, ROW),
        X_BYTES,
        X_BYTES // 32,
    ),
    "group_normalization": (lambda x: ops.group_normalization(x, 4), X_BYTES, 0),
    "softmax": (ops.softmax, X_BYTES, 0),
    "mean": (lambda x: ops.mean(x, 0), X_BYTES // 16, 0),
    "conv": (lambda x: ops.conv(x, W, padding="same"), X_BYTES, 0),
}


def blocks() -> int:
    stats = _core.allocator_stats()
    return int(stats["bytes_in_use"] + stats["bytes_cached"])


@pytest.mark.parametrize("name", CASES)
def test_memory_is_bounded(name):
    function, result, kept = CASES[name]
    x = _core.convert(np.ones(SHAPE, "float32"))
    _core.release_cached_memory()
    before = blocks()
    y = function(x)
    # Blocks that were freed are kept, so nothing that was ever needed is missing here.
    assert result <= blocks() - before <= result + kept + SLACK
    del y
    _core.release_cached_memory()
    before = blocks()
    with mark1.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    dy = ops.ones_like(y)
    assert tape.gradient(y, x, output_gradients=dy).shape == x.shape
    assert blocks() - before <= 2 * result + kept + X_BYTES + SLACK  # y, dy and dx
