"""split: pieces of a tensor."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.cases.base import Case, Input


def _split(shape: tuple[int, ...], where: Any, axis: int) -> Case:
    return Case(
        op="split",
        function="split",
        name=f"{where}-axis{axis}".replace(" ", ""),
        define=lambda x, indices_or_sections, axis: np.split(x, indices_or_sections, axis),
        inputs=(Input(shape),),
        attributes={"indices_or_sections": where, "axis": axis},
    )


CASES = [
    _split((6, 4), 3, 0),
    _split((6, 4), 2, 1),
    _split((6, 4), 1, -1),
    _split((7, 4), [2, 3], 0),
    _split((7, 4), (1, -1), 1),
    _split((7,), [3, 9], 0),
    _split((7,), [3, 3, 5], 0),
    _split((7,), [4, 2], 0),
    _split((2, 6, 5), 3, 1),
    _split((301, 132), 4, 1),
]
