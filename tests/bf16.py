"""bfloat16 in NumPy: values of float64 or float32 rounded to it, in the same dtype."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def rounded(x: Array) -> Array:
    """Nearest values of bfloat16, ties to even; from float64 in one rounding.

    Scaled so that the last of eight bits counts one; below 2^-126 the steps stay as they are.
    """
    with np.errstate(all="ignore"):
        wide = x.astype(np.float64)
        _, exponent = np.frexp(wide)
        step = np.ldexp(1.0, np.maximum(exponent - 8, -133))
        near = np.rint(wide / step) * step
        near = np.where(np.abs(near) >= 2.0**128, np.copysign(np.inf, near), near)
        return np.where(np.isfinite(wide), near, wide).astype(x.dtype)
