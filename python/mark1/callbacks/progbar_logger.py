"""What one sees while a model trains."""

from __future__ import annotations

import os
import sys
import time
from typing import Any, TextIO

from mark1.callbacks.callback import Callback, Logs

_INTERVAL = 0.1  # seconds between two drawings of the bar
_BAR_WIDTH = 24
interactive = True  # whether a terminal gets bars; mark1.config says so


class ProgbarLogger(Callback):
    """Show progress: a bar on a terminal, and one line per epoch that stays.

    ``verbose`` (in ``params``): 0 shows nothing; 1 draws a bar at most ten times a second if the
    stream is a terminal, and a line at the end of each epoch; 2 writes the lines only. The stream
    is ``sys.stdout``; nothing but ASCII is written unless it is UTF-8. rich draws the bar and is
    imported when the first one is drawn, so runs of a few milliseconds never load it.

    >>> shown = ProgbarLogger()
    >>> shown.set_params({"verbose": 2, "epochs": 3, "steps": 10})
    >>> shown.on_train_begin()
    >>> shown.on_epoch_begin(0)
    >>> shown.on_epoch_end(0, {"loss": 0.5})  # doctest: +ELLIPSIS
    Epoch 1/3  10/10  ... loss 0.5000
    """

    def __init__(self) -> None:
        super().__init__()
        self._console: Any = None
        self._reset("")

    def _reset(self, title: str) -> None:
        self._title = title
        self._steps_done = 0
        self._drawn = False
        self._begin = self._last = time.perf_counter()

    def due(self) -> bool:
        """Return whether a batch told of now would be drawn."""
        if not self._live or self._validating:
            return False
        return time.perf_counter() - self._last >= _INTERVAL

    def close(self) -> None:
        """Wipe an unfinished bar, so that what is written next begins a line of its own."""
        if self._drawn:
            self._drawn = False
            self._write("\r\x1b[K")

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Look at the stream that is in force now."""
        self._open()
        self._in_fit = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Wipe the bar of an epoch that was not finished."""
        self.close()
        self._in_fit = False

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Begin a new bar."""
        epochs = self.params.get("epochs")
        self._reset(f"Epoch {epoch + 1}/{epochs}" if epochs else f"Epoch {epoch + 1}")

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Draw, if the last drawing is long enough ago."""
        self._progress(batch + 1, logs)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write the line that stays."""
        self._finish(logs)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Begin a bar, unless this is the validation of an epoch, which has one."""
        self._validating = self._in_fit
        if not self._validating:
            self._open()
            self._reset("Test")

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Draw, if the last drawing is long enough ago."""
        self._progress(batch + 1, logs)

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Write the line that stays."""
        if not self._validating:
            self._finish(logs)
        self._validating = False

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Begin a bar."""
        self._open()
        self._reset("Predict")

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Draw, if the last drawing is long enough ago."""
        self._progress(batch + 1, None)

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Wipe the bar: predictions speak for themselves."""
        self.close()

    _in_fit = False
    _validating = False
    _live = False
    _lines = False
    _stream: TextIO

    def _open(self) -> None:
        verbose = self.params.get("verbose", 1)
        self._stream = sys.stdout
        terminal = interactive and self._stream.isatty() and os.environ.get("TERM") != "dumb"
        self._live = verbose in (1, "auto") and terminal
        self._lines = bool(verbose)
        self._console = None

    def _progress(self, done: int, logs: Logs | None) -> None:
        if self._validating:
            return
        self._steps_done = done
        if not self.due():
            return
        self._last = time.perf_counter()
        self._drawn = True
        self._write(self._bar(done, logs))

    def _finish(self, logs: Logs | None) -> None:
        self.close()
        if not self._lines:
            return
        seconds = time.perf_counter() - self._begin
        steps = self.params.get("steps") or self._steps_done
        parts = [self._title]
        if steps:
            parts.append(f"{steps}/{steps}")
        parts.append(_duration(seconds))
        if steps:
            parts.append(f"{_duration(seconds / steps)}/step")
        self._write("  ".join([*parts, *_values(logs)]) + "\n")

    def _bar(self, done: int, logs: Logs | None) -> str:
        from rich.console import Console
        from rich.progress_bar import ProgressBar
        from rich.text import Text

        if self._console is None:
            self._console = Console(file=self._stream, highlight=False)
        steps = self.params.get("steps")
        seconds = time.perf_counter() - self._begin
        parts = [f" {done}/{steps}" if steps else f" {done}"]
        if steps and done:
            parts.append(f"{_duration(seconds / done * (steps - done))} left")
        parts.extend(_values(logs))
        console = self._console
        tail = Text("  ".join(parts))
        room = console.width - len(self._title) - 2 - (_BAR_WIDTH if steps else 0)
        tail.truncate(max(room, 0))
        with console.capture() as captured:
            console.print(Text(self._title + " ", style="bold"), end="")
            if steps:
                console.print(ProgressBar(steps, done, width=_BAR_WIDTH), end="")
            console.print(tail, end="", soft_wrap=True)
        return f"\r{captured.get()}\x1b[K"

    def _write(self, text: str) -> None:
        encoding = self._stream.encoding or "utf-8"
        if not encoding.lower().startswith("utf"):
            text = text.encode("ascii", "backslashreplace").decode("ascii")
        self._stream.write(text)
        self._stream.flush()


def _values(logs: Logs | None) -> list[str]:
    return [f"{name} {_number(value)}" for name, value in (logs or {}).items()]


def _number(value: Any) -> str:
    """Write a value of the logs; metrics like F1Score give several.

    >>> _number(0.25), _number(1e-5), _number([0.25, 1.0])
    ('0.2500', '1.0000e-05', '[0.2500, 1.0000]')
    """
    if hasattr(value, "__len__"):
        return f"[{', '.join(_number(v) for v in value)}]"
    return f"{value:.4f}" if abs(value) >= 1e-3 or value == 0 else f"{value:.4e}"


def _duration(seconds: float) -> str:
    """Return a time in the largest unit that leaves a whole part.

    >>> [_duration(s) for s in (3e-5, 0.0021, 4.26, 75, 7260)]
    ['30us', '2ms', '4.3s', '1m15s', '2h01m']
    """
    if seconds < 1e-3:
        return f"{seconds * 1e6:.0f}us"
    if seconds < 1:
        return f"{seconds * 1e3:.0f}ms"
    if seconds < 60:
        return f"{seconds:.1f}s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}m{rest:02d}s"
    return f"{minutes // 60}h{minutes % 60:02d}m"
