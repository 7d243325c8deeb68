"""What the cases cannot say about broadcast: sizes beyond the caches, errors."""

from __future__ import annotations

import numpy as np
import pytest

from mark1 import _core, ops


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("isa", _core.available_isas())
def test_outputs_beyond_the_caches(isa, threads):
    _core.set_isa(isa)
    _core.set_num_threads(threads)
    n = (1 << 23) + 1001
    x = np.arange(n, dtype="float32")
    y = np.float32(0.5) * x
    assert (ops.add(x, y).numpy() == x + y).all()
    assert (ops.multiply(x, 3.0).numpy() == x * np.float32(3)).all()


def test_a_row_that_does_not_start_aligned():
    x = np.arange(3 * 3_000_001, dtype="float32").reshape(3, -1)
    y = np.float32([[1], [2], [3]])
    assert (ops.subtract(x, y).numpy() == x - y).all()


def test_shapes_that_do_not_broadcast():
    with pytest.raises(ValueError, match="shapes do not broadcast together") as error:
        ops.add(np.zeros((2, 3), "f"), np.zeros((2, 4), "f"))
    assert str(error.value) == "[add] shapes do not broadcast together (x: (2, 3), y: (2, 4))"
