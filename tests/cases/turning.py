"""fliplr, flipud, rot90, depth_to_space and space_to_depth: nothing but moved elements."""

from __future__ import annotations

import numpy as np

from tests.cases.base import Array, Case, composed


def _depth_to_space(x: Array, block_size: int, data_format: str = "channels_last") -> Array:
    """By one loop over the places within a block, as TensorFlow numbers them."""
    if data_format == "channels_first":
        y = _depth_to_space(np.moveaxis(x, 1, 3), block_size)
        return np.moveaxis(y, 3, 1)
    n, h, w, c = x.shape
    rest = c // block_size**2
    y = np.zeros((n, h * block_size, w * block_size, rest), x.dtype)
    for i in range(block_size**2):
        row, column = divmod(i, block_size)
        part = x[..., i * rest : (i + 1) * rest]
        y[:, row::block_size, column::block_size] = part
    return y


def _space_to_depth(x: Array, block_size: int, data_format: str = "channels_last") -> Array:
    if data_format == "channels_first":
        y = _space_to_depth(np.moveaxis(x, 1, 3), block_size)
        return np.moveaxis(y, 3, 1)
    places = range(block_size**2)
    parts = [x[:, i // block_size :: block_size, i % block_size :: block_size] for i in places]
    return np.concatenate(parts, axis=-1)


def _blocks(function: str, shape: tuple[int, ...], size: int, data_format: str) -> Case:
    define = _depth_to_space if function == "depth_to_space" else _space_to_depth
    attributes = {"block_size": size, "data_format": data_format}
    return composed("turning", function, define, shape, attributes=attributes)


CASES = [
    composed("turning", "fliplr", np.fliplr, (3, 4)),
    composed("turning", "flipud", np.flipud, (3, 4)),
    *[composed("turning", "rot90", np.rot90, (3, 4), attributes={"k": k}) for k in range(-1, 5)],
    composed("turning", "rot90", np.rot90, (2, 3, 4), attributes={"k": 1, "axes": (2, 0)}),
    composed("turning", "rot90", np.rot90, (2, 3, 4), attributes={"k": 3, "axes": (-1, 1)}),
    _blocks("space_to_depth", (2, 4, 6, 3), 2, "channels_last"),
    _blocks("space_to_depth", (1, 2, 3, 6), 3, "channels_first"),
    _blocks("depth_to_space", (2, 2, 3, 12), 2, "channels_last"),
    _blocks("depth_to_space", (1, 18, 1, 2), 3, "channels_first"),
]
