"""Adam."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import _core
from mark1.optimizers.optimizer import Optimizer, Step, registry


@registry.register()
class Adam(Optimizer):
    """Steps scaled by running means of the gradient and of its square.

    ``m += (g - m) (1 - beta_1); v += (g**2 - v) (1 - beta_2)``, then
    ``w -= m a / (sqrt(v) + epsilon)`` with ``a = learning_rate sqrt(1 - beta_2**t) /
    (1 - beta_1**t)`` in step t. AMSGrad divides by the root of the greatest v so far.

    Args:
        learning_rate: a number of at least 0, or a schedule.
        beta_1: from 0 up to but not 1.
        beta_2: from 0 up to but not 1.
        epsilon: keeps the divisor from 0.
        amsgrad: whether v may only grow in the divisor.
        name: what it is called.
        **options: see `mark1.optimizers.Options`.

    Raises:
        ValueError: an argument is out of range, or unknown.

    Source:
        Kingma and Ba, Adam: a method for stochastic optimization, 2015 (epsilon as in the remark
        before its section 2.1); Reddi, Kale and Kumar, On the convergence of Adam and beyond, 2018;
        formulas and defaults as in ``keras.optimizers.Adam``.

    >>> import mark1
    >>> w = mark1.Variable([1.0])
    >>> Adam(0.5).apply([mark1.ops.convert_to_tensor([2.0])], [w])
    >>> round(float(w.numpy()[0]), 4)
    0.5
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        name: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, name, **options)
        self.beta_1: float = self._fraction("beta_1", beta_1, below_one=True)
        self.beta_2: float = self._fraction("beta_2", beta_2, below_one=True)
        self.epsilon: float = self._positive("epsilon", epsilon)
        self.amsgrad: bool = bool(amsgrad)

    def _slot_groups(self) -> Sequence[Sequence[str]]:
        means = ("momentum", "velocity")
        return (means, ("velocity_hat",)) if self.amsgrad else (means,)

    def _update(self, step: Step) -> None:
        _core.adam_update(*step, self.beta_1, self.beta_2, self.epsilon, self.amsgrad)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this optimizer was made with, and the present learning rate."""
        return {
            **super().get_config(),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
            "amsgrad": self.amsgrad,
        }
