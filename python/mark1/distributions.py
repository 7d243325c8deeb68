"""Random numbers of the gamma, beta and binomial distributions; in `mark1.random`.

Generators usually draw until a number is accepted. Here a program of fixed length is needed, so a
fixed number of proposals is drawn for each, and the first accepted is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import _core, ops
from mark1._core import Tensor
from mark1.random import SeedGenerator, _state, uniform
from mark1.typing import DTypeLike

# At least 95 of 100 proposals are accepted: none of as many is in one of 10^13 draws.
_PROPOSALS = 10
_MOST_TRIALS = 1 << 12


def _shape(shape: int | Sequence[int]) -> tuple[int, ...]:
    return (shape,) if isinstance(shape, int) else tuple(shape)


def gamma(
    shape: int | Sequence[int],
    alpha: Any,
    dtype: DTypeLike = "float32",
    seed: int | SeedGenerator | None = None,
) -> Tensor:
    """Numbers of a gamma distribution of scale 1. They have no gradient.

    With d = alpha - 1/3, c = 1 / sqrt(9 d), v = (1 + c x)^3 for a normal x, d v is accepted where
    ln u < x^2 / 2 + d - d v + d ln v for a uniform u. For alpha below 1 it is the number for
    alpha + 1 times u^(1 / alpha).

    Args:
        shape: the shape of the result.
        alpha: above 0; a number, or a tensor that broadcasts to the shape.
        dtype: "float32" or "float64".
        seed: an integer, a `SeedGenerator`, or None.

    Returns:
        A tensor of `shape`.

    Source:
        Marsaglia and Tsang, A simple method for generating gamma variables, 2000.

    Example:
        >>> import mark1
        >>> x = mark1.random.gamma((10000,), 3.0, seed=1)
        >>> abs(float(mark1.ops.mean(x)) - 3.0) < 0.1
        True
    """
    return _gamma(_shape(shape), alpha, dtype, seed, 0)


def _gamma(
    shape: tuple[int, ...],
    alpha: Any,
    dtype: DTypeLike,
    seed: int | SeedGenerator | None,
    part: int,
) -> Tensor:
    """`part` tells the draws of one call with an integer for its seed apart."""
    if isinstance(alpha, (int, float)) and not alpha > 0:
        raise ValueError(
            f"[random] a gamma or beta distribution's numbers are above 0, got {alpha}"
        )
    first_call = 3 * part
    alpha = ops.broadcast_to(ops.cast(alpha, dtype), shape)
    small = ops.less(alpha, 1.0)
    d = ops.where(small, alpha + 1.0, alpha) - 1.0 / 3.0
    c = 1.0 / ops.sqrt(9.0 * d)
    proposals = (_PROPOSALS, *shape)
    x = _core.random_normal(proposals, _state(seed, first_call), 0.0, 1.0, dtype)
    u = _core.random_uniform(proposals, _state(seed, first_call + 1), 0.0, 1.0, dtype)
    root = 1.0 + c * x
    v = ops.maximum(root * root * root, 1e-30)
    bound = 0.5 * x * x + d - d * v + d * ops.log(v)
    good = ops.logical_and(ops.greater(root, 0.0), ops.less(ops.log(u), bound))
    first = ops.argmax(ops.cast(good, "int32"), axis=0)
    chosen = ops.squeeze(ops.take_along_axis(v, ops.expand_dims(first, 0), axis=0), 0)
    power = _core.random_uniform(shape, _state(seed, first_call + 2), 0.0, 1.0, dtype)
    # u^(1 / alpha), from its logarithm: u itself may be 0.
    shrink = ops.exp(ops.log(1.0 - power) / alpha)
    return ops.where(small, d * chosen * shrink, d * chosen)


def beta(
    shape: int | Sequence[int],
    alpha: Any,
    beta: Any,
    dtype: DTypeLike = "float32",
    seed: int | SeedGenerator | None = None,
) -> Tensor:
    """Numbers of a beta distribution: x / (x + y) for x and y of gamma distributions.

    Where both are too small for the dtype, as for an alpha and beta of about 0.01, one half is
    returned. They have no gradient.

    Args:
        shape: the shape of the result.
        alpha: above 0; a number, or a tensor that broadcasts to the shape.
        beta: likewise.
        dtype: "float32" or "float64".
        seed: an integer, a `SeedGenerator`, or None.

    Returns:
        A tensor of `shape`, from 0 to 1.

    Example:
        >>> import mark1
        >>> x = mark1.random.beta((10000,), 1.0, 3.0, seed=1)
        >>> abs(float(mark1.ops.mean(x)) - 0.25) < 0.02
        True
    """
    x = _gamma(_shape(shape), alpha, dtype, seed, 0)
    y = _gamma(_shape(shape), beta, dtype, seed, 1)
    total = x + y
    empty = ops.equal(total, 0.0)
    return ops.where(empty, 0.5, x / ops.where(empty, 1.0, total))


def binomial(
    shape: int | Sequence[int],
    counts: int,
    probabilities: Any,
    dtype: DTypeLike = "float32",
    seed: int | SeedGenerator | None = None,
) -> Tensor:
    """How many of some trials succeed, each being drawn. They have no gradient.

    Args:
        shape: the shape of the result.
        counts: how many trials there are, up to 4,096.
        probabilities: of success; a number, or a tensor that broadcasts to the shape.
        dtype: of the result.
        seed: an integer, a `SeedGenerator`, or None.

    Returns:
        A tensor of `shape`, from 0 to `counts`.

    Raises:
        ValueError: counts is no such number.

    Example:
        >>> import mark1
        >>> x = mark1.random.binomial((10000,), 10, 0.3, seed=1)
        >>> abs(float(mark1.ops.mean(x)) - 3.0) < 0.1
        True
    """
    if isinstance(counts, bool) or not isinstance(counts, int) or not 0 <= counts <= _MOST_TRIALS:
        raise ValueError(
            f"[binomial] counts must be a whole number from 0 to {_MOST_TRIALS}, got {counts!r}"
        )
    shape = _shape(shape)
    drawn = uniform((counts, *shape), dtype="float32", seed=seed)
    wins = ops.less(drawn, ops.cast(probabilities, "float32"))
    return ops.cast(ops.sum(ops.cast(wins, "int32"), axis=0), dtype)
