"""Jacobians: the tape is played back once per element of the target, or of a row of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from mark1 import _core
from mark1._core import Tensor

if TYPE_CHECKING:
    from mark1.tape.gradient_tape import GradientTape


def jacobian(tape: GradientTape, target: Any, sources: list[Any]) -> dict[int, Tensor]:
    """By the id of the source, d target / d source of shape target.shape + source.shape."""
    from mark1.ops import reshape

    size = target.size
    seeds = reshape(_unit_rows(size, target.dtype), (size, *target.shape))
    rows = [tape._gradients({target.id: seeds[i]}, sources) for i in range(size)]
    return {
        source.id: reshape(_stacked(rows, source, axis=0), (*target.shape, *source.shape))
        for source in sources
        if any(source.id in row for row in rows)
    }


def batch_jacobian(tape: GradientTape, target: Any, source: Any) -> Tensor | None:
    """D target[i] / d source[i] of shape (n,) + target.shape[1:] + source.shape[1:]."""
    from mark1.ops import broadcast_to, reshape

    if not target.shape or not source.shape or target.shape[0] != source.shape[0]:
        raise ValueError(
            "[GradientTape.batch_jacobian] target and source must have as many rows "
            f"(target: {target.shape}, source: {source.shape})"
        )
    n, inner = target.shape[0], target.shape[1:]
    size = math.prod(inner)
    units = reshape(_unit_rows(size, target.dtype), (size, 1, *inner))
    rows = [
        tape._gradients({target.id: broadcast_to(units[i], (n, *inner))}, [source])
        for i in range(size)
    ]
    if not any(source.id in row for row in rows):
        return None
    return reshape(_stacked(rows, source, axis=1), (*target.shape, *source.shape[1:]))


def _unit_rows(size: int, dtype: str) -> Tensor:
    return _core.convert(np.eye(size, dtype=dtype))


def _stacked(rows: list[dict[int, Tensor]], source: Any, axis: int) -> Tensor:
    from mark1.ops import stack

    zeros = _core.full(source.shape, 0.0, source.dtype)
    return stack([row.get(source.id, zeros) for row in rows], axis)
