"""Normalisation spelled out in other operations: what gradients of the fused gradients start from.

The fused kernels give values and first gradients. A gradient of a gradient is taken from the same
formula made of recorded operations, so it can be differentiated again, as often as one likes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.broadcast import multiply, subtract
from mark1.ops.piecewise import step
from mark1.ops.reduce import mean as mean_
from mark1.ops.reduce import sum as sum_
from mark1.ops.reshape import reshape
from mark1.tape import Gradients, GradientTape, record


def gradient_of(
    compose: Callable[..., Tensor], operands: Sequence[Tensor | None], g: Tensor
) -> Gradients:
    """The gradients of a function made of recorded operations, which outer tapes record too.

    Args:
        compose: what is differentiated.
        operands: its arguments; None stands for one that is not there.
        g: gradient of its result.

    Returns:
        One gradient per operand.

    Example:
        >>> import mark1
        >>> x = mark1.ops.convert_to_tensor([3.0])
        >>> [float(dx) for dx in gradient_of(mark1.ops.multiply, (x, x), mark1.ops.ones(1))]
        [3.0, 3.0]
    """
    # Views have ids of their own: one tensor may well be given as two operands.
    views = [None if x is None else reshape(x, x.shape) for x in operands]
    given = [x for x in views if x is not None]
    with GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(given)
        out = compose(*views)
    found = iter(tape.gradient(out, given, output_gradients=g))
    return [None if x is None else next(found) for x in views]


def standardized(
    x: Tensor, axes: tuple[int, ...], r: Tensor, limit: float | None, centered: bool, averaged: bool
) -> tuple[Tensor, Tensor]:
    """What x is when brought to a standard size, `h = (x - m) r`, and r as a function of x.

    Args:
        x: Tensor of any shape.
        axes: over which m and r are computed.
        r: the values of r, known from the forward pass, as many as there are groups.
        limit: the largest r there can be; None if there is no such limit.
        centered: whether m is the mean; 0 if not.
        averaged: whether r comes from the mean of squares; from their sum if not.

    Returns:
        h, of x's shape, and r, with ones in place of `axes`.

    Example:
        >>> import mark1
        >>> x = mark1.ops.convert_to_tensor([[1.0, 3.0]])
        >>> h, r = standardized(x, (1,), mark1.ops.ones((1, 1)), None, True, True)
        >>> h.numpy()
        array([[-1.,  1.]], dtype=float32)
    """
    d = subtract(x, mean_(x, axes, keepdims=True)) if centered else x
    reduce = mean_ if averaged else sum_
    v = reduce(multiply(d, d), axes, keepdims=True)
    inverse = inverse_root(v, r, limit)
    return multiply(d, inverse), inverse


def inverse_root(v: Tensor, r: Tensor, limit: float | None = None) -> Tensor:
    """R = 1 / sqrt(v + epsilon), whose values are known, as a function of v.

    Args:
        v: Tensor of any shape.
        r: as many values.
        limit: the largest r there can be; None if there is no such limit.

    Returns:
        The values of r in v's shape.

    Example:
        >>> import mark1
        >>> v = mark1.Variable(4.0)
        >>> with mark1.GradientTape() as tape:
        ...     r = inverse_root(v, mark1.ops.full((), 0.5))
        >>> float(tape.gradient(r, v))
        -0.0625
    """
    inverse = _core.reshape(r, v.shape)
    record(_inverse_root_rule, (v,), inverse, (inverse, limit))
    return inverse


def _inverse_root_rule(dr: Tensor, r: Tensor, limit: float | None) -> tuple[Tensor]:
    # r = 1 / sqrt(v + epsilon), so dr/dv = -r^3 / 2; 0 where r is at its limit.
    slope = multiply(multiply(multiply(r, r), r), -0.5)
    if limit is not None:
        slope = multiply(slope, below(r, limit))
    return (multiply(dr, slope),)


def sum_of_others(x: Tensor, axes: Sequence[int]) -> Tensor:
    """Sums x over all axes but some.

    Args:
        x: Tensor of any shape.
        axes: those that stay.

    Returns:
        A tensor with the dimensions of `axes`.

    Example:
        >>> import mark1
        >>> sum_of_others(mark1.ops.ones((3, 2)), (1,)).numpy()
        array([3., 3.], dtype=float32)
    """
    return sum_(x, [i for i in range(x.ndim) if i not in axes])


def below(r: Tensor, limit: float) -> Tensor:
    """1 where r is below a limit, else 0.

    Example:
        >>> import mark1
        >>> below(mark1.ops.convert_to_tensor([1.0, 2.0]), 2.0).numpy()
        array([1., 0.], dtype=float32)
    """
    return subtract(1.0, step(subtract(r, limit)))
