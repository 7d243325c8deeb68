"""Adafactor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.optimizers.optimizer import Optimizer, registry
from mark1.variable import Variable


@registry.register()
class Adafactor(Optimizer):
    """Steps scaled by squares of gradients, which matrices keep as one mean per row and column.

    With ``b = 1 - t**beta_2_decay`` in step t, r and c are running means of ``g**2 + epsilon_1``
    over the last axis and the last but one; ``v = (r / mean(r)) c``. Vectors keep v itself. Then
    ``w -= a u / max(1, rms(u) / clip_threshold)`` with ``u = g / sqrt(v)`` and
    ``a = max(epsilon_2, rms(w)) min(learning_rate, 1 / sqrt(t))``.

    Args:
        learning_rate: a number of at least 0, or a schedule.
        beta_2_decay: how fast the means get longer, negative.
        epsilon_1: what is added to squares.
        epsilon_2: the least size of weights that steps are measured by.
        clip_threshold: the greatest root mean square of u; longer ones are shortened.
        relative_step: whether the rate is at most ``1 / sqrt(t)`` if it is a number. Steps are
            limited in this way whatever it says, as they are in Keras.
        name: what it is called.
        **options: see `mark1.optimizers.Options`.

    Raises:
        ValueError: an argument is out of range, or unknown.

    Source:
        Shazeer and Stern, Adafactor: adaptive learning rates with sublinear memory cost, 2018;
        formulas and defaults as in ``keras.optimizers.Adafactor``, which keep v of matrices too.

    >>> import mark1
    >>> w = mark1.Variable([1.0])
    >>> Adafactor(0.5).apply([mark1.ops.convert_to_tensor([2.0])], [w])
    >>> round(float(w.numpy()[0]), 4)
    0.5
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_2_decay: float = -0.8,
        epsilon_1: float = 1e-30,
        epsilon_2: float = 1e-3,
        clip_threshold: float = 1.0,
        relative_step: bool = True,
        name: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, name, **options)
        if not beta_2_decay <= 0:
            raise self._error(f"beta_2_decay must be at most 0, got {beta_2_decay}")
        self.beta_2_decay: float = float(beta_2_decay)
        self.epsilon_1: float = self._positive("epsilon_1", epsilon_1)
        self.epsilon_2: float = self._positive("epsilon_2", epsilon_2)
        self.clip_threshold: float = self._positive("clip_threshold", clip_threshold)
        if self.clip_threshold == 0.0:
            raise self._error("clip_threshold must be greater than 0, got 0.0")
        self.relative_step: bool = bool(relative_step)

    def _slot_groups(self) -> Sequence[Sequence[str]]:
        return (("r", "c", "velocity"),)

    def _initial_state(self, slot: str, variable: Variable) -> Tensor:
        shape = variable.shape
        if slot in ("r", "c"):  # Keras' files have r and c of vectors, too: numbers nobody uses
            shape = () if len(shape) < 2 else shape[:-1] if slot == "r" else shape[:-2] + shape[-1:]
        return ops.full(shape, 0.0, variable.dtype)

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Change one variable; see `Optimizer.update_step`."""
        t = ops.cast(self.iterations + 1, variable.dtype)
        rate = ops.minimum(ops.cast(learning_rate, variable.dtype), 1.0 / ops.sqrt(t))
        kept = 1.0 - t**self.beta_2_decay
        squares = gradient * gradient + self.epsilon_1
        r, c, v = self._slots[variable.id][:3]
        if len(variable.shape) > 1:
            r.assign(kept * r + (1.0 - kept) * ops.mean(squares, axis=-1))
            c.assign(kept * c + (1.0 - kept) * ops.mean(squares, axis=-2))
            rows = r / ops.mean(r, axis=-1, keepdims=True)
            v.assign(ops.expand_dims(rows, -1) * ops.expand_dims(c, -2))
        else:
            v.assign(kept * v + (1.0 - kept) * squares)
        u = gradient / ops.sqrt(v)
        shorter = ops.maximum(_rms(u) / self.clip_threshold, 1.0)
        variable.assign_sub(ops.maximum(_rms(variable), self.epsilon_2) * rate * (u / shorter))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this optimizer was made with, and the present learning rate."""
        return {
            **super().get_config(),
            "beta_2_decay": self.beta_2_decay,
            "epsilon_1": self.epsilon_1,
            "epsilon_2": self.epsilon_2,
            "clip_threshold": self.clip_threshold,
            "relative_step": self.relative_step,
        }


def _rms(x: Any) -> Any:
    return ops.sqrt(ops.mean(ops.square(x)))
