"""Whole numbers: common divisors and multiples."""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1._core import Tensor

# Fibonacci's numbers take Euclid longest: so many fit into 32 and 64 bits.
_ROUNDS = {"int32": 46, "int64": 92}


def gcd(x1: Any, x2: Any) -> Tensor:
    """The greatest common divisor, by Euclid's algorithm, as many rounds as may be needed.

    Args:
        x1: integers: Tensor, Variable or array, int32 or int64.
        x2: likewise; the shapes broadcast together.

    Returns:
        A tensor of the broadcast shape, in the wider of the two dtypes; never negative.

    Raises:
        TypeError: if the operands are not int32 or int64.
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.gcd([12, 0, -9], [18, 5, 6]).numpy()
        array([6, 5, 3], dtype=int32)
    """
    a, b = _integers("gcd", x1, x2)
    for _ in range(_ROUNDS[a.dtype]):
        # A remainder by zero is 0, so that a pair that is done stays as it is.
        done = _core.equal(b, 0)
        a, b = _core.where(done, a, b), _core.where(done, 0, _core.mod(a, b))
    return a


def lcm(x1: Any, x2: Any) -> Tensor:
    """The least common multiple: |x1 x2| by the greatest common divisor.

    Args:
        x1: integers: Tensor, Variable or array, int32 or int64.
        x2: likewise; the shapes broadcast together.

    Returns:
        A tensor of the broadcast shape, in the wider of the two dtypes; 0 if one of the two is.

    Raises:
        TypeError: if the operands are not int32 or int64.
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.lcm([4, 0], [6, 5]).numpy()
        array([12,  0], dtype=int32)
    """
    a, b = _integers("lcm", x1, x2)
    return _core.multiply(_core.floor_divide(a, gcd(a, b)), b)


def _integers(op: str, x1: Any, x2: Any) -> tuple[Tensor, Tensor]:
    """Both operands' absolute values in one shape and dtype."""
    a, b = _core.convert(x1), _core.convert(x2)
    for x in (a, b):
        if x.dtype not in _ROUNDS:
            raise TypeError(f"[{op}] needs int32 or int64, got {x.dtype}")
    nothing = _core.multiply(_core.multiply(a, 0), _core.multiply(b, 0))
    a, b = _core.add(a, nothing), _core.add(b, nothing)
    return _core.maximum(a, _core.multiply(a, -1)), _core.maximum(b, _core.multiply(b, -1))
