"""Reductions over axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import _core
from mark1._core import Tensor


def sum_to(x: Tensor, shape: Sequence[int] | None) -> Any:
    """Sums x over the axes along which `shape` would be broadcast to x's shape."""
    if shape is None or x.shape == tuple(shape):
        return None if shape is None else x
    lead = len(x.shape) - len(shape)
    axes = tuple(range(lead)) + tuple(
        i + lead for i, dim in enumerate(shape) if dim == 1 and x.shape[i + lead] != 1
    )
    return _core.convert(x.numpy().sum(axis=axes, keepdims=True).reshape(shape))
