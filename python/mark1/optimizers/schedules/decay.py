"""Rates that fall by a power of the step, or by a power with the step for its exponent."""

from __future__ import annotations

from typing import Any

from mark1._core import Tensor
from mark1.optimizers.schedules.schedule import LearningRateSchedule, evaluate, registry


class _Decay(LearningRateSchedule):
    _kind = ""

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        decay_rate: float,
        staircase: bool,
        name: str,
    ) -> None:
        self._number("initial_learning_rate", initial_learning_rate)
        self._number("decay_steps", decay_steps, above=0.0)
        self._number("decay_rate", decay_rate)
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name

    def __call__(self, step: Any) -> Tensor:
        """Return the learning rate in a step, the first being 0."""
        numbers = (self.initial_learning_rate, self.decay_steps, self.decay_rate, self.staircase)
        return evaluate(self._kind, step, [float(v) for v in numbers])

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this schedule was made with."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "decay_rate": self.decay_rate,
            "staircase": self.staircase,
            "name": self.name,
        }


@registry.register()
class ExponentialDecay(_Decay):
    """``initial_learning_rate * decay_rate**(step / decay_steps)``.

    Args:
        initial_learning_rate: the rate in step 0.
        decay_steps: after how many steps the rate has fallen by decay_rate; above 0.
        decay_rate: the factor.
        staircase: whether it falls at once after decay_steps steps, not a little in each.
        name: what it is called.

    Raises:
        ValueError: an argument is out of range.
        TypeError: an argument is not a number.

    Source:
        ``keras.optimizers.schedules.ExponentialDecay``.

    >>> rate = ExponentialDecay(0.5, decay_steps=10, decay_rate=0.25)
    >>> [float(rate(step)) for step in (0, 5, 10)]
    [0.5, 0.25, 0.125]
    """

    _kind = "exponential"

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        decay_rate: float,
        staircase: bool = False,
        name: str = "ExponentialDecay",
    ) -> None:
        super().__init__(initial_learning_rate, decay_steps, decay_rate, staircase, name)


@registry.register()
class InverseTimeDecay(_Decay):
    """``initial_learning_rate / (1 + decay_rate * step / decay_steps)``.

    Args:
        initial_learning_rate: the rate in step 0.
        decay_steps: the unit of time, in steps; above 0.
        decay_rate: how fast the rate falls.
        staircase: whether it falls once in decay_steps steps, not a little in each.
        name: what it is called.

    Raises:
        ValueError: an argument is out of range.
        TypeError: an argument is not a number.

    Source:
        ``keras.optimizers.schedules.InverseTimeDecay``.

    >>> rate = InverseTimeDecay(0.5, decay_steps=10, decay_rate=1.0)
    >>> [float(rate(step)) for step in (0, 10, 30)]
    [0.5, 0.25, 0.125]
    """

    _kind = "inverse_time"

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        decay_rate: float,
        staircase: bool = False,
        name: str = "InverseTimeDecay",
    ) -> None:
        super().__init__(initial_learning_rate, decay_steps, decay_rate, staircase, name)


@registry.register()
class PolynomialDecay(LearningRateSchedule):
    """``(initial - end) (1 - step / decay_steps)**power + end``, and end from decay_steps on.

    Args:
        initial_learning_rate: the rate in step 0.
        decay_steps: when the end is reached; above 0.
        end_learning_rate: the rate from then on.
        power: 1 for a straight line.
        cycle: whether, at the end, to begin again from the polynomial over twice, three times, ...
            as many steps.
        name: what it is called.

    Raises:
        ValueError: an argument is out of range.
        TypeError: an argument is not a number.

    Source:
        ``keras.optimizers.schedules.PolynomialDecay``.

    >>> rate = PolynomialDecay(0.5, decay_steps=10, end_learning_rate=0.25)
    >>> [float(rate(step)) for step in (0, 5, 20)]
    [0.5, 0.375, 0.25]
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ) -> None:
        self._number("initial_learning_rate", initial_learning_rate)
        self._number("decay_steps", decay_steps, above=0.0)
        self._number("end_learning_rate", end_learning_rate)
        self._number("power", power)
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.end_learning_rate = end_learning_rate
        self.power = power
        self.cycle = cycle
        self.name = name

    def __call__(self, step: Any) -> Tensor:
        """Return the learning rate in a step, the first being 0."""
        numbers = (
            self.initial_learning_rate,
            self.decay_steps,
            self.end_learning_rate,
            self.power,
            self.cycle,
        )
        return evaluate("polynomial", step, [float(v) for v in numbers])

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this schedule was made with."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "end_learning_rate": self.end_learning_rate,
            "power": self.power,
            "cycle": self.cycle,
            "name": self.name,
        }
