"""In which dtype layers keep their weights, and in which they compute."""

from __future__ import annotations

from typing import Any

# variable_dtype, compute_dtype
_POLICIES = {
    "float32": ("float32", "float32"),
    "float64": ("float64", "float64"),
    "mixed_bfloat16": ("float32", "bfloat16"),
    "mixed_float16": ("float32", "float16"),
}
_HINTS = {
    dtype: f"Weights do not train in {dtype}: 'mixed_{dtype}' keeps them in float32"
    for dtype in ("bfloat16", "float16")
}


class DTypePolicy:
    """The dtypes of a layer: ``variable_dtype`` of its weights, ``compute_dtype`` of its results.

    Floating-point inputs are cast to the dtype in which the layer computes. ``"mixed_bfloat16"``
    multiplies matrices of bfloat16 and computes all else in float32, with results in bfloat16;
    ``"mixed_float16"`` likewise in float16, whose small range asks for a loss scale, which
    `compile` sees to (`mark1.optimizers.LossScaleOptimizer`).

    Args:
        name: ``"float32"``, ``"float64"``, ``"mixed_bfloat16"`` or ``"mixed_float16"``; the global
            one's if None.

    Raises:
        ValueError: there is no such policy.

    Source:
        Keras 3, whose names and files these are.

    >>> DTypePolicy("mixed_bfloat16").compute_dtype
    'bfloat16'
    """

    def __init__(self, name: str | None = None) -> None:
        name = _global.name if name is None else name
        if name not in _POLICIES:
            raise ValueError(f"[DTypePolicy] {_refusal(name)}")
        self._name = name

    @property
    def name(self) -> str:
        """The name of the policy."""
        return self._name

    @property
    def variable_dtype(self) -> str:
        """The dtype of weights."""
        return _POLICIES[self._name][0]

    @property
    def compute_dtype(self) -> str:
        """The dtype of results."""
        return _POLICIES[self._name][1]

    def get_config(self) -> dict[str, str]:
        """Return the arguments this policy was made with."""
        return {"name": self._name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> DTypePolicy:
        """Make a policy from its config."""
        return cls(**config)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DTypePolicy) and other.name == self._name

    def __hash__(self) -> int:
        return hash(self._name)

    def __repr__(self) -> str:
        return f'<DTypePolicy "{self._name}">'


FloatDTypePolicy = DTypePolicy

_global = DTypePolicy("float32")


def dtype_policy() -> DTypePolicy:
    """Return the policy of layers that are made without one.

    >>> dtype_policy()
    <DTypePolicy "float32">
    """
    return _global


def set_dtype_policy(policy: Any) -> None:
    """Set the policy of layers that are made without one from now on.

    Args:
        policy: a DTypePolicy, or the name of one.

    Raises:
        ValueError: there is no such policy.

    >>> set_dtype_policy("mixed_bfloat16")
    >>> from mark1.layers import Dense
    >>> Dense(1)([[1.0]]).dtype
    'bfloat16'
    >>> set_dtype_policy("float32")
    """
    global _global
    _global = get(policy)


def get(identifier: Any, op: str = "DTypePolicy") -> DTypePolicy:
    """Return a policy.

    Args:
        identifier: a DTypePolicy, the name of one, a dtype, a config, or None for the global one.
        op: what an error is about.

    Raises:
        ValueError: there is no such policy.

    >>> get(None)
    <DTypePolicy "float32">
    """
    if identifier is None:
        return _global
    if isinstance(identifier, DTypePolicy):
        return identifier
    name = identifier if isinstance(identifier, str) else None
    if isinstance(identifier, dict):
        config = identifier.get("config")
        name = config.get("name") if isinstance(config, dict) else None
    name = name or getattr(identifier, "name", None) or getattr(identifier, "__name__", None)
    if name in _POLICIES:
        return DTypePolicy(name)
    raise ValueError(f"[{op}] {_refusal(identifier)}")


def _refusal(given: Any) -> str:
    hint = f". {_HINTS[given]}" if isinstance(given, str) and given in _HINTS else ""
    return f"dtype must be one of {tuple(_POLICIES)}, got {given!r}{hint}"


def serialize(policy: DTypePolicy) -> dict[str, Any]:
    """Describe a policy for a file.

    >>> serialize(DTypePolicy("float64"))["config"]
    {'name': 'float64'}
    """
    return {
        "module": "keras",
        "class_name": "DTypePolicy",
        "config": policy.get_config(),
        "registered_name": None,
    }


def deserialize(config: dict[str, Any]) -> DTypePolicy:
    """Make the policy that `serialize` described.

    >>> deserialize(serialize(DTypePolicy("float64")))
    <DTypePolicy "float64">
    """
    return get(config)
