"""Adam."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import _core
from mark1.optimizers.optimizer import Optimizer, registry
from mark1.variable import Variable


@registry.register()
class Adam(Optimizer):
    """Steps scaled by running means of the gradient and of its square.

    ``m += (g - m) (1 - beta_1); v += (g**2 - v) (1 - beta_2)``, then
    ``w -= m a / (sqrt(v) + epsilon)`` with ``a = learning_rate sqrt(1 - beta_2**t) /
    (1 - beta_1**t)`` in step t.

    Args:
        learning_rate: a number of at least 0.
        beta_1: from 0 up to but not 1.
        beta_2: from 0 up to but not 1.
        epsilon: keeps the divisor from 0.
        name: what it is called.

    Raises:
        ValueError: an argument is out of range, or not supported.

    Source:
        Kingma and Ba, Adam: a method for stochastic optimization, 2015 (epsilon as in the remark
        before its section 2.1); formulas and defaults as in ``keras.optimizers.Adam``.

    >>> import mark1
    >>> w = mark1.Variable([1.0])
    >>> Adam(0.5).apply([mark1.ops.convert_to_tensor([2.0])], [w])
    >>> round(float(w.numpy()[0]), 4)
    0.5
    """

    def __init__(
        self,
        learning_rate: float = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        weight_decay: float | None = None,
        name: str = "adam",
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, name, weight_decay=weight_decay, **options)
        for argument, value in (("beta_1", beta_1), ("beta_2", beta_2)):
            if not 0.0 <= value < 1.0:
                raise ValueError(f"[Adam] {argument} must be at least 0 and below 1, got {value}")
        if not 0.0 <= epsilon < float("inf"):
            raise ValueError(f"[Adam] epsilon must be a number from 0 up, got {epsilon}")
        if amsgrad:
            raise ValueError("[Adam] amsgrad is not supported yet")
        self.beta_1 = float(beta_1)
        self.beta_2 = float(beta_2)
        self.epsilon = float(epsilon)

    def _slot_names(self) -> Sequence[str]:
        return ("momentum", "velocity")

    def _update(self, grads: Sequence[Any], variables: Sequence[Variable]) -> None:
        slots = [self._slots[v.id] for v in variables]
        _core.adam_update(
            list(variables),
            list(grads),
            [m for m, _ in slots],
            [v for _, v in slots],
            self._learning_rate,
            self.iterations,
            self.beta_1,
            self.beta_2,
            self.epsilon,
        )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this optimizer was made with, and the present learning rate."""
        return {
            **super().get_config(),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
            "amsgrad": False,
        }
