"""What lies at any places of an array."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

import mark1
from tests.cases.affine_transform import _fixed
from tests.cases.base import Array, Case, composed

# Places far outside, on both sides, and within; none halfway between elements.
PLACES = np.random.default_rng(5).uniform(-11, 14, (2, 6, 7)).round(2) + 0.003


def _define(
    x: Array, order: int, fill_mode: str, fill_value: float = 0.0, magnitude: bool = False
) -> Array:
    y = np.zeros(PLACES.shape[1:])
    for at in np.ndindex(*y.shape):
        place = PLACES[(slice(None), *at)].astype(np.float32).astype(np.float64)
        low = np.floor(place) if order else np.rint(place)
        for corner in itertools.product((0, 1), repeat=2) if order else [(0, 0)]:
            weight = 1.0
            index = []
            for axis, side in enumerate(corner):
                share = place[axis] - low[axis]
                weight *= (share if side else 1 - share) if order else 1.0
                index.append(_fixed(fill_mode, int(low[axis]) + side, x.shape[axis]))
            value = x[tuple(index)] if min(index) >= 0 else fill_value
            y[at] += weight * (abs(value) if magnitude else value)
    return y


def _case(order: int, fill_mode: str, shape: tuple[int, ...] = (4, 5), **more: Any) -> Case:
    places = PLACES.astype(np.float32)
    return composed(
        "coordinates",
        "map_coordinates",
        _define,
        shape,
        ranges=("normal",),
        attributes={"order": order, "fill_mode": fill_mode, **more},
        call=lambda x, **a: mark1.ops.image.map_coordinates(x, places, **a),
        scale=lambda x, **a: _define(x, **a, magnitude=True),
        ulps=8,
    )


CASES = [
    _case(1, "constant", fill_value=0.5),
    _case(0, "constant"),
    *(_case(1, mode) for mode in ("nearest", "wrap", "mirror", "reflect")),
    _case(0, "reflect", (1, 3)),
    _case(1, "mirror", (1, 3)),
]
