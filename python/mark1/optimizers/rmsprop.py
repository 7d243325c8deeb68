"""RMSprop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import _core
from mark1.optimizers.optimizer import Optimizer, Step, registry


@registry.register("rmsprop")
class RMSprop(Optimizer):
    """Steps scaled by a running root mean square of the gradient.

    ``v = rho v + (1 - rho) g**2; w -= learning_rate g / sqrt(v + epsilon)``; with momentum
    ``m = momentum m + learning_rate g / sqrt(v + epsilon); w -= m``. If centered, v less the square
    of the running mean of g takes the place of v: an estimate of the variance.

    Args:
        learning_rate: a number of at least 0, or a schedule.
        rho: from 0 to 1.
        momentum: from 0 to 1.
        epsilon: keeps the divisor from 0.
        centered: whether to scale by the variance.
        name: what it is called.
        **options: see `mark1.optimizers.Options`.

    Raises:
        ValueError: an argument is out of range, or unknown.

    Source:
        Hinton, Neural networks for machine learning, lecture 6e, 2012; Graves, Generating
        sequences with recurrent neural networks, 2013 (centered); formulas and defaults as in
        ``keras.optimizers.RMSprop``.

    >>> import mark1
    >>> w = mark1.Variable([1.0])
    >>> RMSprop(0.1).apply([mark1.ops.convert_to_tensor([2.0])], [w])
    >>> round(float(w.numpy()[0]), 4)
    0.6838
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        name: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, name, **options)
        self.rho: float = self._fraction("rho", rho)
        self.momentum: float = self._fraction("momentum", momentum)
        self.epsilon: float = self._positive("epsilon", epsilon)
        self.centered: bool = bool(centered)

    def _slot_groups(self) -> Sequence[Sequence[str]]:
        momentum = (("momentum",),) if self.momentum else ()
        mean = (("average_gradient",),) if self.centered else ()
        return (("velocity",), *momentum, *mean)

    def _update(self, step: Step) -> None:
        _core.rmsprop_update(*step, self.rho, self.momentum, self.epsilon, self.centered)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this optimizer was made with, and the present learning rate."""
        return {
            **super().get_config(),
            "rho": self.rho,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "centered": self.centered,
        }
