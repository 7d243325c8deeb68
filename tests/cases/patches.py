"""Patches of pictures and volumes."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

import mark1
from tests.cases.base import Array, Case, composed


def _define(x: Array, size: Any, padding: str = "valid", **given: Any) -> Array:
    """One patch after the other, as cut out of the padded inputs."""
    first = given.get("data_format") == "channels_first"
    x = np.moveaxis(x, 1, -1) if first else x
    steps, apart = given.get("strides", size), given.get("dilation_rate", 1)
    reach = [(k - 1) * apart + 1 for k in size]
    if padding == "same":
        short = [
            max((-(-n // s) - 1) * s + r - n, 0)
            for n, s, r in zip(x.shape[1:-1], steps, reach, strict=True)
        ]
        x = np.pad(x, [(0, 0), *((m // 2, m - m // 2) for m in short), (0, 0)])
    counts = [(n - r) // s + 1 for n, r, s in zip(x.shape[1:-1], reach, steps, strict=True)]
    y = np.empty((len(x), *counts, int(np.prod(size)) * x.shape[-1]), x.dtype)
    for place in itertools.product(*map(range, counts)):
        begins = [i * s for i, s in zip(place, steps, strict=True)]
        cut = tuple(slice(b, b + r, apart) for b, r in zip(begins, reach, strict=True))
        y[(slice(None), *place)] = x[(slice(None), *cut)].reshape(len(x), -1)
    return np.moveaxis(y, -1, 1) if first else y


def _case(shape: tuple[int, ...], **given: Any) -> Case:
    function = "extract_patches_3d" if len(shape) == 5 else "extract_patches"
    return composed(
        "patches",
        function,
        _define,
        shape,
        attributes=given,
        call=lambda x, **a: getattr(mark1.ops.image, function)(x, **a),
    )


CASES = [
    _case((2, 5, 7, 3), size=(2, 3)),
    _case((2, 5, 7, 3), size=(2, 3), strides=(1, 2), padding="same"),
    _case((2, 7, 8, 2), size=(3, 2), strides=(2, 1), dilation_rate=2),
    _case((2, 3, 5, 7), size=(2, 2), data_format="channels_first"),
    _case((2, 3, 4, 5, 2), size=(2, 1, 3)),
    _case((2, 2, 3, 4, 5), size=(2, 2, 2), padding="same", data_format="channels_first"),
]
