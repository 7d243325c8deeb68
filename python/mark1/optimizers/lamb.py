"""Lamb."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import ops
from mark1.optimizers.optimizer import Optimizer, registry
from mark1.variable import Variable


@registry.register()
class Lamb(Optimizer):
    """Adam's direction, with steps as long as weights are: for large batches.

    ``m += (g - m) (1 - beta_1); v += (g**2 - v) (1 - beta_2)``, then ``w -= r learning_rate u``
    with ``u = m / (1 - beta_1**t) / (sqrt(v / (1 - beta_2**t)) + epsilon)`` in step t and
    ``r = |w| / |u|``, norms of the whole variable; 1 where one of them is 0.

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
        You et al., Large batch optimization for deep learning: training BERT in 76 minutes, 2020;
        formulas and defaults as in ``keras.optimizers.Lamb``.

    >>> import mark1
    >>> w = mark1.Variable([1.0])
    >>> Lamb(0.5).apply([mark1.ops.convert_to_tensor([2.0])], [w])
    >>> round(float(w.numpy()[0]), 4)
    0.5
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

    def _slot_groups(self) -> Sequence[Sequence[str]]:
        return (("momentum", "velocity"),)

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Change one variable; see `Optimizer.update_step`."""
        t = ops.cast(self.iterations + 1, variable.dtype)
        m, v = self._slots[variable.id][:2]
        m.assign_add((gradient - m) * (1.0 - self.beta_1))
        v.assign_add((gradient * gradient - v) * (1.0 - self.beta_2))
        mean = m / (1.0 - self.beta_1**t)
        u = mean / (ops.sqrt(v / (1.0 - self.beta_2**t)) + self.epsilon)
        length, wanted = ops.norm(u), ops.norm(variable)
        usable = ops.logical_and(wanted > 0.0, length > 0.0)
        ratio = ops.where(usable, wanted / length, ops.ones_like(length))
        variable.assign_sub(ratio * ops.cast(learning_rate, variable.dtype) * u)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this optimizer was made with, and the present learning rate."""
        return {
            **super().get_config(),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
        }
