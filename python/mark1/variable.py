"""Variables: named tensors that can be assigned."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mark1 import _core, devices
from mark1._core import Tensor
from mark1.typing import Array, DTypeLike


class Variable(_core.Variable):
    """A tensor that training changes.

    Args:
        initial_value: array-like, or a function of `(shape, dtype)` if `shape` is given.
        shape: the shape to ask an initializer for.
        dtype: dtype of the variable; the value's own if None.
        trainable: whether tapes watch it and optimizers are given it.
        name: what it is called in messages and files.

    Raises:
        ValueError: if an initializer comes without a shape.
        TypeError: if the value cannot be converted.

    Example:
        >>> import mark1
        >>> v = mark1.Variable([1.0, 2.0], name="v")
        >>> v.assign_add([1.0, 1.0]).numpy()
        array([2., 3.], dtype=float32)
    """

    def __init__(
        self,
        initial_value: Any,
        shape: tuple[int, ...] | None = None,
        dtype: DTypeLike | None = None,
        trainable: bool = True,
        name: str | None = None,
    ) -> None:
        if callable(initial_value) and not isinstance(initial_value, (Tensor, _core.Variable)):
            if shape is None:
                raise ValueError(
                    "[Variable] an initializer needs a shape: Variable(init, shape=...)"
                )
            initializer: Callable[..., Any] = initial_value
            initial_value = initializer(shape, dtype=dtype or "float32")
        value = _core.convert(initial_value, dtype)
        if shape is not None and tuple(shape) != value.shape:
            raise ValueError(f"[Variable] value has shape {value.shape}, asked for {tuple(shape)}")
        super().__init__(value)
        self.trainable = trainable
        self.regularizer: Any = None  # of its value, added to the loss of a model
        self.constraint: Any = None  # what optimizers bring its value back to
        self.name: str = name or "variable"
        self.path: str = self.name

    def assign(self, value: Any) -> Variable:
        """Replaces the contents; a tape that saved the old ones keeps them.

        Args:
            value: array-like of the variable's shape; cast to its dtype.

        Returns:
            The variable.

        Raises:
            ValueError: if the shapes differ.

        Example:
            >>> import mark1
            >>> float(mark1.Variable(1.0).assign(2.0))
            2.0
        """
        self._assign(_core.convert(value, self.dtype))
        return self

    def assign_add(self, value: Any) -> Variable:
        """Adds to the contents; see `assign`.

        Example:
            >>> import mark1
            >>> float(mark1.Variable(1.0).assign_add(2.0))
            3.0
        """
        return self.assign(_core.add(self, _core.convert(value, self.dtype)))

    def assign_sub(self, value: Any) -> Variable:
        """Subtracts from the contents; see `assign`.

        Example:
            >>> import mark1
            >>> float(mark1.Variable(1.0).assign_sub(2.0))
            -1.0
        """
        return self.assign(_core.subtract(self, _core.convert(value, self.dtype)))

    def to(self, device: str) -> Variable:
        """Moves the contents to a device, where the variable stays.

        Args:
            device: "cpu", "cpu:0", "cuda" or "cuda:N".

        Returns:
            The variable.

        Raises:
            DeviceError: if the device cannot be used here.

        Example:
            >>> import mark1
            >>> mark1.Variable(1.0).to("cpu").device
            'cpu:0'
        """
        self._to(devices.require(device))
        return self

    def numpy(self) -> Array:
        """A copy of the contents as a NumPy array.

        Example:
            >>> import mark1
            >>> mark1.Variable([1, 2]).numpy()
            array([1, 2], dtype=int32)
        """
        return np.array(self.value.numpy())

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> Array:
        if copy is False:
            raise ValueError("[Variable] a variable's array is always a copy")
        return self.numpy() if dtype is None else self.numpy().astype(dtype, copy=False)

    def __repr__(self) -> str:
        return (
            f"<Variable path={self.path}, shape={self.shape}, dtype={self.dtype}, "
            f"value={self.numpy()!r}>"
        )
