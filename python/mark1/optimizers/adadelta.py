"""Adadelta."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import _core
from mark1.optimizers.optimizer import Optimizer, Step, registry


@registry.register()
class Adadelta(Optimizer):
    """Steps scaled by the ratio of two running root mean squares.

    ``a = rho a + (1 - rho) g**2; d = -sqrt(e + epsilon) g / sqrt(a + epsilon);
    e = rho e + (1 - rho) d**2; w += learning_rate d``.

    Args:
        learning_rate: a number of at least 0; 1 makes it what its source describes.
        rho: from 0 to 1.
        epsilon: keeps the divisor from 0, and the first steps going.
        name: what it is called.
        **options: see `mark1.optimizers.Options`.

    Raises:
        ValueError: an argument is out of range, or unknown.

    Source:
        Zeiler, ADADELTA: an adaptive learning rate method, 2012; formulas and defaults as in
        ``keras.optimizers.Adadelta``.

    >>> import mark1
    >>> w = mark1.Variable([1.0])
    >>> Adadelta(1.0, epsilon=0.01).apply([mark1.ops.convert_to_tensor([2.0])], [w])
    >>> round(float(w.numpy()[0]), 4)
    0.5636
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.95,
        epsilon: float = 1e-7,
        name: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, name, **options)
        self.rho: float = self._fraction("rho", rho)
        self.epsilon: float = self._positive("epsilon", epsilon)

    def _slot_groups(self) -> Sequence[Sequence[str]]:
        return (("accumulated_grad", "accumulated_delta_var"),)

    def _update(self, step: Step) -> None:
        _core.adadelta_update(*step, self.rho, self.epsilon)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this optimizer was made with, and the present learning rate."""
        return {
            **super().get_config(),
            "rho": self.rho,
            "epsilon": self.epsilon,
        }
