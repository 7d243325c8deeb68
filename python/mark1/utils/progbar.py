"""A bar for loops of one's own."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence
from typing import Any


class Progbar:
    """Show how far a loop is, with the means of what it measures.

    A terminal gets a bar that moves; other streams get the last line only.

    Args:
        target: the number of steps, None if it is not known.
        width: of the bar, in characters.
        verbose: 0 nothing, 1 a bar, 2 a line at the end.
        interval: the least number of seconds between two drawings.
        stateful_metrics: names of values that are shown as they are; all others as means.
        stateless_metrics: names of values that are shown as means; all others as they are.
        unit_name: what steps are called.

    Raises:
        ValueError: both lists of metrics are given.

    >>> bar = Progbar(2, verbose=2)
    >>> bar.update(1, [("loss", 3.0)])
    >>> bar.update(2, [("loss", 1.0)])  # doctest: +ELLIPSIS
    2/2 - ... - loss: 2.0000
    """

    def __init__(
        self,
        target: int | None,
        width: int = 20,
        verbose: int = 1,
        interval: float = 0.05,
        stateful_metrics: Iterable[str] | None = None,
        stateless_metrics: Iterable[str] | None = None,
        unit_name: str = "step",
    ) -> None:
        if stateful_metrics is not None and stateless_metrics is not None:
            raise ValueError(
                "[Progbar] takes stateful_metrics or stateless_metrics, not both: all others are "
                "the other kind"
            )
        self.target = target
        self.width = width
        self.verbose = verbose
        self.interval = interval
        self.unit_name = unit_name
        self._shown_as_is = None if stateful_metrics is None else set(stateful_metrics)
        self._averaged = None if stateless_metrics is None else set(stateless_metrics)
        self._sums: dict[str, tuple[float, float]] = {}
        self._seen = 0
        self._begin = time.perf_counter()
        self._drawn = 0.0

    def update(
        self,
        current: int,
        values: Sequence[tuple[str, Any]] | None = None,
        finalize: bool | None = None,
    ) -> None:
        """Tell how many steps have been made.

        Args:
            current: the number of steps.
            values: names and values of the last step.
            finalize: whether this is the end; if None, when `target` is reached.
        """
        if finalize is None:
            finalize = self.target is not None and current >= self.target
        steps = max(current - self._seen, 1)
        for name, value in values or ():
            total, count = self._sums.get(name, (0.0, 0.0)) if self._is_mean(name) else (0.0, 0.0)
            self._sums[name] = (total + float(value) * steps, count + steps)
        self._seen = current
        now = time.perf_counter()
        live = self.verbose == 1 and sys.stdout.isatty()
        if finalize and self.verbose:
            sys.stdout.write(("\r\x1b[K" if live else "") + self._line(now) + "\n")
        elif live and now - self._drawn >= self.interval:
            self._drawn = now
            sys.stdout.write(f"\r{self._bar()}{self._line(now)}\x1b[K")
        sys.stdout.flush()

    def add(self, n: int, values: Sequence[tuple[str, Any]] | None = None) -> None:
        """Tell that so many further steps have been made.

        >>> bar = Progbar(3, verbose=0)
        >>> bar.add(2)
        """
        self.update(self._seen + n, values)

    def _is_mean(self, name: str) -> bool:
        if self._averaged is not None:
            return name in self._averaged
        return name not in (self._shown_as_is or ())

    def _bar(self) -> str:
        if self.target is None:
            return ""
        full = self.width * min(self._seen, self.target) // max(self.target, 1)
        return f"[{'=' * full}{' ' * (self.width - full)}] "

    def _line(self, now: float) -> str:
        done = f"{self._seen}/{self.target}" if self.target is not None else f"{self._seen}"
        seconds = now - self._begin
        each = f"{1e3 * seconds / max(self._seen, 1):.0f}ms/{self.unit_name}"
        parts = [done, f"{seconds:.0f}s {each}"]
        parts += [f"{name}: {_number(t / n)}" for name, (t, n) in self._sums.items()]
        return " - ".join(parts)


def _number(value: float) -> str:
    return f"{value:.4f}" if abs(value) > 1e-3 or value == 0 else f"{value:.4e}"
