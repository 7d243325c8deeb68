"""One value or another, and other units: select, fmax, nan_to_num, heaviside, trunc, deg2rad."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from mark1 import _core
from mark1._core import Tensor
from mark1.ops.binary import maximum, minimum
from mark1.ops.broadcast import multiply
from mark1.ops.cast import cast, convert_to_tensor
from mark1.ops.moments import _as_float
from mark1.ops.rounding import _as_tensor, _floating, abs, ceil, clip, floor
from mark1.ops.where import where


def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Tensor:
    """For each element the first choice whose condition holds.

    Args:
        condlist: Tensors or arrays of bool.
        choicelist: as many Tensors, Variables, arrays or numbers; all shapes broadcast together.
        default: what is taken where no condition holds.

    Returns:
        A tensor of the broadcast shape, in the widest dtype of the choices.

    Raises:
        ValueError: if there is none, or not one choice for each condition.

    Example:
        >>> import mark1
        >>> x = mark1.ops.arange(4)
        >>> mark1.ops.select([x < 1, x > 2], [x - 10, x + 10], 5).numpy()
        array([-10,   5,   5,  13], dtype=int32)
    """
    if not condlist or len(condlist) != len(choicelist):
        raise ValueError(
            f"[select] needs one choice for each condition, got {len(condlist)} conditions and "
            f"{len(choicelist)} choices"
        )
    y: Any = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        y = where(condition, choice, y)
    return convert_to_tensor(y)


def fmax(x1: Any, x2: Any) -> Tensor:
    """The greater of two, element by element; of a number and a NaN the number.

    Args:
        x1: Tensor, Variable, array or number.
        x2: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A tensor of the broadcast shape, in the wider of the two dtypes.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.fmax([1.0, float("nan")], [3.0, 2.0]).numpy()
        array([3., 2.], dtype=float32)
    """
    return where(_missing(x1), x2, where(_missing(x2), x1, maximum(x1, x2)))


def fmin(x1: Any, x2: Any) -> Tensor:
    """The smaller of two, element by element; of a number and a NaN the number.

    Args:
        x1: Tensor, Variable, array or number.
        x2: likewise; the shapes broadcast together as in NumPy.

    Returns:
        A tensor of the broadcast shape, in the wider of the two dtypes.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.fmin([1.0, float("nan")], [3.0, 2.0]).numpy()
        array([1., 2.], dtype=float32)
    """
    return where(_missing(x1), x2, where(_missing(x2), x1, minimum(x1, x2)))


def heaviside(x1: Any, x2: Any) -> Tensor:
    """0 where x1 is negative, 1 where it is positive, x2 where it is 0.

    The gradient of x1 is 0, that of x2 passes where x1 is 0.

    Args:
        x1: Tensor, Variable or array; integers become float32. A NaN remains one.
        x2: Tensor, Variable, array or number; the shapes broadcast together.

    Returns:
        A floating-point tensor of the broadcast shape.

    Raises:
        ValueError: if the shapes do not broadcast together.

    Example:
        >>> import mark1
        >>> mark1.ops.heaviside([-2.0, 0.0, 3.0], 0.5).numpy()
        array([0. , 0.5, 1. ], dtype=float32)
    """
    x1 = _as_float(x1)
    # x1 itself where it is NaN, which also gives it a gradient, of 0.
    steps = where(_core.isnan(x1), x1, where(_core.greater(x1, 0), 1.0, 0.0))
    return where(_core.equal(x1, 0), x2, steps)


def nan_to_num(
    x: Any, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None
) -> Tensor:
    """Numbers for what is none.

    Args:
        x: Tensor, Variable or array of any shape.
        nan: instead of NaN.
        posinf: instead of infinity; the greatest number of the dtype if None.
        neginf: instead of minus infinity; the least one if None.

    Returns:
        A tensor of x's shape and dtype; its gradient is 0 where something was replaced.

    Example:
        >>> import mark1
        >>> mark1.ops.nan_to_num([1.0, float("nan"), float("inf")], posinf=9.0).numpy()
        array([1., 0., 9.], dtype=float32)
    """
    x = _as_tensor(x)
    if not _floating(x):
        return convert_to_tensor(x)
    top = float(np.finfo(x.dtype).max)
    y = where(_core.isnan(x), nan, x)
    y = where(_core.equal(x, math.inf), top if posinf is None else posinf, y)
    return where(_core.equal(x, -math.inf), -top if neginf is None else neginf, y)


def trunc(x: Any) -> Tensor:
    """The nearest whole number towards zero. The gradient is 0.

    Args:
        x: Tensor, Variable or array of any shape.

    Returns:
        A tensor of x's shape and dtype.

    Example:
        >>> import mark1
        >>> mark1.ops.trunc([-1.7, 1.7]).numpy()
        array([-1.,  1.], dtype=float32)
    """
    x = _as_tensor(x)
    if not _floating(x):
        return convert_to_tensor(x)
    return where(_core.less(x, 0), ceil(x), floor(x))


def fabs(x: Any) -> Tensor:
    """The absolute value as a floating-point number.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.fabs([-1, 2]).numpy()
        array([1., 2.], dtype=float32)
    """
    return abs(_as_float(x))


def deg2rad(x: Any) -> Tensor:
    """Angles in radians of angles in degrees: x pi / 180.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.deg2rad([0.0, 180.0]).numpy()
        array([0.       , 3.1415927], dtype=float32)
    """
    return multiply(_as_float(x), math.pi / 180)


def rad2deg(x: Any) -> Tensor:
    """Angles in degrees of angles in radians: x 180 / pi.

    Args:
        x: Tensor, Variable or array of any shape; integers become float32.

    Returns:
        A floating-point tensor of the shape of x.

    Example:
        >>> import mark1
        >>> mark1.ops.rad2deg([0.0, 1.0]).numpy()
        array([ 0.     , 57.29578], dtype=float32)
    """
    return multiply(_as_float(x), 180 / math.pi)


def saturate_cast(x: Any, dtype: str) -> Tensor:
    """The values of x in another dtype, its nearest bound where they are out of its range.

    Args:
        x: Tensor, Variable or array of any shape.
        dtype: "bool", "uint8", "int32", "int64", "float32" or "float64".

    Returns:
        A tensor of x's shape.

    Raises:
        TypeError: if the dtype is unknown.

    Example:
        >>> import mark1
        >>> mark1.ops.saturate_cast([300, -5, 7], "uint8").numpy()
        array([255,   0,   7], dtype=uint8)
    """
    x = _as_tensor(x)
    if dtype in ("uint8", "int32", "int64") and x.dtype in ("uint8", "int32", "int64"):
        # Between integers cast wraps around; from floating point it takes the bound by itself.
        old, new = np.iinfo(x.dtype), np.iinfo(dtype)
        x = clip(x, max(int(old.min), int(new.min)), min(int(old.max), int(new.max)))
    elif dtype == "float32" and x.dtype == "float64":
        top = float(np.finfo(dtype).max)
        x = clip(x, -top, top)
    return cast(x, dtype)


def _missing(x: Any) -> Tensor:
    return _core.isnan(_core.convert(x) if not isinstance(x, (Tensor, _core.Variable)) else x)
