"""Training that goes on where it was interrupted."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from mark1.callbacks.callback import Callback, Logs
from mark1.variable import Variable

_FILE = "latest.weights.h5"


class BackupAndRestore(Callback):
    """Save the state of training after each epoch, and begin with what an earlier run has saved.

    A run that was interrupted by whatever means is started again with the same program: `fit`
    then goes on with the epoch after the last one saved, with the numbers that the unbroken run
    would have had. A folder belongs to one run; when that ends, its file is removed.

    Args:
        backup_dir: a folder, made if need be.
        save_freq: ``"epoch"``; saving between batches is not supported.
        double_checkpoint: accepted for Keras' sake: the file is replaced as a whole here, so that
            one is always complete.
        delete_checkpoint: whether to remove the file when training ends.

    Raises:
        ValueError: an argument is out of range; in training, the file belongs to another model.

    Source:
        ``keras.callbacks.BackupAndRestore``.

    >>> BackupAndRestore("")
    Traceback (most recent call last):
        ...
    ValueError: [backup_and_restore] backup_dir must name a folder, got ''
    """

    def __init__(
        self,
        backup_dir: str | os.PathLike[str],
        save_freq: str = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ) -> None:
        super().__init__()
        if not backup_dir:
            raise ValueError(
                f"[backup_and_restore] backup_dir must name a folder, got {backup_dir!r}"
            )
        if save_freq != "epoch":
            raise ValueError(f"[backup_and_restore] save_freq must be 'epoch', got {save_freq!r}")
        self.backup_dir: str = os.fspath(backup_dir)
        self.save_freq = save_freq
        self.double_checkpoint: bool = bool(double_checkpoint)
        self.delete_checkpoint: bool = bool(delete_checkpoint)
        self._epochs = Variable(np.zeros((), np.int64), trainable=False, name="epochs")

    @property
    def _path(self) -> Path:
        return Path(self.backup_dir) / _FILE

    def _groups(self) -> list[Any]:
        from mark1.saving.weights import entries, training_entries

        own = ("backup/vars", "backup", [self._epochs])
        return [*entries(self.model), *training_entries(self.model), own]

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Go back to what was saved, if anything was."""
        from mark1.saving.weights import Assignment

        if self._path.exists():
            assignment = Assignment()
            assignment.read(self._path.read_bytes(), self._groups(), str(self._path))
            assignment.apply()
            self.model._resumed_at = int(self._epochs.numpy())

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Save."""
        from mark1.saving.atomic import write_atomically
        from mark1.saving.weights import write_weights

        self._epochs.assign(np.asarray(epoch + 1, np.int64))
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(self._path, write_weights(self._groups()))

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Remove the file, and the folder if there is nothing else in it."""
        over = not self.params.get("interrupted")
        if over and self.delete_checkpoint and self._path.exists():
            self._path.unlink()
            if not any(self._path.parent.iterdir()):
                self._path.parent.rmdir()
