"""What operations do with formats of 16 bits: products multiply them, others compute in float32.

Whoever calls a public operation with a tensor of bfloat16 or float16 comes here, and nobody else
does. Its operands are widened, which is exact, and its results rounded once; both are casts that
tapes see, so gradients come back in 16 bits. A float32 variable is read in the precision of the
tensors that it meets; a float32 tensor or array makes the result float32, as in Keras, and so do
the two formats together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mark1 import _core
from mark1._core import Tensor
from mark1.ops import narrow_gemm
from mark1.ops.cast import NARROW, cast
from mark1.utils.nest import flatten, map_structure

# Take them as they are, because no element matters to them.
_INDIFFERENT = frozenset(
    {
        "cast",
        "convert_to_tensor",
        "dtype",
        "expand_dims",
        "is_tensor",
        "ndim",
        "ravel",
        "reshape",
        "shape",
        "size",
        "squeeze",
        "stop_gradient",
    }
)


def call(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call an operation with operands of which at least one has 16 bits.

    >>> from mark1 import ops
    >>> ops.add(ops.cast([1.0], "bfloat16"), 2.0)
    <Tensor shape=(1,), dtype=bfloat16, value=array([3.], dtype=float32)>
    """
    name = function.__name__
    if name in _INDIFFERENT:
        return function(*args, **kwargs)
    if name == "dense" and _is_narrow(args[0] if args else kwargs.get("x")):
        # In the precision of x, whatever the weights have.
        return narrow_gemm.dense(*args, **kwargs)
    operands = list(flatten([args, kwargs]))
    dtypes = {x.dtype for x in operands if _is_narrow(x)}
    wide = len(dtypes) > 1 or any(_is_wide(x) for x in operands)
    if name == "matmul" and not wide:
        return narrow_gemm.matmul(*args, **kwargs)
    out = function(*map_structure(_widened, list(args)), **map_structure(_widened, kwargs))
    if wide or kwargs.get("dtype") is not None:
        return out
    (dtype,) = dtypes
    return map_structure(lambda x: narrowed(x, dtype), out)


def narrowed(x: Any, dtype: str) -> Any:
    """Round a tensor of float32 to 16 bits; what it remembers of its logits it keeps.

    >>> narrowed(_core.convert([1.001]), "bfloat16").item()
    1.0
    """
    if not isinstance(x, Tensor) or x.dtype != "float32":
        return x
    out = cast(x, dtype)
    if x.logits is not None:
        out.logits = x.logits
    return out


def _is_wide(x: Any) -> bool:
    if isinstance(x, (Tensor, np.ndarray, np.generic)):
        return str(x.dtype) in ("float32", "float64")
    return isinstance(x, _core.Variable) and x.dtype == "float64"


def _is_narrow(x: Any) -> bool:
    return isinstance(x, (Tensor, _core.Variable)) and x.dtype in NARROW


def _widened(x: Any) -> Any:
    return cast(x, "float32") if _is_narrow(x) else x
