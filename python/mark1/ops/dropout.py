"""Dropout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import _core, random
from mark1._core import Tensor
from mark1.tape import _state, record


def dropout(
    x: Any,
    rate: float,
    seed: int | random.SeedGenerator | None = None,
    noise_shape: Sequence[int | None] | None = None,
) -> Tensor:
    """Sets elements to 0 at random and divides the others by the share that is left.

    `y = x / (1 - rate)` with probability `1 - rate`, else 0. The gradient draws the same elements
    again instead of keeping a mask.

    Args:
        x: Tensor, Variable or array, any shape.
        rate: the share set to 0, from 0 up to but not 1.
        seed: an integer (the same elements each time), a `SeedGenerator`, or None.
        noise_shape: where it has a 1, the elements along that axis share their fate; None in it, or
            instead of it, stands for x's axis.

    Returns:
        A floating-point tensor of x's shape; x itself if the rate is 0.

    Raises:
        ValueError: if the rate is out of range, or noise_shape does not broadcast to x's shape.

    Source:
        Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting, 2014.

    Example:
        >>> import mark1
        >>> mark1.ops.dropout([1.0, 2.0, 3.0, 4.0], 0.5, seed=3).numpy()
        array([0., 4., 6., 0.], dtype=float32)
    """
    if rate == 0:
        from mark1.ops.cast import convert_to_tensor

        return convert_to_tensor(x)
    if noise_shape is not None:
        return _shared_dropout(x, rate, seed, noise_shape)
    return _dropout(x, random._state(seed), rate)


def _shared_dropout(x: Any, rate: float, seed: Any, noise_shape: Sequence[int | None]) -> Tensor:
    from mark1.ops.broadcast import multiply
    from mark1.ops.cast import convert_to_tensor
    from mark1.ops.fill import ones

    x = convert_to_tensor(x)
    shape = noise_shape_for(x, noise_shape, "dropout")
    dtype = x.dtype if "float" in x.dtype else "float32"
    return multiply(x, _dropout(ones(shape, dtype), random._state(seed), rate))


def noise_shape_for(
    x: Tensor, noise_shape: Sequence[int | None] | None, op: str
) -> tuple[int, ...]:
    """Return the shape of what is drawn for a tensor."""
    if noise_shape is None:
        return x.shape
    shape = tuple(noise_shape)
    if len(shape) != x.ndim or any(
        n not in (None, 1, m) for n, m in zip(shape, x.shape, strict=True)
    ):
        raise ValueError(
            f"[{op}] noise_shape must have 1, None or x's size for every axis, got {shape} "
            f"(x: {x.shape})"
        )
    return tuple(m if n is None else n for n, m in zip(shape, x.shape, strict=True))


def _dropout(x: Any, state: Tensor, rate: float) -> Tensor:
    out = _core.dropout(x, state, rate)
    if _state.stack:
        record(_dropout_rule, (x,), out, (state, rate))
    return out


def _dropout_rule(dy: Tensor, state: Tensor, rate: float) -> tuple[Tensor]:
    return (_dropout(dy, state, rate),)
