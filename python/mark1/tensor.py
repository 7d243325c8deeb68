"""What Python adds to the extension's Tensor: operators and conversions.

Attached here rather than in the extension so that operators are the public operations, recorded
by tapes, and documented in one place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from mark1 import _core, devices, ops
from mark1.tape import _state, record
from mark1.typing import Array, DTypeLike
from mark1.variable import Variable

_OPERATORS = {
    "add": ops.add,
    "sub": ops.subtract,
    "mul": ops.multiply,
    "truediv": ops.divide,
    "matmul": ops.matmul,
    "floordiv": ops.floor_divide,
    "mod": ops.mod,
    "pow": ops.power,
}
# Python finds the mirrored one by itself. == compares identity, for dictionaries: see `ops.equal`.
_COMPARISONS = {
    "lt": ops.less,
    "le": ops.less_equal,
    "gt": ops.greater,
    "ge": ops.greater_equal,
}


def _numpy(self: _core.Tensor) -> Array:
    if self.dtype == "bfloat16":  # which NumPy does not have
        self = _core.cast(self, "float32")
    try:
        return np.asarray(memoryview(self))
    except BufferError:  # out of the host's reach
        return np.asarray(memoryview(self._to("cpu:0")))


def _to(self: _core.Tensor, device: str) -> _core.Tensor:
    name = devices.require(device)
    if name == self.device:
        return self
    out = self._to(name)
    if _state.stack:
        record(_to_rule, (self,), out, (self.device,))
    return out


def _to_rule(dy: _core.Tensor, device: str) -> tuple[_core.Tensor]:
    return (_to(dy, device),)


def _array(self: _core.Tensor, dtype: DTypeLike | None = None, copy: bool | None = None) -> Array:
    if copy is False and self.device != "cpu:0":
        raise ValueError(f"[Tensor] an array of what lies on {self.device} needs a copy")
    view = _numpy(self)
    if dtype is not None and np.dtype(dtype) != view.dtype:
        if copy is False:
            raise ValueError(f"[Tensor] a view of {self.dtype} as {np.dtype(dtype)} needs a copy")
        return view.astype(dtype)
    return view.copy() if copy and self.device == "cpu:0" else view


def _length(self: Any) -> int:
    if not self.shape:
        raise TypeError("[Tensor] a scalar has no length")
    return int(self.shape[0])


def _iterate(self: Any) -> Iterator[_core.Tensor]:
    return (ops.get_item(self, i) for i in range(_length(self)))


def _truth(self: Any) -> bool:
    if self.size != 1:
        raise ValueError(f"[Tensor] the truth of a tensor of shape {self.shape} is ambiguous")
    return bool(_value(self).item())


def _value(self: Any) -> _core.Tensor:
    return self.value if isinstance(self, _core.Variable) else self


def _repr(self: _core.Tensor) -> str:
    place = "" if self.device == "cpu:0" else f", device={self.device}"
    return f"<Tensor shape={self.shape}, dtype={self.dtype}{place}, value={_numpy(self)!r}>"


def attach() -> None:
    """Gives Tensor and Variable their operators; called once when the package is imported."""
    tensor: Any = _core.Tensor
    classes: tuple[Any, ...] = (tensor, Variable)
    for cls in classes:
        for name, op in _OPERATORS.items():
            setattr(cls, f"__{name}__", op)
            setattr(cls, f"__r{name}__", lambda x, y, op=op: op(y, x))
        for name, op in _COMPARISONS.items():
            setattr(cls, f"__{name}__", op)
        cls.__neg__ = ops.negative
        cls.__abs__ = ops.abs
        cls.__getitem__ = ops.get_item
        # Without it a loop over a tensor would run into the error of the last index.
        cls.__iter__ = _iterate
        cls.__len__ = _length
        cls.__bool__ = _truth
        cls.__float__ = lambda self: float(_value(self).item())
        cls.__int__ = lambda self: int(_value(self).item())
        cls.__hash__ = object.__hash__
        # NumPy must not take over `array + tensor`.
        cls.__array_priority__ = 1000
        cls.__array_ufunc__ = None
    tensor.numpy = _numpy
    tensor.to = _to
    tensor.__array__ = _array
    tensor.__repr__ = _repr
