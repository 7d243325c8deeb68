"""Sizes that overflow, memory that is not there, axes and indices out of range: refused by name."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from mark1 import _core, ops

X = np.zeros((2, 3), "f")
MOST = 1 << 40  # twice: more elements than 64 bits can count


REFUSALS: list[tuple[str, Callable[[], Any]]] = [
    ("[shape] (1099511627776, 2, 1099511627776, 3) has too many elements",
     lambda: ops.tile(X, (MOST, MOST))),
    ("[shape] (2, 4611686018427387904, 3) has too many elements",
     lambda: ops.repeat(X, 1 << 62, 0)),
    ("[shape] (1099511627776, 1099511627776, 3) has too many elements",
     lambda: ops.broadcast_to(X[0], (MOST, MOST, 3))),
    ("[shape] (1099511627776, 1099511627776) has too many elements",
     lambda: ops.reshape(X, (MOST, MOST))),
    ("[shape] (4611686018427387906, 3) has too many elements",
     lambda: ops.pad(X, ((0, 1 << 62), (0, 0)))),
    ("[pad] axis 0 would have more than 2^63 - 1 elements",
     lambda: ops.pad(X, ((1 << 62, 1 << 62), (0, 0)))),
    ("[slice] axis 0 of (2, 3) has no 4611686018427387904 elements from 4611686018427387904",
     lambda: ops.slice(X, (1 << 62, 0), (1 << 62, 1))),
    ("[one_hot] at most 2^31 - 1 classes fit int32, got 1099511627776",
     lambda: ops.one_hot([0], MOST)),
    ("[allocate] out of memory: cannot allocate 4398046511104 bytes",
     lambda: ops.add(np.zeros((1 << 20, 1), "f"), np.zeros((1, 1 << 20), "f"))),
    ("[allocate] out of memory: cannot allocate 1319413953331200 bytes",
     lambda: ops.full((MOST, 300), 0.0)),
    ("[shape] (1152921504606846976, 3) has too many elements",
     lambda: _core.scatter_add(X, np.int32([0, 1]), 1 << 60)),
    ("[gather] index 2 at position 1 is out of range for 2 rows",
     lambda: ops.take(X, [0, 2], 0)),
    ("[gather] index -3 at position 2000 is out of range for 2 rows",
     lambda: ops.take(X, [0] * 2000 + [-3] * 48, 0)),
    ("[take_along_axis] index 3 at position 1 is out of range for 3 elements",
     lambda: ops.take_along_axis(X, np.int32([[0], [3]]), 1)),
    ("[take] axis 5 is out of range for 2 dimensions", lambda: ops.take(X, [0], 5)),
    ("[sort] axis 4 is out of range for 2 dimensions", lambda: ops.sort(X, 4)),
    ("[top_k] k must be from 0 to the size of the last axis, got 4 (x: (2, 3))",
     lambda: ops.top_k(X, 4)),
    ("[softmax] there is no axis 2 in a tensor of 2 axes", lambda: ops.softmax(X, 2)),
    ("[cumprod] axis -3 is out of range for 2 dimensions", lambda: ops.cumprod(X, -3)),
    ("[argmax] axis 2 is out of range for 2 dimensions", lambda: ops.argmax(X, 2)),
    ("[logsumexp] axis 2 is out of range for 2 dimensions", lambda: ops.logsumexp(X, 2)),
    ("[var] axis 0 is named twice (x: (2, 3))", lambda: ops.var(X, (0, 0))),
    ("[any] axis 2 is out of range for 2 dimensions", lambda: ops.any(X, 2)),
    ("[flip] axis 2 is out of range for 2 dimensions", lambda: ops.flip(X, 2)),
    ("[roll] axis 2 is out of range for 2 dimensions", lambda: ops.roll(X, 1, 2)),
    ("[concatenate] axis 2 is out of range for 2 dimensions",
     lambda: ops.concatenate([X, X], 2)),
    ("[stack] axis 4 is out of range for 3 dimensions", lambda: ops.stack([X, X], 4)),
    ("[transpose] axis 2 is out of range for 2 dimensions", lambda: ops.transpose(X, (0, 2))),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "call"), REFUSALS, ids=lambda x: x[:40] if isinstance(x, str) else ""
)
def test_what_cannot_be_is_refused(text: str, call: Callable[[], Any]) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        call()
