"""Lion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import _core
from mark1.optimizers.optimizer import Optimizer, Step, registry


@registry.register()
class Lion(Optimizer):
    """Steps of one size, against the sign of a mean of gradients.

    ``w -= learning_rate sign(beta_1 m + (1 - beta_1) g); m = beta_2 m + (1 - beta_2) g``.

    Args:
        learning_rate: a number of at least 0, or a schedule.
        beta_1: above 0, at most 1.
        beta_2: from 0 to 1.
        name: what it is called.
        **options: see `mark1.optimizers.Options`.

    Raises:
        ValueError: an argument is out of range, or unknown.

    Source:
        Chen et al., Symbolic discovery of optimization algorithms, 2023; formulas and defaults as
        in ``keras.optimizers.Lion``.

    >>> import mark1
    >>> w = mark1.Variable([1.0])
    >>> Lion(0.25).apply([mark1.ops.convert_to_tensor([2.0])], [w])
    >>> w.numpy()
    array([0.75], dtype=float32)
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
        name: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, name, **options)
        self.beta_1: float = self._fraction("beta_1", beta_1)
        self.beta_2: float = self._fraction("beta_2", beta_2)
        if self.beta_1 == 0.0:
            raise self._error("beta_1 must be above 0, got 0.0: 0 makes it descent by signs")

    def _slot_groups(self) -> Sequence[Sequence[str]]:
        return (("momentum",),)

    def _update(self, step: Step) -> None:
        _core.lion_update(*step, self.beta_1, self.beta_2)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this optimizer was made with, and the present learning rate."""
        return {
            **super().get_config(),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
        }
