"""Rates that fall as the first half of a cosine does."""

from __future__ import annotations

from typing import Any

from mark1._core import Tensor
from mark1.optimizers.schedules.schedule import LearningRateSchedule, evaluate, registry


@registry.register()
class CosineDecay(LearningRateSchedule):
    """Half a cosine from the initial rate down to ``alpha`` times it, after a warm-up if asked for.

    ``initial ((1 - alpha) (1 + cos(pi step / decay_steps)) / 2 + alpha)``; with a warm-up the rate
    first rises in a straight line from initial_learning_rate to warmup_target, which then takes
    the place of the initial rate.

    Args:
        initial_learning_rate: the rate in step 0.
        decay_steps: how long it falls, the warm-up not counted; above 0.
        alpha: the rate at the end, as a part of the rate at which the fall begins.
        name: what it is called.
        warmup_target: the rate at the end of the warm-up; None: no warm-up.
        warmup_steps: how long the warm-up lasts.

    Raises:
        ValueError: an argument is out of range.
        TypeError: an argument is not a number.

    Source:
        Loshchilov and Hutter, SGDR: stochastic gradient descent with warm restarts, 2017;
        ``keras.optimizers.schedules.CosineDecay``.

    >>> rate = CosineDecay(0.0, decay_steps=10, warmup_target=0.5, warmup_steps=4)
    >>> [round(float(rate(step)), 4) for step in (0, 2, 4, 9, 14)]
    [0.0, 0.25, 0.5, 0.25, 0.0]
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: float = 0,
    ) -> None:
        self._number("initial_learning_rate", initial_learning_rate)
        self._number("decay_steps", decay_steps, above=0.0)
        self._number("alpha", alpha)
        self._number("warmup_steps", warmup_steps)
        if warmup_target is not None:
            self._number("warmup_target", warmup_target)
            if warmup_steps < 0:
                raise ValueError(
                    f"[CosineDecay] warmup_steps must be at least 0, got {warmup_steps}"
                )
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.alpha = alpha
        self.name = name
        self.warmup_target = warmup_target
        self.warmup_steps = warmup_steps

    def __call__(self, step: Any) -> Tensor:
        """Return the learning rate in a step, the first being 0."""
        start, target, steps = self.initial_learning_rate, self.warmup_target, self.warmup_steps
        if target is None:
            steps = 0
        elif steps == 0:
            start = target
        numbers = (start, self.decay_steps, self.alpha, target or 0.0, steps)
        return evaluate("cosine", step, [float(v) for v in numbers])

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this schedule was made with."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "alpha": self.alpha,
            "name": self.name,
            "warmup_target": self.warmup_target,
            "warmup_steps": self.warmup_steps,
        }


@registry.register()
class CosineDecayRestarts(LearningRateSchedule):
    """One falling half of a cosine after the other.

    Args:
        initial_learning_rate: the rate in step 0.
        first_decay_steps: how long the first half takes; above 0.
        t_mul: how many times longer each takes than the one before; at least 1.
        m_mul: how many times higher each begins than the one before.
        alpha: the lowest rate, as a part of the initial one.
        name: what it is called.

    Raises:
        ValueError: an argument is out of range.
        TypeError: an argument is not a number.

    Source:
        Loshchilov and Hutter, SGDR: stochastic gradient descent with warm restarts, 2017;
        ``keras.optimizers.schedules.CosineDecayRestarts``.

    >>> rate = CosineDecayRestarts(0.5, first_decay_steps=10)
    >>> [round(float(rate(step)), 4) for step in (0, 5, 10, 20, 30)]
    [0.5, 0.25, 0.5, 0.25, 0.5]
    """

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: float,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str = "SGDRDecay",
    ) -> None:
        self._number("initial_learning_rate", initial_learning_rate)
        self._number("first_decay_steps", first_decay_steps, above=0.0)
        self._number("m_mul", m_mul)
        self._number("alpha", alpha)
        if not 1.0 <= self._number("t_mul", t_mul) < float("inf"):
            raise ValueError(f"[CosineDecayRestarts] t_mul must be at least 1, got {t_mul}")
        self.initial_learning_rate = initial_learning_rate
        self.first_decay_steps = first_decay_steps
        self.t_mul = t_mul
        self.m_mul = m_mul
        self.alpha = alpha
        self.name = name

    def __call__(self, step: Any) -> Tensor:
        """Return the learning rate in a step, the first being 0."""
        numbers = (
            self.initial_learning_rate,
            self.first_decay_steps,
            self.t_mul,
            self.m_mul,
            self.alpha,
        )
        return evaluate("cosine_restarts", step, [float(v) for v in numbers])

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this schedule was made with."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "first_decay_steps": self.first_decay_steps,
            "t_mul": self.t_mul,
            "m_mul": self.m_mul,
            "alpha": self.alpha,
            "name": self.name,
        }
