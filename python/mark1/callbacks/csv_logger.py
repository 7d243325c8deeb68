"""A table of epochs in a file."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from mark1.callbacks.callback import Callback, Logs


class CSVLogger(Callback):
    """Write loss and metrics of every epoch as a line of a file.

    Lines appear as epochs end. The columns are those of the first epoch, by name; what a later
    epoch lacks is ``NA``. Metrics that give several numbers are written as ``[a, b]``.

    Args:
        filename: the file; overwritten unless told otherwise.
        separator: between columns.
        append: add lines to a file that exists.

    Source:
        ``keras.callbacks.CSVLogger``.

    >>> logger = CSVLogger("epochs.csv")
    >>> logger.on_train_begin()
    >>> logger.on_epoch_end(0, {"loss": 0.5})
    >>> logger.on_train_end()
    >>> with open("epochs.csv") as file:
    ...     print(file.read().strip())
    epoch,loss
    0,0.5
    """

    def __init__(
        self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False
    ) -> None:
        super().__init__()
        self.filename: str = os.fspath(filename)
        self.separator = separator
        self.append = append
        self._file: Any = None
        self._columns: list[str] = []

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Open the file."""
        self._close()
        mode = "a" if self.append else "w"
        self._file = open(self.filename, mode, newline="", encoding="utf-8")  # noqa: SIM115
        self._columns = []

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write a line, and before the first one the names of the columns."""
        import csv  # a fifth of a millisecond of the import of mark1

        logs = logs or {}
        writer = csv.writer(self._file, delimiter=self.separator, lineterminator="\n")
        if not self._columns:
            self._columns = sorted(logs)
            if self._file.tell() == 0:
                writer.writerow(["epoch", *self._columns])
        writer.writerow([epoch, *(_text(logs.get(name, "NA")) for name in self._columns)])
        self._file.flush()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Close the file."""
        self._close()

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _text(value: Any) -> Any:
    return f"[{', '.join(map(str, value))}]" if np.ndim(value) else value
