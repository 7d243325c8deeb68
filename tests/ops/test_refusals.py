"""What functions made of others refuse, and what they say then."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from mark1 import ops

M = np.zeros((3, 4), "float32")

REFUSALS: list[tuple[type[Exception], str, Callable[[], Any]]] = [
    (TypeError, "[arange] start, stop and step must be numbers", lambda: ops.arange(ops.ones(()))),
    (ValueError, "[arange] step must not be 0 (start: 0, stop: 3)", lambda: ops.arange(0, 3, 0)),
    (ValueError, "[diag] needs one or two axes (x: (1, 3, 4))", lambda: ops.diag(M[None])),
    (ValueError, "[diagonal] needs two axes or more (x: (4,))", lambda: ops.diagonal(M[0])),
    (ValueError, "[diagonal] axis (1, -1) names a dimension twice",
     lambda: ops.diagonal(M, axis1=1, axis2=-1)),
    (ValueError, "[linspace] num must not be negative, got -1", lambda: ops.linspace(0, 1, -1)),
    (ValueError, "[meshgrid] indexing must be 'xy' or 'ij', got 'yx'",
     lambda: ops.meshgrid(M[0], indexing="yx")),
    (ValueError, "[tril] needs two axes or more (x: (4,))", lambda: ops.tril(M[0])),
    (ValueError, "[triu] needs two axes or more (x: (4,))", lambda: ops.triu(M[0])),
    (ValueError, "[vander] needs one axis (x: (3, 4))", lambda: ops.vander(M)),
]  # fmt: skip


@pytest.mark.parametrize(("error", "text", "call"), REFUSALS, ids=[r[1] for r in REFUSALS])
def test_refusal(error: type[Exception], text: str, call: Callable[[], Any]) -> None:
    with pytest.raises(error, match=re.escape(text)):
        call()
