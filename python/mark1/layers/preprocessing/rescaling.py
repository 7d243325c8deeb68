"""Numbers brought to another range."""

from __future__ import annotations

from typing import Any

import numpy as np

from mark1 import ops
from mark1._core import Tensor
from mark1.layers.layer import Layer, registry


@registry.register()
class Rescaling(Layer):
    """Multiplies by a scale and adds an offset: ``x * scale + offset``.

    Args:
        scale: a number, or one for each channel. Pixels of 0 to 255 become 0 to 1 by ``1 / 255``,
            and -1 to 1 by ``1 / 127.5`` and the offset -1.
        offset: likewise.

    Raises:
        TypeError: scale or offset are neither numbers nor lists of numbers.

    >>> Rescaling(1 / 127.5, offset=-1)([[0, 255]]).numpy()
    array([[-1.,  1.]], dtype=float32)
    """

    supports_masking = True

    def __init__(self, scale: Any, offset: Any = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale: Any = _numbers("scale", scale)
        self.offset: Any = _numbers("offset", offset)

    def call(self, x: Tensor) -> Tensor:
        """Return the outputs."""
        y = ops.multiply(ops.cast(x, self.dtype), self._constant(self.scale))
        y = ops.add(y, self._constant(self.offset)) if np.any(self.offset) else y
        return ops.cast(y, self.compute_dtype)

    def _constant(self, numbers: Any) -> Any:
        return np.asarray(numbers, self.dtype) if isinstance(numbers, list) else numbers

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "scale": self.scale, "offset": self.offset}


def _numbers(name: str, given: Any) -> Any:
    """A number or a list of numbers, also where Keras' files describe an array."""
    if isinstance(given, dict) and given.get("class_name") == "__numpy__":
        given = given["config"]["value"]
    array = np.asarray(given)
    if array.dtype.kind not in "fiu":
        raise TypeError(
            f"[Rescaling] {name} must be a number or a list of numbers, one for each channel, "
            f"got {given!r}"
        )
    return array.astype(float).tolist()
