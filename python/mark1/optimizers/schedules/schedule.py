"""The base class of learning-rate schedules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mark1 import _core
from mark1._core import Tensor
from mark1.recording import Structural
from mark1.utils.registry import Registry


class LearningRateSchedule(Structural):
    """A learning rate that depends on the number of the step.

    Subclasses define ``__call__(step)`` with operations on the step, an int64 tensor, so that a
    recorded training step computes it anew each time; and ``get_config`` if they are to be saved.

    Source:
        ``keras.optimizers.schedules.LearningRateSchedule``.

    >>> class Halved(LearningRateSchedule):
    ...     def __call__(self, step):
    ...         return 0.5 / (step + 1)
    >>> import mark1
    >>> optimizer = mark1.optimizers.SGD(Halved())
    >>> float(optimizer.learning_rate)
    0.5
    """

    def __call__(self, step: Any) -> Any:
        """Return the learning rate in a step, the first being 0."""
        raise NotImplementedError(
            f"[{type(self).__name__}] a schedule defines __call__(self, step)"
        )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this schedule was made with."""
        raise NotImplementedError(
            f"[{type(self).__name__}] a schedule that is saved defines get_config(self)"
        )

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> LearningRateSchedule:
        """Make a schedule from its config."""
        return cls(**config)

    def _number(self, name: str, value: Any, above: float | None = None) -> float:
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise TypeError(
                f"[{type(self).__name__}] {name} must be a number, got {type(value).__name__}"
            ) from None
        if above is not None and not above < number < float("inf"):
            raise ValueError(
                f"[{type(self).__name__}] {name} must be a number above {above:g}, got {value}"
            )
        return number


def evaluate(kind: str, step: Any, numbers: Sequence[float]) -> Tensor:
    """Return the rates of one of the built-in kinds, float32 and of the shape of step.

    >>> float(evaluate("exponential", 3, [0.5, 1.0, 0.5, 0.0]))
    0.0625
    """
    return _core.schedule(kind, step, numbers)


registry: Registry[LearningRateSchedule] = Registry(
    "learning-rate schedule", "keras.optimizers.schedules"
)


def serialize(learning_rate_schedule: LearningRateSchedule) -> dict[str, Any]:
    """Describe a schedule as Keras' files do.

    >>> from mark1.optimizers import schedules
    >>> serialize(schedules.CosineDecay(0.1, 100))["class_name"]
    'CosineDecay'
    """
    return registry.serialize(learning_rate_schedule)


def deserialize(
    config: Any, custom_objects: Mapping[str, Any] | None = None
) -> LearningRateSchedule:
    """Make a schedule from its description.

    Raises:
        ValueError: the description is malformed, or names a class that is not known.

    >>> from mark1.optimizers import schedules
    >>> deserialize(serialize(schedules.CosineDecay(0.1, 100))).decay_steps
    100
    """
    return registry.deserialize(config, custom_objects)
