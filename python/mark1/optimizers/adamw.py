"""AdamW."""

from __future__ import annotations

from typing import Any

from mark1.optimizers.adam import Adam
from mark1.optimizers.optimizer import registry


@registry.register("adamw")
class AdamW(Adam):
    """Adam with weights that decay: ``w -= weight_decay learning_rate w`` before each step.

    Args:
        learning_rate: a number of at least 0, or a schedule.
        weight_decay: at least 0.
        beta_1: from 0 up to but not 1.
        beta_2: from 0 up to but not 1.
        epsilon: keeps the divisor from 0.
        amsgrad: whether the running mean of squares may only grow in the divisor.
        name: what it is called.
        **options: see `mark1.optimizers.Options`.

    Raises:
        ValueError: an argument is out of range, or unknown.

    Source:
        Loshchilov and Hutter, Decoupled weight decay regularization, 2019; formulas and defaults
        as in ``keras.optimizers.AdamW``.

    >>> import mark1
    >>> w = mark1.Variable([1.0])
    >>> AdamW(0.5, weight_decay=0.2).apply([mark1.ops.convert_to_tensor([2.0])], [w])
    >>> round(float(w.numpy()[0]), 4)
    0.4
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        name: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(
            learning_rate,
            beta_1,
            beta_2,
            epsilon,
            amsgrad,
            name,
            weight_decay=weight_decay,
            **options,
        )
        if self.weight_decay is None:
            raise self._error("weight_decay must be a number, got None; that is Adam")
