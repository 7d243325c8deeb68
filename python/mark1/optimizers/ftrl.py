"""Ftrl."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import _core
from mark1.optimizers.optimizer import Optimizer, Step, registry


@registry.register()
class Ftrl(Optimizer):
    """Follow the regularized leader: weights stay at 0 unless their gradients insist.

    With ``n = a + g**2``, ``h = g + 2 l2_shrinkage w`` and ``root(n) = n**-learning_rate_power``:
    ``z += h - (root(n) - root(a)) / learning_rate w; w = (clip(z, -l1, l1) - z) / (root(n) /
    learning_rate + 2 l2 + beta / learning_rate); a = n``.

    Args:
        learning_rate: a number above 0.
        learning_rate_power: at most 0; 0 keeps the learning rate as it is.
        initial_accumulator_value: a before the first step; at least 0.
        l1_regularization_strength: at least 0; what keeps weights at 0.
        l2_regularization_strength: at least 0.
        l2_shrinkage_regularization_strength: at least 0; acts on the weights' size only.
        beta: a number added to the root.
        name: what it is called.
        **options: see `mark1.optimizers.Options`.

    Raises:
        ValueError: an argument is out of range, or unknown.

    Source:
        McMahan et al., Ad click prediction: a view from the trenches, 2013; formulas and defaults
        as in ``keras.optimizers.Ftrl``.

    >>> import mark1
    >>> w = mark1.Variable([0.0])
    >>> Ftrl(0.5).apply([mark1.ops.convert_to_tensor([2.0])], [w])
    >>> round(float(w.numpy()[0]), 4)
    -0.4939
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
        name: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, name, **options)
        if not learning_rate_power <= 0:
            raise self._error(f"learning_rate_power must be at most 0, got {learning_rate_power}")
        self.learning_rate_power: float = float(learning_rate_power)
        self.initial_accumulator_value: float = self._positive(
            "initial_accumulator_value", initial_accumulator_value
        )
        self.l1_regularization_strength: float = self._positive(
            "l1_regularization_strength", l1_regularization_strength
        )
        self.l2_regularization_strength: float = self._positive(
            "l2_regularization_strength", l2_regularization_strength
        )
        self.l2_shrinkage_regularization_strength: float = self._positive(
            "l2_shrinkage_regularization_strength", l2_shrinkage_regularization_strength
        )
        self.beta: float = float(beta)

    def _slot_groups(self) -> Sequence[Sequence[str]]:
        return (("accumulator", "linear"),)

    def _initial_value(self, slot: str) -> float:
        return self.initial_accumulator_value if slot == "accumulator" else 0.0

    def _update(self, step: Step) -> None:
        _core.ftrl_update(
            *step,
            self.l1_regularization_strength,
            self.l2_regularization_strength,
            self.l2_shrinkage_regularization_strength,
            self.beta,
            self.learning_rate_power,
        )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this optimizer was made with, and the present learning rate."""
        return {
            **super().get_config(),
            "learning_rate_power": self.learning_rate_power,
            "initial_accumulator_value": self.initial_accumulator_value,
            "l1_regularization_strength": self.l1_regularization_strength,
            "l2_regularization_strength": self.l2_regularization_strength,
            "l2_shrinkage_regularization_strength": self.l2_shrinkage_regularization_strength,
            "beta": self.beta,
        }
