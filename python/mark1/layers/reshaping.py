"""The same elements in another shape or order: Reshape, Permute, RepeatVector."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.layers.layer import Layer, Shape, registry
from mark1.losses.alignment import shape_text


@registry.register()
class Reshape(Layer):
    """Gives samples another shape, without a copy: (N, ...) becomes (N, *target_shape).

    Args:
        target_shape: shape of one sample; one dimension may be -1 and follows from the others.

    Raises:
        ValueError: the target is no shape; when called: the number of elements differs.

    >>> Reshape((2, -1)).compute_output_shape((None, 6))
    (None, 2, 3)
    """

    def __init__(self, target_shape: Sequence[int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        dims = target_shape if isinstance(target_shape, (tuple, list)) else None
        if (
            dims is None
            or any(not _is_integer(n) or (n < 1 and n != -1) for n in dims)
            or list(dims).count(-1) > 1
        ):
            raise ValueError(
                "[Reshape] target_shape must be a tuple of positive integers, one of which may be "
                f"-1, got {target_shape!r}"
            )
        self.target_shape: tuple[int, ...] = tuple(int(n) for n in dims)

    def check_input(self, shape: tuple[int | None, ...]) -> None:
        """Refuse inputs of another number of elements."""
        if not shape:
            raise ValueError(f'[Reshape "{self.name}"] expected inputs with a batch axis, got ()')
        if None in shape[1:]:
            return
        size = math.prod(n for n in shape[1:] if n is not None)
        known = math.prod(n for n in self.target_shape if n != -1)
        if size % known if -1 in self.target_shape else size != known:
            raise ValueError(
                f'[Reshape "{self.name}"] samples of {size} elements do not fit target_shape '
                f"{self.target_shape} (inputs: {shape_text(shape)})"
            )

    def call(self, x: Tensor) -> Tensor:
        """Return the outputs."""
        return ops.reshape(x, self.compute_output_shape(x.shape))  # type: ignore[arg-type]

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (N, *target_shape)."""
        self.check_input(input_shape)
        if -1 not in self.target_shape:
            return (input_shape[0], *self.target_shape)
        missing = None
        if None not in input_shape[1:]:
            known = math.prod(n for n in self.target_shape if n != -1)
            missing = math.prod(n for n in input_shape[1:] if n is not None) // known
        return (input_shape[0], *(missing if n == -1 else n for n in self.target_shape))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "target_shape": self.target_shape}


@registry.register()
class Permute(Layer):
    """Puts the axes of samples in another order.

    Args:
        dims: axis i of the outputs is axis ``dims[i - 1]`` of the inputs, counted from 1; the batch
            axis stays where it is.

    Raises:
        ValueError: dims are no permutation of 1, 2, ...; when called: inputs have other axes.

    >>> Permute((2, 1)).compute_output_shape((None, 10, 64))
    (None, 64, 10)
    """

    def __init__(self, dims: Sequence[int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        listed = list(dims) if isinstance(dims, (tuple, list)) else []
        if not listed or sorted(listed) != list(range(1, len(listed) + 1)):
            raise ValueError(
                f"[Permute] dims must be a permutation of 1, 2, ..., got {dims!r}. "
                "The batch axis is not counted"
            )
        self.dims: tuple[int, ...] = tuple(listed)

    def check_input(self, shape: tuple[int | None, ...]) -> None:
        """Refuse inputs with too few or too many axes."""
        if len(shape) != len(self.dims) + 1:
            raise ValueError(
                f'[Permute "{self.name}"] expected inputs with {len(self.dims)} axes after the '
                f"batch axis, got {shape_text(shape)}"
            )

    def call(self, x: Tensor) -> Tensor:
        """Return the outputs."""
        return ops.transpose(x, (0, *self.dims))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs with its axes in the new order."""
        self.check_input(input_shape)
        return (input_shape[0], *(input_shape[i] for i in self.dims))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "dims": self.dims}


@registry.register()
class RepeatVector(Layer):
    """Repeats each sample: (N, C) becomes (N, n, C).

    Args:
        n: how many times.

    Raises:
        ValueError: n is no positive integer; when called: inputs are not (N, C).

    >>> RepeatVector(3).compute_output_shape((None, 32))
    (None, 3, 32)
    """

    def __init__(self, n: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not _is_integer(n) or n < 1:
            raise ValueError(f"[RepeatVector] n must be a positive integer, got {n!r}")
        self.n: int = int(n)

    def check_input(self, shape: tuple[int | None, ...]) -> None:
        """Refuse inputs that are not (N, C)."""
        if len(shape) != 2:
            raise ValueError(
                f'[RepeatVector "{self.name}"] expected inputs of shape (batch, features), '
                f"got {shape_text(shape)}"
            )

    def call(self, x: Tensor) -> Tensor:
        """Return the outputs."""
        return ops.repeat(ops.expand_dims(x, 1), self.n, 1)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (N, n, C)."""
        self.check_input(input_shape)
        return (input_shape[0], self.n, input_shape[1])

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this layer was made with."""
        return {**super().get_config(), "n": self.n}


def _is_integer(n: Any) -> bool:
    return isinstance(n, int) and not isinstance(n, bool)
