"""What may happen around the formula of any optimizer."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from typing import Any, NamedTuple

from mark1 import _core
from mark1.recording import Structural
from mark1.utils.registry import unknown_argument
from mark1.variable import Variable


class FoundScale(NamedTuple):
    """A loss scale that finds itself; see `mark1.optimizers.LossScaleOptimizer`."""

    scale: Variable
    finite_steps: Variable  # since it changed
    growth_steps: int


class Options(Structural):
    """The arguments that all optimizers share.

    Gradients are divided by ``loss_scale_factor``, accumulated, then clipped; weights decay; the
    optimizer's formula follows; then the moving average of the weights.

    Args:
        weight_decay: every step takes ``weight_decay * learning_rate`` of each weight away.
        clipnorm: greatest norm of the gradient of one variable; longer ones are shortened.
        clipvalue: greatest absolute value of an element of a gradient.
        global_clipnorm: greatest norm of all gradients taken together.
        use_ema: whether to keep a moving average of the weights,
            ``average = ema_momentum average + (1 - ema_momentum) weight``.
        ema_momentum: from 0 to 1.
        ema_overwrite_frequency: after how many steps the weights become their averages; None:
            at the end of ``fit``.
        loss_scale_factor: what the loss is multiplied by, so that small gradients do not vanish.
        gradient_accumulation_steps: how many steps' gradients make one update, their mean.
        **unknown: refused.

    Raises:
        ValueError: an argument is out of range, or there are two ways of clipping.

    >>> Options(clipnorm=1.0)._native([]) is None
    False
    """

    def __init__(
        self,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        **unknown: Any,
    ) -> None:
        for name in unknown:
            if name != "decay":
                cls = type(self)
                raise ValueError(str(unknown_argument(cls.__name__, name, cls)))
            warnings.warn(
                f"[{type(self).__name__}] decay is ignored, as in Keras: give a schedule as "
                "learning_rate",
                stacklevel=2,
            )
        self.weight_decay: float | None = self._number("weight_decay", weight_decay)
        self.clipnorm: float | None = self._number("clipnorm", clipnorm)
        self.clipvalue: float | None = self._number("clipvalue", clipvalue)
        self.global_clipnorm: float | None = self._number("global_clipnorm", global_clipnorm)
        clips = {n: getattr(self, n) for n in ("clipnorm", "clipvalue", "global_clipnorm")}
        if len([value for value in clips.values() if value is not None]) > 1:
            given = ", ".join(f"{n}={value}" for n, value in clips.items() if value is not None)
            raise self._error(f"clips in one way only, got {given}")
        self.use_ema: bool = bool(use_ema)
        self.ema_momentum: float = self._fraction("ema_momentum", ema_momentum)
        self.ema_overwrite_frequency: int | None = self._count(
            "ema_overwrite_frequency", ema_overwrite_frequency, 1
        )
        self.loss_scale_factor: float | None = self._number("loss_scale_factor", loss_scale_factor)
        if self.loss_scale_factor == 0.0:
            raise self._error("loss_scale_factor must be greater than 0, got 0.0")
        self.gradient_accumulation_steps: int | None = self._count(
            "gradient_accumulation_steps", gradient_accumulation_steps, 2
        )
        self._exempt: set[int] = set()
        self._exempt_names: re.Pattern[str] | None = None
        self._found_scale: FoundScale | None = None

    def _extra_slots(self) -> tuple[str, ...]:
        """Return the names of the states of each variable besides the formula's."""
        average = ("average",) if self.use_ema else ()
        accumulates = self.gradient_accumulation_steps is not None
        return (*average, "gradient_accumulator") if accumulates else average

    def _native(self, variables: Iterable[Variable]) -> _core.UpdateOptions | None:
        """Return what kernels are told, or None if there is nothing to tell."""
        found = self._found_scale
        if not self.use_ema and not any(
            (
                found,
                self.weight_decay,
                self.clipnorm,
                self.clipvalue,
                self.global_clipnorm,
                self.loss_scale_factor,
                self.gradient_accumulation_steps,
            )
        ):
            return None
        return _core.UpdateOptions(
            weight_decay=self.weight_decay or 0.0,
            clipnorm=self.clipnorm or 0.0,
            clipvalue=self.clipvalue or 0.0,
            global_clipnorm=self.global_clipnorm or 0.0,
            loss_scale=self.loss_scale_factor or 1.0,
            accumulated=self.gradient_accumulation_steps or 1,
            averages=self.use_ema,
            average_momentum=self.ema_momentum,
            overwrite_every=self.ema_overwrite_frequency or 0,
            undecayed=[v.id for v in variables if self.weight_decay and self._is_exempt(v)],
            found_scale=found.scale if found else None,
            finite_steps=found.finite_steps if found else None,
            growth_steps=found.growth_steps if found else 0,
        )

    def _is_exempt(self, variable: Variable) -> bool:
        named = self._exempt_names is not None and self._exempt_names.search(variable.name)
        return variable.id in self._exempt or bool(named)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {
            "weight_decay": self.weight_decay,
            "clipnorm": self.clipnorm,
            "global_clipnorm": self.global_clipnorm,
            "clipvalue": self.clipvalue,
            "use_ema": self.use_ema,
            "ema_momentum": self.ema_momentum,
            "ema_overwrite_frequency": self.ema_overwrite_frequency,
            "loss_scale_factor": self.loss_scale_factor,
            "gradient_accumulation_steps": self.gradient_accumulation_steps,
        }

    def _error(self, text: str) -> ValueError:
        return ValueError(f"[{type(self).__name__}] {text}")

    def _number(self, name: str, value: float | None, least: float = 0.0) -> float | None:
        if value is None or value is False:
            return None
        if isinstance(value, (str, bool)) or not least <= float(value) < float("inf"):
            raise self._error(f"{name} must be None or a number from {least:g} up, got {value!r}")
        return float(value)

    def _count(self, name: str, value: int | None, least: int) -> int | None:
        if value is None or value is False:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise self._error(f"{name} must be None or an integer from {least} up, got {value!r}")
        return value

    def _fraction(self, name: str, value: float, below_one: bool = False) -> float:
        """Return a number from 0 to 1."""
        if not 0.0 <= value <= 1.0 or (below_one and value == 1.0):
            interval = "at least 0 and below 1" if below_one else "from 0 to 1"
            raise self._error(f"{name} must be {interval}, got {value}")
        return float(value)

    def _positive(self, name: str, value: float) -> float:
        """Return a number from 0 up."""
        if not 0.0 <= value < float("inf"):
            raise self._error(f"{name} must be a number from 0 up, got {value}")
        return float(value)
