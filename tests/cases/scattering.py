"""scatter, scatter_update, slice_update and extract_sequences, with indices that occur twice."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.cases.base import Array, Case, Input, composed

_PLACES = np.array([[0, 1], [2, 0], [0, 1], [1, 2], [0, 1]], dtype=np.int32)
_ROWS = np.array([[[2], [0]], [[1], [2]]], dtype=np.int64)
_COMBINE = {"add": np.add, "mul": np.multiply, "max": np.maximum, "min": np.minimum}


def _scatter(values: Array, indices: Array, shape: tuple[int, ...]) -> Array:
    out = np.zeros(shape)
    np.add.at(out, tuple(np.moveaxis(indices, -1, 0)), values)
    return out


def _update(x: Array, updates: Array, indices: Array, reduction: str | None) -> Array:
    out = x.copy()
    for at in np.ndindex(indices.shape[:-1]):
        i = tuple(indices[at])
        out[i] = updates[at] if reduction is None else _COMBINE[reduction](out[i], updates[at])
    return out


def _scatter_case(indices: Array, values: tuple[int, ...], shape: tuple[int, ...]) -> Case:
    return composed(
        "scattering",
        "scatter",
        lambda values: _scatter(values, indices, shape),
        values,
        ranges=("normal", "ties"),
        name="x".join(map(str, shape)),
        call=lambda values: __import__("mark1").ops.scatter(indices, values, shape),
        length=len(indices),
        scale=lambda values: _scatter(np.abs(values), indices, shape),
    )


def _update_case(
    indices: Array, x: tuple[int, ...], updates: tuple[int, ...], reduction: str | None
) -> Case:
    def call(x: Any, updates: Any) -> Any:
        import mark1

        return mark1.ops.scatter_update(x, indices, updates, reduction)

    return composed(
        "scattering",
        "scatter_update",
        lambda x, updates: _update(x, updates, indices, reduction),
        x,
        updates,
        ranges=("normal", "special") if reduction in (None, "max", "min") else ("normal", "ties"),
        name=str(reduction),
        call=call,
        ulps=2,
        scale=lambda x, updates: np.abs(
            _update(np.abs(x), np.abs(updates), indices, reduction)
            if reduction in ("add", "mul")
            else _update(x, updates, indices, reduction)
        ),
    )


def _slice_update(x: Array, updates: Array, start_indices: tuple[int, ...]) -> Array:
    out = x.copy()
    block = zip(start_indices, updates.shape, strict=True)
    out[tuple(slice(i, i + n) for i, n in block)] = updates
    return out


def _slice_case(x: tuple[int, ...], start: tuple[int, ...], updates: tuple[int, ...]) -> Case:
    return composed(
        "scattering",
        "slice_update",
        lambda x, updates: _slice_update(x, updates, start),
        x,
        updates,
        name="x".join(map(str, start)),
        call=lambda x, updates: __import__("mark1").ops.slice_update(x, start, updates),
    )


def _sequences(x: Array, sequence_length: int, sequence_stride: int) -> Array:
    views = np.lib.stride_tricks.sliding_window_view(x, sequence_length, axis=-1)
    return views[..., ::sequence_stride, :]


CASES = [
    _scatter_case(_PLACES, (5,), (3, 4)),
    _scatter_case(_PLACES, (5, 2), (3, 4, 2)),
    _scatter_case(_ROWS, (2, 2, 3), (3, 3)),
    *[
        _update_case(_PLACES, (3, 4), (5,), reduction)
        for reduction in (None, "add", "mul", "max", "min")
    ],
    _update_case(_ROWS, (4, 3), (2, 2, 3), None),
    _slice_case((4, 5), (1, 2), (2, 3)),
    _slice_case((4,), (0,), (4,)),
    *[
        composed("scattering", "extract_sequences", _sequences, shape,
                 attributes={"sequence_length": length, "sequence_stride": stride}, length=3)
        for shape, length, stride in (((9,), 4, 2), ((2, 3, 7), 3, 1), ((2, 5), 5, 3))
    ],
    composed("scattering", "extract_sequences", _sequences, Input((8,), dtype="int32"),
             attributes={"sequence_length": 2, "sequence_stride": 3}),
]  # fmt: skip
