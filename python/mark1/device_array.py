"""Data that lie on the device of a model: they are looked at, cut and converted there."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from mark1 import _core, ops
from mark1._core import Tensor
from mark1.ops.cast import full_precision
from mark1.typing import Array, DTypeLike

_KINDS = (2, 13)  # DLPack's kCUDA and kCUDAManaged


class DeviceArray:
    """A tensor with what `fit` asks of NumPy's arrays, as far as it needs no copy on the host.

    Only numbers and answers come to the host: `min`, `max`, `is_finite`, `is_whole`. Whoever wants
    all of it says so with ``np.asarray``.

    Args:
        tensor: (n, ...); of 16 bits it is widened to float32.

    >>> x = DeviceArray(ops.ones((3, 1), "float64"))
    >>> x[1:].reshape(2).astype("float32").tensor.numpy()
    array([1., 1.], dtype=float32)
    """

    def __init__(self, tensor: Tensor) -> None:
        # A view: masks and logits that belong to a tensor do not belong to data.
        self.tensor: Tensor = full_precision(_core.reshape(tensor, tensor.shape))
        self.shape: tuple[int, ...] = self.tensor.shape
        self.ndim: int = self.tensor.ndim
        self.size: int = self.tensor.size
        self.dtype: np.dtype[Any] = np.dtype(self.tensor.dtype)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice) -> DeviceArray:
        begin, end, step = rows.indices(len(self))
        if step != 1:
            raise IndexError(f"rows of a DeviceArray lie side by side, got a step of {step}")
        return DeviceArray(self.tensor.rows(begin, max(begin, end)))

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> Array:
        """Copy to the host."""
        found = self.tensor.numpy()
        return found if dtype is None else found.astype(dtype, copy=False)

    def reshape(self, *shape: Any) -> DeviceArray:
        """Return a view of another shape, given as one tuple or as numbers."""
        wanted = shape[0] if isinstance(shape[0], tuple) else shape
        return DeviceArray(_core.reshape(self.tensor, wanted))

    def astype(self, dtype: DTypeLike, copy: bool = False) -> DeviceArray:
        """Convert on the device; of that dtype it is itself, `copy` or not: nobody writes to it."""
        name = np.dtype(dtype).name
        return self if name == self.tensor.dtype else DeviceArray(ops.cast(self.tensor, name))

    def replaced(self, old: int, new: int) -> DeviceArray:
        """Put one number in place of another."""
        x = ops.cast(self.tensor, "int64") if self.dtype.kind in "bu" else self.tensor
        return DeviceArray(ops.where(ops.equal(x, old), new, x))

    @cached_property
    def _extremes(self) -> Array:
        x = ops.cast(self.tensor, "uint8") if self.dtype.kind == "b" else self.tensor
        return ops.stack([ops.min(x), ops.max(x)]).numpy()

    def min(self) -> Any:
        """Return the least element, NaN if there is one."""
        return self._extremes[0]

    def max(self) -> Any:
        """Return the greatest element, NaN if there is one."""
        return self._extremes[1]

    def is_finite(self) -> bool:
        """Return whether no element is NaN or infinite."""
        return bool(ops.all(ops.isfinite(self.tensor)))

    def is_whole(self) -> bool:
        """Return whether all elements are whole numbers."""
        return bool(ops.all(ops.equal(ops.round(self.tensor), self.tensor)))


def is_on_device(data: Any) -> bool:
    """Return whether another library's array lies on a device, where NumPy may not read it.

    >>> is_on_device(np.ones(3)), is_on_device([1.0])
    (False, False)
    """
    if hasattr(data, "__cuda_array_interface__"):
        return True
    try:
        return int(data.__dlpack_device__()[0]) in _KINDS
    except (AttributeError, BufferError, RuntimeError, TypeError, ValueError):
        return False  # what lies on several devices, say, has no place to tell
