"""Ending training that no longer gets better."""

from __future__ import annotations

from typing import Any

from mark1.callbacks._monitor import Monitor
from mark1.callbacks.callback import Callback, Logs


class EarlyStopping(Callback):
    """Stop `fit` when a quantity has not improved for some epochs.

    Args:
        monitor: which of the logs to watch.
        min_delta: the least change that counts as an improvement.
        patience: after how many epochs without one to stop (0: after the first).
        verbose: 1 says when training was stopped.
        mode: ``min``, ``max`` or ``auto`` (by the name of the quantity).
        baseline: a value the quantity must beat from the start.
        restore_best_weights: put back the weights of the best epoch at the end.
        start_from_epoch: epochs before this one are not looked at.

    Raises:
        ValueError: unknown mode; in training, no log of that name.

    Source:
        ``keras.callbacks.EarlyStopping``.

    >>> EarlyStopping(monitor="val_loss", patience=3).patience
    3
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0.0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__()
        self.monitor = monitor
        self.min_delta = min_delta
        self.patience = patience
        self.verbose = verbose
        self.mode = mode
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch
        self._begin()

    def _begin(self) -> None:
        self._watch = Monitor("early_stopping", self.monitor, self.mode, self.min_delta)
        self._watch.best = self.baseline
        self._best_weights: Any = None
        self.wait: int = 0
        self.best_epoch: int = 0
        self.stopped_epoch: int = 0

    @property
    def best(self) -> float | None:
        """The best value seen."""
        return self._watch.best

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Begin anew, so that one object can serve several runs."""
        self._begin()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Compare with the best epoch so far, and stop if that is too long ago."""
        if epoch < self.start_from_epoch:
            return
        improved = self._watch.improves(self._watch.value(logs))
        if improved:
            self.wait = 0
            self.best_epoch = epoch
        else:
            self.wait += 1
        if self.restore_best_weights and (improved or self._best_weights is None):
            self._best_weights = self.model.get_weights()
            self.best_epoch = epoch
        if not improved and self.wait >= self.patience:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Put back the best weights, and say so if asked to."""
        if self.verbose and self.stopped_epoch:
            print(f"Stopped after epoch {self.stopped_epoch + 1}")
        if self._best_weights is not None:
            self.model.set_weights(self._best_weights)
            self._best_weights = None
            if self.verbose:
                print(f"Weights are those of epoch {self.best_epoch + 1}, the best")
