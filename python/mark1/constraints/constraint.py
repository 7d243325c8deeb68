"""What weights are brought back to after each step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.recording import Structural
from mark1.utils.registry import Registry

_EPSILON = 1e-7


class Constraint(Structural):
    """A function of a weight that returns the nearest one that is allowed.

    Subclasses define ``__call__(w)``.

    >>> class AtMostOne(Constraint):
    ...     def __call__(self, w):
    ...         return ops.minimum(w, 1.0)
    >>> AtMostOne()(ops.convert_to_tensor([0.5, 2.0])).numpy()
    array([0.5, 1. ], dtype=float32)
    """

    def __call__(self, w: Any) -> Tensor:
        """Return an allowed weight."""
        raise NotImplementedError(f"[{type(self).__name__}] a constraint defines __call__(w)")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this constraint was made with."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Constraint:
        """Make a constraint from its config."""
        return cls(**config)


registry: Registry[Constraint] = Registry("constraint", "keras.constraints")


def _norms(w: Any, axis: Any) -> Tensor:
    axes = tuple(axis) if isinstance(axis, (list, tuple)) else axis
    return ops.sqrt(ops.sum(ops.square(w), axis=axes, keepdims=True))


@registry.register()
class MaxNorm(Constraint):
    """Makes vectors that are too long shorter.

    Args:
        max_value: the greatest length.
        axis: the axis or axes along which a vector lies: 0 for the inputs of a unit.

    >>> MaxNorm(1.0)(ops.convert_to_tensor([[3.0], [4.0]])).numpy().round(3)
    array([[0.6],
           [0.8]], dtype=float32)
    """

    def __init__(self, max_value: float = 2, axis: Any = 0) -> None:
        self.max_value = max_value
        self.axis = axis

    def __call__(self, w: Any) -> Tensor:
        """Return an allowed weight."""
        norms = _norms(w, self.axis)
        wanted = ops.clip(norms, 0.0, float(self.max_value))
        return ops.multiply(w, ops.divide(wanted, ops.add(norms, _EPSILON)))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this constraint was made with."""
        return {"max_value": self.max_value, "axis": self.axis}


@registry.register()
class NonNeg(Constraint):
    """Makes negative weights 0.

    >>> NonNeg()(ops.convert_to_tensor([-1.0, 2.0])).numpy()
    array([0., 2.], dtype=float32)
    """

    def __call__(self, w: Any) -> Tensor:
        """Return an allowed weight."""
        return ops.maximum(w, 0.0)


@registry.register()
class UnitNorm(Constraint):
    """Gives vectors the length 1.

    Args:
        axis: the axis or axes along which a vector lies: 0 for the inputs of a unit.

    >>> UnitNorm()(ops.convert_to_tensor([[3.0], [4.0]])).numpy().round(3)
    array([[0.6],
           [0.8]], dtype=float32)
    """

    def __init__(self, axis: Any = 0) -> None:
        self.axis = axis

    def __call__(self, w: Any) -> Tensor:
        """Return an allowed weight."""
        return ops.divide(w, ops.add(_norms(w, self.axis), _EPSILON))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this constraint was made with."""
        return {"axis": self.axis}


@registry.register()
class MinMaxNorm(Constraint):
    """Brings the lengths of vectors into a range, or a part of the way there.

    Args:
        min_value: the smallest length.
        max_value: the greatest length.
        rate: which part of the way, from 0 to 1.
        axis: the axis or axes along which a vector lies: 0 for the inputs of a unit.

    >>> MinMaxNorm(0.0, 1.0)(ops.convert_to_tensor([[3.0], [4.0]])).numpy().round(3)
    array([[0.6],
           [0.8]], dtype=float32)
    """

    def __init__(
        self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: Any = 0
    ) -> None:
        self.min_value = min_value
        self.max_value = max_value
        self.rate = rate
        self.axis = axis

    def __call__(self, w: Any) -> Tensor:
        """Return an allowed weight."""
        norms = _norms(w, self.axis)
        wanted = ops.multiply(
            ops.clip(norms, float(self.min_value), float(self.max_value)), float(self.rate)
        )
        wanted = ops.add(wanted, ops.multiply(norms, 1.0 - self.rate))
        return ops.multiply(w, ops.divide(wanted, ops.add(norms, _EPSILON)))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this constraint was made with."""
        names = ("min_value", "max_value", "rate", "axis")
        return {name: getattr(self, name) for name in names}


def get(identifier: Any, custom: Mapping[str, Any] | None = None) -> Any:
    """Return a constraint, given one, a function, a class, a name, a config or None.

    Raises:
        TypeError: the identifier is none of these.
        ValueError: nothing has that name; the nearest name is suggested.

    >>> get("non_neg").get_config()
    {}
    """
    plain = isinstance(identifier, (str, Mapping, type))
    if identifier is None or (callable(identifier) and not plain):
        return identifier
    return registry.get(identifier, custom)


def serialize(constraint: Any) -> Any:
    """Describe a constraint for a file; None stays None.

    >>> serialize(NonNeg())["class_name"]
    'NonNeg'
    """
    if constraint is None:
        return None
    if not isinstance(constraint, Constraint):
        return getattr(constraint, "__name__", type(constraint).__name__)
    return registry.serialize(constraint)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Return the constraint that a config or name describes."""
    return get(config, custom_objects)
