"""The few functions of `keras.backend` that programs still call."""

from __future__ import annotations

from typing import Any

import numpy as np

from mark1 import _core
from mark1.config import backend as backend
from mark1.config import epsilon as epsilon
from mark1.config import floatx as floatx
from mark1.config import image_data_format as image_data_format
from mark1.config import set_floatx as set_floatx
from mark1.config import set_image_data_format as set_image_data_format
from mark1.ops.cast import NARROW
from mark1.utils.naming import clear_session as clear_session
from mark1.utils.naming import unique_name

_DTYPES = ("bool", "uint8", "int32", "int64", "float32", "float64", *NARROW)


def standardize_dtype(dtype: Any) -> str:
    """Return the name of a dtype; that of new weights if None.

    Raises:
        ValueError: there is no such dtype here.

    >>> import numpy as np
    >>> standardize_dtype(np.float32), standardize_dtype(None), standardize_dtype("int")
    ('float32', 'float32', 'int32')
    """
    if dtype is None:
        return floatx()
    if dtype is int or (isinstance(dtype, str) and dtype == "int"):
        return "int32"
    if dtype is float or (isinstance(dtype, str) and dtype == "float"):
        return floatx()
    name = dtype if isinstance(dtype, str) else getattr(dtype, "name", None)
    name = name or getattr(dtype, "__name__", None) or str(dtype).rpartition(".")[2]
    if name not in _DTYPES:
        raise ValueError(f"[standardize_dtype] must be one of {_DTYPES}, got {dtype!r}")
    return str(name)


def is_float_dtype(dtype: Any) -> bool:
    """Return whether a dtype is one of floating-point numbers.

    >>> is_float_dtype("float64"), is_float_dtype("int32")
    (True, False)
    """
    return "float" in standardize_dtype(dtype)


def is_int_dtype(dtype: Any) -> bool:
    """Return whether a dtype is one of integers.

    >>> is_int_dtype("uint8"), is_int_dtype("bool")
    (True, False)
    """
    return "int" in standardize_dtype(dtype)


def result_type(*dtypes: Any) -> str:
    """Return the dtype of the sum of tensors of these dtypes.

    >>> result_type("int32", "float32"), result_type("uint8", "int64")
    ('float32', 'int64')
    """
    names = [standardize_dtype(d) for d in dtypes] or [floatx()]
    total: Any = _core.convert(np.zeros((), "float32" if names[0] in NARROW else names[0]))
    for name in names[1:]:
        kind = "float32" if name in NARROW else name
        total = _core.add(_integer(total), _integer(_core.convert(np.zeros((), kind))))
    floats = [name for name in names if "float" in name]
    if len(set(floats)) == 1 and floats[0] in NARROW:
        return floats[0]
    return str(total.dtype) if len(names) > 1 and set(names) != {"bool"} else names[0]


def _integer(x: Any) -> Any:
    return _core.cast(x, "uint8") if x.dtype == "bool" else x


def is_keras_tensor(x: Any) -> bool:
    """Return whether something is a symbolic tensor, as `Input` returns it.

    >>> import mark1
    >>> is_keras_tensor(mark1.Input((3,))), is_keras_tensor([1.0])
    (True, False)
    """
    from mark1.layers.symbolic import SymbolicTensor

    return isinstance(x, SymbolicTensor)


def get_uid(prefix: str = "") -> int:
    """Return how many names with that prefix there are, with this one.

    >>> clear_session()
    >>> get_uid("layer"), get_uid("layer")
    (1, 2)
    """
    name = unique_name(prefix)
    return 1 if name == prefix else int(name[len(prefix) + 1 :]) + 1
