"""The base class of initializers, and the registry of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from mark1 import ops, random
from mark1._core import Tensor
from mark1.utils.registry import Registry


class Initializer:
    """Makes the first value of a weight: ``initializer(shape, dtype)`` returns a Tensor.

    Subclasses define ``__call__`` and, if they have arguments, ``get_config``.

    >>> class Threes(Initializer):
    ...     def __call__(self, shape, dtype=None):
    ...         return ops.full(shape, 3.0, dtype or "float32")
    >>> Threes()((2,)).numpy()
    array([3., 3.], dtype=float32)
    """

    def __call__(self, shape: tuple[int, ...], dtype: str | None = None) -> Tensor:
        """Return the values."""
        raise NotImplementedError(f"[{type(self).__name__}] an initializer defines __call__")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this initializer was made with."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Initializer:
        """Make an initializer from its config."""
        return cls(**config)


Seed = int | random.SeedGenerator | None
registry: Registry[Initializer] = Registry("initializer", "keras.initializers")


class RandomInitializer(Initializer):
    """An initializer that draws numbers.

    The same object gives the same values each time it is called, unless its seed is a generator.
    One without a seed takes its own from the global generator, which `mark1.utils.set_random_seed`
    sets.
    """

    def __init__(self, seed: Seed = None) -> None:
        if isinstance(seed, bool) or not isinstance(seed, (int, random.SeedGenerator, type(None))):
            raise TypeError(
                f"[{type(self).__name__}] seed must be an integer, a SeedGenerator or None, "
                f"got {type(seed).__name__}"
            )
        self._given_seed = seed
        self.seed: int | random.SeedGenerator = random.make_seed() if seed is None else seed

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this initializer was made with; of a generator its seed."""
        given = self._given_seed
        return {"seed": given.seed if isinstance(given, random.SeedGenerator) else given}


def get(identifier: Any) -> Any:
    """Return an initializer, given one, its name, its config, any callable, values, or None.

    Values, a tensor or an array, are for weights of their shape only.

    Raises:
        TypeError: the identifier is none of these.
        ValueError: nothing has that name; the nearest name is suggested.

    >>> type(get("he_normal")).__name__
    'HeNormal'
    """
    if identifier is None or isinstance(identifier, Initializer):
        return identifier
    if isinstance(identifier, (str, dict, type)):
        return registry.get(identifier)
    if isinstance(identifier, (Tensor, np.ndarray)):
        return _Values(identifier)
    if callable(identifier):
        return identifier
    return registry.get(identifier)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Make the initializer that `serialize` described.

    >>> type(deserialize(serialize(get("ones")))).__name__
    'Ones'
    """
    if isinstance(config, str) or config is None:
        return get(config)
    return registry.deserialize(config, custom_objects)


class _Values(Initializer):
    """Values that are given."""

    def __init__(self, values: Any) -> None:
        self._values = ops.convert_to_tensor(values)

    def __call__(self, shape: tuple[int, ...], dtype: str | None = None) -> Tensor:
        """Return the values."""
        if tuple(shape) != self._values.shape:
            raise ValueError(
                f"[initializer] values of shape {self._values.shape} are given for a weight of "
                f"shape {tuple(shape)}"
            )
        return ops.cast(self._values, dtype or "float32")

    def get_config(self) -> dict[str, Any]:
        """Refuse: values are no description."""
        raise ValueError("[initializer] given values have no config: use Constant(values)")


def serialize(initializer: Any) -> Any:
    """Describe an initializer for a config.

    >>> serialize(get("zeros"))["class_name"]
    'Zeros'
    """
    if isinstance(initializer, Initializer):
        return registry.serialize(initializer)
    return None if initializer is None else getattr(initializer, "__name__", str(initializer))
