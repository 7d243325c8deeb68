"""Schedule-free AdamW."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.optimizers.optimizer import Optimizer, Step, registry
from mark1.variable import Variable


@registry.register()
class ScheduleFreeAdamW(Optimizer):
    """Adam whose weights are an average of their path, so that the rate need not fall.

    Steps are made by z, ``z -= a g / (sqrt(v / (1 - beta_2**t)) + epsilon)`` with
    ``v += (g**2 - v) (1 - beta_2)``; x is the mean of all z so far, and the weight in training is
    ``w = (1 - beta_1) z + beta_1 x``. The rate a grows to `learning_rate` in the first steps.

    Args:
        learning_rate: a number of at least 0, or a schedule.
        beta_1: above 0 and below 1; how close training stays to the mean.
        beta_2: from 0 up to but not 1.
        epsilon: keeps the divisor from 0.
        warmup_steps: in how many steps the rate grows.
        name: what it is called.
        **options: see `mark1.optimizers.Options`.

    Raises:
        ValueError: an argument is out of range, or unknown.

    Source:
        Defazio et al., The road less scheduled, 2024; formulas and defaults as in
        ``keras.optimizers.ScheduleFreeAdamW``.

    >>> import mark1
    >>> w = mark1.Variable([1.0])
    >>> ScheduleFreeAdamW(0.5).apply([mark1.ops.convert_to_tensor([2.0])], [w])
    >>> round(float(w.numpy()[0]), 4)
    0.5
    """

    def __init__(
        self,
        learning_rate: Any = 0.0025,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        warmup_steps: int = 0,
        name: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, name, **options)
        self.beta_1: float = self._fraction("beta_1", beta_1, below_one=True)
        if self.beta_1 == 0.0:
            raise self._error("beta_1 must be above 0, got 0.0")
        self.beta_2: float = self._fraction("beta_2", beta_2, below_one=True)
        self.epsilon: float = self._positive("epsilon", epsilon)
        self.warmup_steps: int = self._count("warmup_steps", warmup_steps, 0) or 0

    def _slot_groups(self) -> Sequence[Sequence[str]]:
        return (("momentum", "velocity"),)

    def _initial_state(self, slot: str, variable: Variable) -> Tensor:
        if slot == "momentum":  # z begins where the weight is
            return variable.value
        return super()._initial_state(slot, variable)

    def _update(self, step: Step) -> None:
        _core.schedule_free_update(*step, self.beta_1, self.beta_2, self.epsilon, self.warmup_steps)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this optimizer was made with, and the present learning rate."""
        return {
            **super().get_config(),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
            "warmup_steps": self.warmup_steps,
        }
