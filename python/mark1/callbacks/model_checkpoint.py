"""Saving the model while it trains."""

from __future__ import annotations

import os

from mark1.callbacks._monitor import Monitor
from mark1.callbacks.callback import Callback, Logs


class ModelCheckpoint(Callback):
    """Save the model at the end of epochs.

    Args:
        filepath: where; ``{epoch}`` (counted from 1) and names of logs are filled in, as in
            ``"runs/{epoch:02d}-{val_loss:.3f}.keras"``.
        monitor: which of the logs tells how good an epoch is.
        verbose: 1 says what was saved where.
        save_best_only: save only epochs that beat all before them.
        save_weights_only: save the weights alone (``.weights.h5``).
        mode: ``min``, ``max`` or ``auto`` (by the name of the quantity).
        save_freq: ``"epoch"``; saving between batches is not supported.
        initial_value_threshold: a value the first epoch must beat.

    Raises:
        ValueError: unknown mode or ending of the path; in training, no log of that name.

    Source:
        ``keras.callbacks.ModelCheckpoint``.

    >>> ModelCheckpoint("best.txt")
    Traceback (most recent call last):
        ...
    ValueError: [model_checkpoint] filepath must end in .keras, got 'best.txt'
    """

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: str = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        super().__init__()
        if save_freq != "epoch":
            raise ValueError(f"[model_checkpoint] save_freq must be 'epoch', got {save_freq!r}")
        self.filepath: str = os.fspath(filepath)
        ending = ".weights.h5" if save_weights_only else ".keras"
        if not self.filepath.endswith(ending):
            raise ValueError(
                f"[model_checkpoint] filepath must end in {ending}, got {self.filepath!r}"
            )
        self.monitor = monitor
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self._watch = Monitor("model_checkpoint", monitor, mode, 0.0)
        self._watch.best = initial_value_threshold

    @property
    def best(self) -> float | None:
        """The best value saved."""
        return self._watch.best

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Save, unless only better epochs are wanted and this one is not."""
        if self.save_best_only and not self._watch.improves(self._watch.value(logs)):
            return
        path = self._path(epoch, logs)
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        if self.save_weights_only:
            self.model.save_weights(path)
        else:
            self.model.save(path)
        if self.verbose:
            print(f"Saved {path}")

    def _path(self, epoch: int, logs: Logs | None) -> str:
        try:
            return self.filepath.format(epoch=epoch + 1, **(logs or {}))
        except KeyError as error:
            names = ", ".join(["epoch", *(logs or {})])
            raise ValueError(
                f"[model_checkpoint] filepath names {error}, which is not in the logs; "
                f"there are: {names}"
            ) from error
