"""What is added to the loss so that weights or outputs stay small, or apart."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.recording import Structural
from mark1.utils.registry import Registry


class Regularizer(Structural):
    """A function of a weight, or of a layer's outputs, that is added to the loss.

    Subclasses define ``__call__(x)``, which returns a scalar.

    >>> class Far(Regularizer):
    ...     def __call__(self, x):
    ...         return ops.sum(ops.square(x - 1.0))
    >>> float(Far()(ops.zeros(3)))
    3.0
    """

    def __call__(self, x: Any) -> Tensor:
        """Return what is added to the loss."""
        raise NotImplementedError(f"[{type(self).__name__}] a regularizer defines __call__(x)")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this regularizer was made with."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Regularizer:
        """Make a regularizer from its config."""
        return cls(**config)


registry: Registry[Regularizer] = Registry("regularizer", "keras.regularizers")


def _factor(value: Any, name: str, op: str) -> float:
    value = 0.0 if value is None else value
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < math.inf:
        raise ValueError(f"[{op}] {name} must be a number from 0 up, got {value!r}")
    return float(value)


@registry.register()
class L1L2(Regularizer):
    """``l1 sum(|x|) + l2 sum(x^2)``.

    Args:
        l1: factor of the absolute values.
        l2: factor of the squares.

    Raises:
        ValueError: a factor is negative or not a number.

    >>> round(float(L1L2(0.1, 0.01)(ops.convert_to_tensor([1.0, -2.0]))), 3)
    0.35
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1: float = _factor(l1, "l1", "L1L2")
        self.l2: float = _factor(l2, "l2", "L1L2")

    def __call__(self, x: Any) -> Tensor:
        """Return what is added to the loss."""
        parts = []
        if self.l1:
            parts.append(ops.multiply(ops.sum(ops.abs(x)), self.l1))
        if self.l2:
            parts.append(ops.multiply(ops.sum(ops.square(x)), self.l2))
        if not parts:
            return ops.zeros((), x.dtype)
        return parts[0] if len(parts) == 1 else ops.add(*parts)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this regularizer was made with."""
        return {"l1": self.l1, "l2": self.l2}


@registry.register()
class L1(Regularizer):
    """``l1 sum(|x|)``.

    >>> round(float(L1(0.1)(ops.convert_to_tensor([1.0, -2.0]))), 3)
    0.3
    """

    def __init__(self, l1: float = 0.01) -> None:
        self.l1: float = _factor(0.01 if l1 is None else l1, "l1", "L1")

    def __call__(self, x: Any) -> Tensor:
        """Return what is added to the loss."""
        return ops.multiply(ops.sum(ops.abs(x)), self.l1)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this regularizer was made with."""
        return {"l1": self.l1}


@registry.register()
class L2(Regularizer):
    """``l2 sum(x^2)``.

    >>> round(float(L2(0.1)(ops.convert_to_tensor([1.0, -2.0]))), 3)
    0.5
    """

    def __init__(self, l2: float = 0.01) -> None:
        self.l2: float = _factor(0.01 if l2 is None else l2, "l2", "L2")

    def __call__(self, x: Any) -> Tensor:
        """Return what is added to the loss."""
        return ops.multiply(ops.sum(ops.square(x)), self.l2)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this regularizer was made with."""
        return {"l2": self.l2}


@registry.register()
class OrthogonalRegularizer(Regularizer):
    """The mean of ``|cos|`` between the rows or columns of a matrix, times a factor.

    Args:
        factor: the factor.
        mode: ``"rows"`` or ``"columns"``: what shall be orthogonal.

    Raises:
        ValueError: an unknown mode; when called, not a matrix.

    >>> float(OrthogonalRegularizer()(ops.convert_to_tensor([[1.0, 0.0], [0.0, 3.0]])))
    0.0
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        if mode not in ("rows", "columns"):
            raise ValueError(
                f"[OrthogonalRegularizer] mode must be 'rows' or 'columns', got {mode!r}"
            )
        self.factor: float = _factor(factor, "factor", "OrthogonalRegularizer")
        self.mode = mode

    def __call__(self, x: Any) -> Tensor:
        """Return what is added to the loss."""
        if len(x.shape) != 2:
            raise ValueError(f"[OrthogonalRegularizer] needs a matrix, got shape {x.shape}")
        rows = x if self.mode == "rows" else ops.transpose(x)
        size = rows.shape[0]
        unit = ops.normalize(rows, axis=1)
        products = ops.matmul(unit, ops.transpose(unit))
        others = ops.multiply(products, ops.subtract(1.0, ops.eye(size, dtype=x.dtype)))
        pairs = size * (size - 1.0) / 2.0
        return ops.multiply(ops.sum(ops.abs(others)), self.factor * 0.5 / pairs)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this regularizer was made with."""
        return {"factor": self.factor, "mode": self.mode}


def get(identifier: Any, custom: Mapping[str, Any] | None = None) -> Any:
    """Return a regularizer, given one, a function, a class, a name, a config or None.

    Raises:
        TypeError: the identifier is none of these.
        ValueError: nothing has that name; the nearest name is suggested.

    >>> get("l2").get_config()
    {'l2': 0.01}
    """
    plain = isinstance(identifier, (str, Mapping, type))
    if identifier is None or (callable(identifier) and not plain):
        return identifier
    return registry.get(identifier, custom)


def serialize(regularizer: Any) -> Any:
    """Describe a regularizer for a file; None stays None.

    >>> serialize(L1())["class_name"]
    'L1'
    """
    if regularizer is None:
        return None
    if not isinstance(regularizer, Regularizer):
        return getattr(regularizer, "__name__", type(regularizer).__name__)
    return registry.serialize(regularizer)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Return the regularizer that a config or name describes."""
    return get(config, custom_objects)
