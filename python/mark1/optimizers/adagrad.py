"""Adagrad."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import _core
from mark1.optimizers.optimizer import Optimizer, Step, registry


@registry.register()
class Adagrad(Optimizer):
    """Steps scaled by all gradients so far.

    ``a += g**2; w -= learning_rate g / sqrt(a + epsilon)``.

    Args:
        learning_rate: a number of at least 0, or a schedule.
        initial_accumulator_value: a before the first step; at least 0.
        epsilon: keeps the divisor from 0.
        name: what it is called.
        **options: see `mark1.optimizers.Options`.

    Raises:
        ValueError: an argument is out of range, or unknown.

    Source:
        Duchi, Hazan and Singer, Adaptive subgradient methods for online learning and stochastic
        optimization, 2011; formulas and defaults as in ``keras.optimizers.Adagrad``.

    >>> import mark1
    >>> w = mark1.Variable([1.0])
    >>> Adagrad(0.5, initial_accumulator_value=0.0).apply([mark1.ops.convert_to_tensor([2.0])], [w])
    >>> round(float(w.numpy()[0]), 4)
    0.5
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        name: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, name, **options)
        self.initial_accumulator_value: float = self._positive(
            "initial_accumulator_value", initial_accumulator_value
        )
        self.epsilon: float = self._positive("epsilon", epsilon)

    def _slot_groups(self) -> Sequence[Sequence[str]]:
        return (("accumulator",),)

    def _initial_value(self, slot: str) -> float:
        return self.initial_accumulator_value if slot == "accumulator" else 0.0

    def _update(self, step: Step) -> None:
        _core.adagrad_update(*step, self.epsilon)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this optimizer was made with, and the present learning rate."""
        return {
            **super().get_config(),
            "initial_accumulator_value": self.initial_accumulator_value,
            "epsilon": self.epsilon,
        }
