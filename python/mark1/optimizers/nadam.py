"""Nadam."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from mark1 import _core, ops
from mark1.optimizers.optimizer import Optimizer, Step, registry
from mark1.variable import Variable


@registry.register()
class Nadam(Optimizer):
    """Adam with Nesterov's momentum, which grows during the first steps.

    In step t, with ``c(t) = beta_1 (1 - 0.96**t / 2)`` and their product q so far:
    ``m += (g - m) (1 - beta_1); v += (g**2 - v) (1 - beta_2)``, then ``w -= learning_rate
    (c(t+1) m / (1 - q c(t+1)) + (1 - c(t)) g / (1 - q)) / (sqrt(v / (1 - beta_2**t)) + epsilon)``.

    Args:
        learning_rate: a number of at least 0, or a schedule.
        beta_1: from 0 up to but not 1.
        beta_2: from 0 up to but not 1.
        epsilon: keeps the divisor from 0.
        name: what it is called.
        **options: see `mark1.optimizers.Options`.

    Raises:
        ValueError: an argument is out of range, or unknown.

    Source:
        Dozat, Incorporating Nesterov momentum into Adam, 2015; formulas and defaults as in
        ``keras.optimizers.Nadam``.

    >>> import mark1
    >>> w = mark1.Variable([1.0])
    >>> Nadam(0.5).apply([mark1.ops.convert_to_tensor([2.0])], [w])
    >>> round(float(w.numpy()[0]), 4)
    0.4686
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        name: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, name, **options)
        self.beta_1: float = self._fraction("beta_1", beta_1, below_one=True)
        self.beta_2: float = self._fraction("beta_2", beta_2, below_one=True)
        self.epsilon: float = self._positive("epsilon", epsilon)
        self._product = self._add_variable(ops.full((), 1.0, "float32"), "variable")

    def _slot_groups(self) -> Sequence[Sequence[str]]:
        return (("momentum", "velocity"),)

    def build(self, variables: Iterable[Variable]) -> None:
        """Make the state for variables; those that have theirs keep it."""
        variables = list(variables)
        if not self.built and variables and variables[0].dtype == "float64":
            self._product = self._add_variable(ops.full((), 1.0, "float64"), "variable")
        super().build(variables)

    def state_of(self, variables: Iterable[Variable]) -> list[Variable]:
        """Return number of steps, learning rate and what these variables have, in Keras' order."""
        state = super().state_of(variables)
        return [*state, self._product] if self.built else state

    def _update(self, step: Step) -> None:
        _core.nadam_update(*step, self._product, self.beta_1, self.beta_2, self.epsilon)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this optimizer was made with, and the present learning rate."""
        return {
            **super().get_config(),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
        }
