"""The base class of initializers, and the registry of them."""

from __future__ import annotations

from typing import Any

from mark1 import random
from mark1._core import Tensor
from mark1.utils.registry import Registry


class Initializer:
    """Makes the first value of a weight: ``initializer(shape, dtype)`` returns a Tensor.

    Subclasses define ``__call__`` and, if they have arguments, ``get_config``.

    >>> class Threes(Initializer):
    ...     def __call__(self, shape, dtype=None):
    ...         return ops.full(shape, 3.0, dtype or "float32")
    >>> from mark1 import ops
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


registry: Registry[Initializer] = Registry("initializer", "keras.initializers")


class RandomInitializer(Initializer):
    """An initializer that draws numbers.

    The same object gives the same values each time it is called. One without a seed takes its own
    from the global generator, which `mark1.utils.set_random_seed` sets.
    """

    def __init__(self, seed: int | None = None) -> None:
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int)):
            raise TypeError(
                f"[{type(self).__name__}] seed must be an integer or None, "
                f"got {type(seed).__name__}"
            )
        self._given_seed = seed
        self.seed = random.make_seed() if seed is None else seed

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this initializer was made with."""
        return {"seed": self._given_seed}


def get(identifier: Any) -> Any:
    """Return an initializer, given one, its name, its config, any callable, or None.

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
    if callable(identifier):
        return identifier
    return registry.get(identifier)


def serialize(initializer: Any) -> Any:
    """Describe an initializer for a config.

    >>> serialize(get("zeros"))["class_name"]
    'Zeros'
    """
    if isinstance(initializer, Initializer):
        return registry.serialize(initializer)
    return None if initializer is None else getattr(initializer, "__name__", str(initializer))
