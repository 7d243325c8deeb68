"""concatenate, stack and roll: tensors side by side, one tensor around its end."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tests.cases.base import Case, Input


def _joined(function: str, shapes: list[tuple[int, ...]], axis: int, name: str = "") -> Case:
    join = {"concatenate": np.concatenate, "stack": np.stack}[function]

    def call(*xs: Any, axis: int) -> Any:
        import mark1

        return getattr(mark1.ops, function)(xs, axis)

    return Case(
        op="concatenate",
        function=function,
        name=f"{name or len(shapes)}-axis{axis}",
        define=lambda *xs, axis: join(xs, axis),
        inputs=tuple(map(Input, shapes)),
        attributes={"axis": axis},
        call=call,
        bytes=8.0 * sum(math.prod(shape) for shape in shapes),
        numpy_call=lambda *xs, axis, out: join(xs, axis, out=out),
        torch_call=lambda *xs: __import__("torch").concatenate(xs, axis),
    )


def _roll(shape: tuple[int, ...], shift: Any, axis: Any) -> Case:
    return Case(
        op="concatenate",
        function="roll",
        name=f"{shift}-axis{axis}".replace(" ", ""),
        define=lambda x, shift, axis: np.roll(x, shift, axis),
        inputs=(Input(shape),),
        attributes={"shift": shift, "axis": axis},
        bytes=8.0 * math.prod(shape),
        numpy_call=lambda x, shift, axis, out: np.copyto(out, np.roll(x, shift, axis)),
    )


CASES = [
    _joined("concatenate", [(3,), (4,)], 0),
    _joined("concatenate", [(2, 3), (5, 3), (1, 3)], 0),
    _joined("concatenate", [(3, 2), (3, 5), (3, 1)], 1),
    _joined("concatenate", [(3, 2), (3, 5)], -1),
    _joined("concatenate", [(2, 3, 5), (2, 1, 5)], 1),
    _joined("concatenate", [(2, 3)], 1, "alone"),
    _joined("concatenate", [(0, 3), (2, 3)], 0, "empty"),
    _joined("concatenate", [(3, 0), (3, 2), (3, 0)], 1, "empty"),
    _joined("concatenate", [(0,), (0,)], 0, "nothing"),
    _joined("concatenate", [(5, 1)] * 3, 1, "columns"),
    _joined("concatenate", [(5, i % 3) for i in range(37)], 1, "many"),
    _joined("concatenate", [(301, 67), (301, 131)], 1),
    _joined("concatenate", [(40_009,), (77,), (1031,)], 0),
    _joined("stack", [(3, 4), (3, 4)], 0),
    _joined("stack", [(3, 4)] * 3, 1),
    _joined("stack", [(3, 4)] * 3, -1),
    _joined("stack", [()] * 5, 0),
    _joined("stack", [(1031,)] * 19, 1),
    _roll((7,), 2, 0),
    _roll((7,), -9, 0),
    _roll((5, 4), 3, None),
    _roll((5, 4), 0, 1),
    _roll((5, 4), (1, -1), (0, 1)),
    _roll((3, 5, 4), 2, 1),
    _roll((0, 4), 1, 0),
    _roll((301, 131), 17, 1),
]

BENCHMARKS = [
    _joined("concatenate", [(4096, 4096), (4096, 4096)], 0),
    _joined("concatenate", [(4096, 4096), (4096, 4096)], 1),
    _joined("concatenate", [(32 * 28 * 28, 64), (32 * 28 * 28, 128)], 1),
    _joined("concatenate", [(128, 64), (128, 64)], 1),
    _roll((4096, 4096), 1, 1),
]
