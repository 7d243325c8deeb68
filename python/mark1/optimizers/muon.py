"""Muon."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from mark1 import ops
from mark1._core import Tensor
from mark1.optimizers.optimizer import Optimizer, registry
from mark1.variable import Variable


@registry.register()
class Muon(Optimizer):
    """Matrices move along their momentum made orthogonal; everything else is left to Adam.

    ``m = momentum m + g``; the step's matrix is m, or ``g + momentum m`` with Nesterov's. Divided
    by its norm, it goes `ns_steps` times through ``a x + (b s + c s s) x`` with ``s = x x'``, which
    brings its singular values near 1, and is subtracted times ``learning_rate rms_rate
    sqrt(max(rows, columns))``. Adam takes what is no matrix, embeddings, and what `exclude_layers`
    names, such as the last layer.

    Args:
        learning_rate: a number of at least 0, or a schedule.
        adam_beta_1: of Adam, from 0 up to but not 1.
        adam_beta_2: of Adam, from 0 up to but not 1.
        adam_weight_decay: of what Adam takes; None for none.
        epsilon: of Adam.
        weight_decay: of the other weights; None for none.
        exclude_layers: regular expressions, found in the paths of weights that Adam takes.
        exclude_embeddings: whether Adam takes weights with "embedding" in their path.
        muon_a: a.
        muon_b: b.
        muon_c: c.
        adam_lr_ratio: Adam's learning rate as a multiple of `learning_rate`.
        momentum: from 0 to 1.
        ns_steps: how often a matrix goes through the polynomial.
        nesterov: whether the momentum is Nesterov's.
        rms_rate: the root mean square of a step; None: steps are not scaled by their shape.
        name: what it is called.
        **options: see `mark1.optimizers.Options`.

    Raises:
        ValueError: an argument is out of range, or unknown.

    Source:
        Jordan, Muon: an optimizer for hidden layers in neural networks, 2024; Liu et al., Muon is
        scalable for LLM training, 2025; formulas and defaults as in ``keras.optimizers.Muon``.

    >>> import mark1
    >>> w = mark1.Variable([[1.0, 0.0], [0.0, 1.0]])
    >>> optimizer = Muon(0.5, weight_decay=None, rms_rate=None, ns_steps=20, muon_a=1.5,
    ...                  muon_b=-0.5, muon_c=0.0)
    >>> optimizer.apply([mark1.ops.convert_to_tensor([[3.0, 0.0], [0.0, 2.0]])], [w])
    >>> w.numpy().round(4)
    array([[0.5, 0. ],
           [0. , 0.5]], dtype=float32)
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        adam_beta_1: float = 0.9,
        adam_beta_2: float = 0.999,
        adam_weight_decay: float | None = 0.004,
        epsilon: float = 1e-7,
        weight_decay: float | None = 0.004,
        exclude_layers: Sequence[str] | None = None,
        exclude_embeddings: bool = True,
        muon_a: float = 3.4445,
        muon_b: float = -4.7750,
        muon_c: float = 2.0315,
        adam_lr_ratio: float = 1,
        momentum: float = 0.95,
        ns_steps: int = 5,
        nesterov: bool = True,
        rms_rate: float | None = 0.2,
        name: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, name, weight_decay=weight_decay, **options)
        self.adam_beta_1: float = self._fraction("adam_beta_1", adam_beta_1, below_one=True)
        self.adam_beta_2: float = self._fraction("adam_beta_2", adam_beta_2, below_one=True)
        self.adam_weight_decay: float | None = self._number("adam_weight_decay", adam_weight_decay)
        self.epsilon: float = self._positive("epsilon", epsilon)
        self.exclude_layers: list[str] = list(exclude_layers or [])
        self.exclude_embeddings: bool = bool(exclude_embeddings)
        self.muon_a: float = muon_a
        self.muon_b: float = muon_b
        self.muon_c: float = muon_c
        self.adam_lr_ratio: float = self._positive("adam_lr_ratio", adam_lr_ratio)
        self.momentum: float = self._fraction("momentum", momentum)
        self.ns_steps: int = self._count("ns_steps", ns_steps, 0) or 0
        self.nesterov: bool = bool(nesterov)
        self.rms_rate: float | None = self._number("rms_rate", rms_rate)

    def _takes_adam(self, variable: Variable) -> bool:
        path = variable.path
        if len(variable.shape) != 2 or (self.exclude_embeddings and "embedding" in path.lower()):
            return True
        return any(re.search(pattern, path) for pattern in self.exclude_layers)

    def _slot_groups(self) -> Sequence[Sequence[str]]:
        return (("momentum", "velocity"),)

    def _slot_groups_of(self, variable: Variable) -> Sequence[Sequence[str]]:
        return self._slot_groups() if self._takes_adam(variable) else (("momentum",),)

    def _decay_of(self, variable: Variable) -> float:
        if self._is_exempt(variable):
            return 0.0
        adam = self._takes_adam(variable)
        return (self.adam_weight_decay if adam else self.weight_decay) or 0.0

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Change one variable; see `Optimizer.update_step`."""
        rate = ops.cast(learning_rate, variable.dtype)
        if self._takes_adam(variable):
            self._adam_step(gradient, variable, rate * self.adam_lr_ratio)
            return
        m = self._slots[variable.id][0]
        m.assign(self.momentum * m + gradient)
        if self.rms_rate is not None:
            rate = rate * (self.rms_rate * float(max(variable.shape)) ** 0.5)
        step = gradient + self.momentum * m if self.nesterov else m
        variable.assign_sub(rate * self._orthogonal(step))

    def _adam_step(self, gradient: Any, variable: Variable, rate: Any) -> None:
        t = ops.cast(self.iterations + 1, variable.dtype)
        m, v = self._slots[variable.id][:2]
        m.assign_add((gradient - m) * (1.0 - self.adam_beta_1))
        v.assign_add((gradient * gradient - v) * (1.0 - self.adam_beta_2))
        alpha = rate * ops.sqrt(1.0 - self.adam_beta_2**t) / (1.0 - self.adam_beta_1**t)
        variable.assign_sub(m * alpha / (ops.sqrt(v) + self.epsilon))

    def _orthogonal(self, x: Any) -> Tensor:
        tall = x.shape[0] > x.shape[1]
        x = ops.transpose(x) if tall else ops.convert_to_tensor(x)
        x = x / (ops.norm(x) + 1e-7)
        for _ in range(self.ns_steps):
            s = ops.matmul(x, ops.transpose(x))
            x = self.muon_a * x + ops.matmul(self.muon_b * s + self.muon_c * ops.matmul(s, s), x)
        y: Tensor = ops.transpose(x) if tall else x
        return y

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this optimizer was made with, and the present learning rate."""
        return {
            **super().get_config(),
            "adam_beta_1": self.adam_beta_1,
            "adam_beta_2": self.adam_beta_2,
            "epsilon": self.epsilon,
            "exclude_layers": self.exclude_layers,
            "muon_a": self.muon_a,
            "muon_b": self.muon_b,
            "muon_c": self.muon_c,
            "adam_lr_ratio": self.adam_lr_ratio,
            "momentum": self.momentum,
            "ns_steps": self.ns_steps,
            "nesterov": self.nesterov,
            "exclude_embeddings": self.exclude_embeddings,
            "adam_weight_decay": self.adam_weight_decay,
            "rms_rate": self.rms_rate,
        }
