"""SGD."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import _core
from mark1.optimizers.optimizer import Optimizer, Step, registry


@registry.register()
class SGD(Optimizer):
    """``w -= learning_rate g``, with momentum ``v = momentum v - learning_rate g; w += v``.

    With Nesterov's momentum ``w += momentum v - learning_rate g``.

    Args:
        learning_rate: a number of at least 0, or a schedule.
        momentum: from 0 to 1.
        nesterov: whether to look ahead.
        name: what it is called.
        **options: see `mark1.optimizers.Options`.

    Raises:
        ValueError: an argument is out of range, or unknown.

    Source:
        Sutskever, Martens, Dahl and Hinton, On the importance of initialization and momentum in
        deep learning, 2013; formulas and defaults as in ``keras.optimizers.SGD``.

    >>> import mark1
    >>> w = mark1.Variable([1.0])
    >>> SGD(0.5).apply([mark1.ops.convert_to_tensor([1.0])], [w])
    >>> w.numpy()
    array([0.5], dtype=float32)
    """

    def __init__(
        self,
        learning_rate: Any = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        name: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, name, **options)
        self.momentum: float = self._fraction("momentum", momentum)
        self.nesterov: bool = bool(nesterov)

    def _slot_groups(self) -> Sequence[Sequence[str]]:
        return (("momentum",),) if self.momentum else ()

    def _update(self, step: Step) -> None:
        _core.sgd_update(*step, self.momentum, self.nesterov)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this optimizer was made with, and the present learning rate."""
        return {
            **super().get_config(),
            "momentum": self.momentum,
            "nesterov": self.nesterov,
        }
