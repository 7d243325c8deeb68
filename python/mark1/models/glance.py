"""What the progress display shows of steps that are still under way."""

from __future__ import annotations

from typing import Any

from mark1 import _core
from mark1._core import Tensor

Logs = dict[str, Any]


class Glance:
    """Loss and metrics of a step so far, for which a device is not stopped.

    On a device the first look asks for them, and one that comes after the device has been there
    gets them. On the CPU they are read.

    Args:
        step: with `results` and perhaps `tensors`.
    """

    def __init__(self, step: Any) -> None:
        self._step = step
        self._asked: tuple[int, list[str], _core.Reading] | None = None

    def __call__(self, done: int) -> tuple[int, Logs] | None:
        """Return the number of a batch and the results up to it; None if they have not come.

        Args:
            done: how many batches were asked for so far.
        """
        if self._asked is None:
            found: dict[str, Tensor] = {}
            if _core.current_device() != "cpu:0" and hasattr(self._step, "tensors"):
                found = self._step.tensors()
            if not found or any(one.device == "cpu:0" for one in found.values()):
                return done - 1, self._step.results()
            self._asked = done - 1, list(found), _core.Reading(list(found.values()))
            return None
        number, names, reading = self._asked
        if not reading.ready:
            return None
        self._asked = None
        values = [float(v) if v.ndim == 0 else v.numpy() for v in reading.values()]
        return number, dict(zip(names, values, strict=True))
