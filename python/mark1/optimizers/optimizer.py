"""The base class of optimizers."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from mark1 import ops
from mark1._core import Tensor
from mark1.recording import Structural, note
from mark1.utils.naming import snake_case
from mark1.utils.registry import Registry
from mark1.variable import Variable

# What Keras' optimizers also take; a value other than None or False is refused, not ignored.
_UNSUPPORTED = (
    "weight_decay",
    "clipnorm",
    "clipvalue",
    "global_clipnorm",
    "use_ema",
    "ema_overwrite_frequency",
    "loss_scale_factor",
    "gradient_accumulation_steps",
)


class Optimizer(Structural):
    """Changes variables along their gradients, all of them in one kernel launch.

    Learning rate and number of steps are variables: they live in buffers, so that a recorded
    training step finds their present values when it is replayed.

    Args:
        learning_rate: a number of at least 0.
        name: what it is called.

    Raises:
        ValueError: an argument is out of range, or not supported.
    """

    def __init__(self, learning_rate: float, name: str | None = None, **options: Any) -> None:
        options.pop("ema_momentum", None)  # Without use_ema it says nothing.
        kind = type(self).__name__
        for option, value in options.items():
            if option not in _UNSUPPORTED:
                raise ValueError(f"[{kind}] does not know the argument {option!r}")
            if value is not None and value is not False:
                raise ValueError(f"[{kind}] {option} is not supported yet, got {value!r}")
        self.name = name or snake_case(kind)
        self.iterations = self._add_variable(ops.full((), 0, "int64"), "iteration")
        self._learning_rate = self._add_variable(ops.full((), 0.0, "float32"), "learning_rate")
        self.learning_rate = learning_rate
        self.built = False
        self._slots: dict[int, tuple[Variable, ...]] = {}
        self._state: list[Variable] = []

    def _add_variable(self, value: Tensor, name: str) -> Variable:
        variable = Variable(value, trainable=False, name=name)
        variable.path = f"{self.name}/{name}"
        return variable

    @property
    def learning_rate(self) -> Any:
        """The learning rate, a variable; set it to a number at any time."""
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if isinstance(value, bool) or not isinstance(
            value, (int, float, np.number, Variable, Tensor)
        ):
            raise TypeError(
                f"[{type(self).__name__}] learning_rate must be a number, "
                f"got {type(value).__name__}"
            )
        number = float(value)
        if not 0.0 <= number < float("inf"):
            raise ValueError(
                f"[{type(self).__name__}] learning_rate must be a number from 0 up, got {number}"
            )
        self._learning_rate.assign(number)

    @property
    def variables(self) -> list[Variable]:
        """The state: number of steps, learning rate, then what each variable has."""
        return [self.iterations, self._learning_rate, *self._state]

    def state_of(self, variables: Iterable[Variable]) -> list[Variable]:
        """Return number of steps, learning rate and what these variables have, in their order."""
        slots = [slot for v in variables for slot in self._slots.get(v.id, ())]
        return [self.iterations, self._learning_rate, *slots]

    def _slot_names(self) -> Sequence[str]:
        """Return the names of the state that each variable has, each of the variable's shape."""
        return ()

    def build(self, variables: Iterable[Variable]) -> None:
        """Make the state for variables; those that have theirs keep it."""
        for variable in variables:
            if variable.id in self._slots:
                continue
            stem = variable.path.replace("/", "_")
            slots = tuple(
                self._add_variable(ops.full(variable.shape, 0.0, variable.dtype), f"{stem}_{name}")
                for name in self._slot_names()
            )
            self._slots[variable.id] = slots
            self._state.extend(slots)
        self.built = True

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Variable]]) -> Variable:
        """Make one step.

        Args:
            grads_and_vars: pairs, as from ``zip(gradients, variables)``.

        Returns:
            The number of steps made.

        Raises:
            ValueError: no variable has a gradient, or one has another shape than its variable.
        """
        pairs = list(grads_and_vars)
        self.apply([g for g, _ in pairs], [v for _, v in pairs])
        return self.iterations

    def apply(self, grads: Sequence[Any], trainable_variables: Sequence[Variable]) -> None:
        """Make one step.

        Args:
            grads: one gradient per variable; variables whose gradient is None stay as they are.
            trainable_variables: the variables.

        Raises:
            ValueError: no variable has a gradient, or one has another shape than its variable.
        """
        if len(grads) != len(trainable_variables):
            raise ValueError(
                f"[{type(self).__name__}] {len(trainable_variables)} variables need as many "
                f"gradients, got {len(grads)}"
            )
        if any(g is None for g in grads):
            grads, trainable_variables = self._without_none(grads, trainable_variables)
        note(self)
        for variable in trainable_variables:
            if variable.id not in self._slots:
                self.build([variable])
        self._update(grads, trainable_variables)

    def _without_none(
        self, grads: Sequence[Any], variables: Sequence[Variable]
    ) -> tuple[list[Any], list[Variable]]:
        missing = [v.path for g, v in zip(grads, variables, strict=True) if g is None]
        if len(missing) == len(variables):
            raise ValueError(
                f"[{type(self).__name__}] no variable has a gradient ({', '.join(missing)}): "
                "the loss does not depend on them, or it was computed outside the tape"
            )
        warnings.warn(
            f"[{type(self).__name__}] no gradient for {', '.join(missing)}: left as they are",
            stacklevel=4,
        )
        kept = [(g, v) for g, v in zip(grads, variables, strict=True) if g is not None]
        return [g for g, _ in kept], [v for _, v in kept]

    def _update(self, grads: Sequence[Any], variables: Sequence[Variable]) -> None:
        raise NotImplementedError(f"[{type(self).__name__}] an optimizer defines its update")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this optimizer was made with, and the present learning rate."""
        return {
            "name": self.name,
            "learning_rate": float(self._learning_rate),
            "weight_decay": None,
            "clipnorm": None,
            "global_clipnorm": None,
            "clipvalue": None,
            "use_ema": False,
            "ema_momentum": 0.99,
            "ema_overwrite_frequency": None,
            "loss_scale_factor": None,
            "gradient_accumulation_steps": None,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Optimizer:
        """Make an optimizer from its config; its state is new."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} learning_rate={float(self._learning_rate):g}>"


registry: Registry[Optimizer] = Registry("optimizer", "keras.optimizers")


def get(identifier: Any, custom: Mapping[str, Any] | None = None) -> Optimizer:
    """Return an optimizer, given one, its class, its name or its config.

    Raises:
        TypeError: the identifier is none of these.
        ValueError: nothing has that name; the nearest name is suggested.

    >>> get("adam")
    <Adam learning_rate=0.001>
    """
    if isinstance(identifier, Optimizer):
        return identifier
    if isinstance(identifier, str) and identifier not in registry.names():
        identifier = identifier.lower() if identifier.lower() in registry.names() else identifier
    return registry.get(identifier, custom)
