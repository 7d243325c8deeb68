"""Stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import _core
from mark1.optimizers.optimizer import Optimizer, registry
from mark1.variable import Variable


@registry.register()
class SGD(Optimizer):
    """``w -= learning_rate g``, with momentum ``v = momentum v - learning_rate g; w += v``.

    With Nesterov's momentum ``w += momentum v - learning_rate g``.

    Args:
        learning_rate: a number of at least 0.
        momentum: from 0 to 1.
        nesterov: whether to look ahead.
        name: what it is called.

    Raises:
        ValueError: an argument is out of range, or not supported.

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
        learning_rate: float = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float | None = None,
        name: str = "SGD",
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, name.lower(), weight_decay=weight_decay, **options)
        if not 0.0 <= momentum <= 1.0:
            raise ValueError(f"[SGD] momentum must be from 0 to 1, got {momentum}")
        self.momentum = float(momentum)
        self.nesterov = bool(nesterov)

    def _slot_names(self) -> Sequence[str]:
        return ("momentum",) if self.momentum else ()

    def _update(self, grads: Sequence[Any], variables: Sequence[Variable]) -> None:
        momentums = [self._slots[v.id][0] for v in variables] if self.momentum else []
        _core.sgd_update(
            list(variables),
            list(grads),
            momentums,
            self._learning_rate,
            self.iterations,
            self.momentum,
            self.nesterov,
        )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this optimizer was made with, and the present learning rate."""
        return {**super().get_config(), "momentum": self.momentum, "nesterov": self.nesterov}
