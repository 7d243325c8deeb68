"""Rates that are constant from one step to another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mark1._core import Tensor
from mark1.optimizers.schedules.schedule import LearningRateSchedule, evaluate, registry


@registry.register()
class PiecewiseConstantDecay(LearningRateSchedule):
    """``values[0]`` up to step ``boundaries[0]``, ``values[1]`` up to ``boundaries[1]``, and so on.

    Args:
        boundaries: numbers of steps, ascending; each is the last step with its value.
        values: rates, one more than boundaries.
        name: what it is called.

    Raises:
        ValueError: the numbers of values and boundaries do not fit, or boundaries do not ascend.

    Source:
        ``keras.optimizers.schedules.PiecewiseConstantDecay``.

    >>> rate = PiecewiseConstantDecay([10, 20], [0.5, 0.25, 0.125])
    >>> [float(rate(step)) for step in (0, 10, 11, 21)]
    [0.5, 0.5, 0.25, 0.125]
    """

    def __init__(
        self,
        boundaries: Sequence[float],
        values: Sequence[float],
        name: str = "PiecewiseConstant",
    ) -> None:
        if len(boundaries) != len(values) - 1:
            raise ValueError(
                "[PiecewiseConstantDecay] needs one value more than boundaries, "
                f"got {len(values)} values and {len(boundaries)} boundaries"
            )
        if sorted(boundaries) != list(boundaries):
            raise ValueError(
                f"[PiecewiseConstantDecay] boundaries must ascend, got {list(boundaries)}"
            )
        self.boundaries: list[float] = list(boundaries)
        self.values: list[float] = list(values)
        self.name = name

    def __call__(self, step: Any) -> Tensor:
        """Return the learning rate in a step, the first being 0."""
        return evaluate("piecewise", step, [float(v) for v in (*self.boundaries, *self.values)])

    def get_config(self) -> dict[str, Any]:
        """Return the arguments this schedule was made with."""
        return {"boundaries": self.boundaries, "values": self.values, "name": self.name}
