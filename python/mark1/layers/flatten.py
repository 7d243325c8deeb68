"""From many axes to one."""

from __future__ import annotations

import math
from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.layers import defaults
from mark1.layers.layer import Layer, Shape, registry


@registry.register()
class Flatten(Layer):
    """Makes one axis of all but the batch axis: (N, ...) becomes (N, C), without a copy.

    Args:
        data_format: ``"channels_last"``, or ``"channels_first"``: the second axis then becomes the
            fastest, so that what follows sees pictures of either order alike. If None:
            `mark1.config.image_data_format`.

    Raises:
        ValueError: data_format is neither.

    >>> Flatten()([[[1.0, 2.0], [3.0, 4.0]]]).numpy()
    array([[1., 2., 3., 4.]], dtype=float32)
    """

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format: str = data_format or defaults.image_data_format()
        if self.data_format not in defaults.FORMATS:
            raise ValueError(
                f"[Flatten] data_format must be 'channels_last' or 'channels_first', "
                f"got {data_format!r}"
            )

    def check_input(self, shape: tuple[int | None, ...]) -> None:
        """Refuse scalars."""
        if not shape:
            raise ValueError(f'[Flatten "{self.name}"] expected inputs with a batch axis, got ()')

    def call(self, x: Tensor) -> Tensor:
        """Return the outputs."""
        if x.ndim == 2:
            return x
        if self.data_format == "channels_first" and x.ndim > 2:
            x = ops.moveaxis(x, 1, -1)
        return ops.reshape(x, (x.shape[0], math.prod(x.shape[1:])))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (N, C)."""
        width = 1
        for n in input_shape[1:]:
            if n is None:
                return (input_shape[0], None)
            width *= n
        return (input_shape[0], width)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "data_format": self.data_format}
