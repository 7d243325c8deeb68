"""Pooling layers whose outputs have a given size, whatever that of the inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.layers.layer import Shape, registry
from mark1.layers.pooling import SpatialLayer


class AdaptivePooling(SpatialLayer):
    """Along an axis of size n, window i of m reaches from floor(i n / m) to ceil((i + 1) n / m).

    Args:
        output_size: how many windows there are, one number for all axes or one for each.
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.
    """

    _greatest = False

    def __init__(
        self, output_size: int | Sequence[int], data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data_format, **kwargs)
        sizes: Any = (output_size,) * self.axes if isinstance(output_size, int) else output_size
        if (
            not isinstance(sizes, (tuple, list))
            or len(sizes) != self.axes
            or not all(isinstance(n, int) and not isinstance(n, bool) and n > 0 for n in sizes)
        ):
            raise ValueError(
                f"[{type(self).__name__}] output_size must be a positive integer, or "
                f"{self.axes} of them, got {output_size!r}"
            )
        self.output_size: tuple[int, ...] = tuple(sizes)

    def call(self, x: Tensor) -> Tensor:
        """Return the outputs."""
        pool = ops.adaptive_max_pool if self._greatest else ops.adaptive_average_pool
        return pool(x, self.output_size, self.data_format)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (N, *output_size, C), or (N, C, *output_size)."""
        self.check_input(input_shape)
        shape = self._channels_last(input_shape)
        return self._own_format((shape[0], *self.output_size, shape[-1]))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        own = {"output_size": self.output_size, "data_format": self.data_format}
        return {**super().get_config(), **own}


@registry.register()
class AdaptiveAveragePooling1D(AdaptivePooling):
    """Means over a given number of windows: (N, steps, C) becomes (N, size, C).

    Args:
        output_size: how many windows there are.
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.

    Raises:
        ValueError: an argument is out of range; when called: inputs have other axes.

    >>> AdaptiveAveragePooling1D(2)([[[1.0], [2.0], [6.0]]]).numpy().ravel()
    array([1.5, 4. ], dtype=float32)
    """

    axes = 1


@registry.register()
class AdaptiveAveragePooling2D(AdaptivePooling):
    """Means over a given number of windows: (N, H, W, C) becomes (N, h, w, C).

    Args:
        output_size: how many windows there are, one number for all axes or one for each.
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.

    Raises:
        ValueError: an argument is out of range; when called: inputs have other axes.

    >>> AdaptiveAveragePooling2D((3, 5)).compute_output_shape((None, 28, 28, 8))
    (None, 3, 5, 8)
    """


@registry.register()
class AdaptiveAveragePooling3D(AdaptivePooling):
    """Means over a given number of windows: (N, D, H, W, C) becomes (N, d, h, w, C).

    Args:
        output_size: how many windows there are, one number for all axes or one for each.
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.

    Raises:
        ValueError: an argument is out of range; when called: inputs have other axes.

    >>> AdaptiveAveragePooling3D(2).compute_output_shape((None, 9, 28, 28, 8))
    (None, 2, 2, 2, 8)
    """

    axes = 3


@registry.register()
class AdaptiveMaxPooling1D(AdaptivePooling):
    """Greatest elements of a given number of windows: (N, steps, C) becomes (N, size, C).

    Args:
        output_size: how many windows there are.
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.

    Raises:
        ValueError: an argument is out of range; when called: inputs have other axes.

    >>> AdaptiveMaxPooling1D(2)([[[1.0], [2.0], [6.0]]]).numpy().ravel()
    array([2., 6.], dtype=float32)
    """

    axes = 1
    _greatest = True


@registry.register()
class AdaptiveMaxPooling2D(AdaptivePooling):
    """Greatest elements of a given number of windows: (N, H, W, C) becomes (N, h, w, C).

    Args:
        output_size: how many windows there are, one number for all axes or one for each.
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.

    Raises:
        ValueError: an argument is out of range; when called: inputs have other axes.

    >>> AdaptiveMaxPooling2D((3, 5)).compute_output_shape((None, 28, 28, 8))
    (None, 3, 5, 8)
    """

    _greatest = True


@registry.register()
class AdaptiveMaxPooling3D(AdaptivePooling):
    """Greatest elements of a given number of windows: (N, D, H, W, C) becomes (N, d, h, w, C).

    Args:
        output_size: how many windows there are, one number for all axes or one for each.
        data_format: ``"channels_last"`` (if None) or ``"channels_first"``.

    Raises:
        ValueError: an argument is out of range; when called: inputs have other axes.

    >>> AdaptiveMaxPooling3D(2).compute_output_shape((None, 9, 28, 28, 8))
    (None, 2, 2, 2, 8)
    """

    axes = 3
    _greatest = True
