"""Lowering the learning rate when training no longer gets better."""

from __future__ import annotations

import numpy as np

from mark1.callbacks._monitor import Monitor
from mark1.callbacks.callback import Callback, Logs


class ReduceLROnPlateau(Callback):
    """Multiply the learning rate by a factor when a quantity has not improved for some epochs.

    The logs get ``learning_rate``.

    Args:
        monitor: which of the logs to watch.
        factor: below 1.
        patience: after how many epochs without an improvement the rate is lowered.
        verbose: 1 says so.
        mode: ``min``, ``max`` or ``auto`` (by the name of the quantity).
        min_delta: the least change that counts as an improvement.
        cooldown: how many epochs are not counted after the rate was lowered.
        min_lr: the rate is not lowered below this one.

    Raises:
        ValueError: factor of 1 or more, unknown mode; in training, no log of that name.

    Source:
        ``keras.callbacks.ReduceLROnPlateau``.

    >>> ReduceLROnPlateau(factor=0.5, patience=3).patience
    3
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        super().__init__()
        if factor >= 1.0:
            raise ValueError(f"[reduce_lr_on_plateau] factor must be below 1, got {factor}")
        self.monitor = monitor
        self.factor = factor
        self.patience = patience
        self.verbose = verbose
        self.mode = mode
        self.min_delta = min_delta
        self.cooldown = cooldown
        self.min_lr = min_lr
        self._begin()

    def _begin(self) -> None:
        self._watch = Monitor("reduce_lr_on_plateau", self.monitor, self.mode, self.min_delta)
        self.wait: int = 0
        self.cooldown_counter: int = 0

    @property
    def best(self) -> float | None:
        """The best value seen."""
        return self._watch.best

    def in_cooldown(self) -> bool:
        """Whether epochs are not counted at present."""
        return self.cooldown_counter > 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Begin anew, so that one object can serve several runs."""
        self._begin()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Compare with the best epoch so far, and lower the rate if that is too long ago."""
        value = self._watch.value(logs)
        if logs is not None:
            logs["learning_rate"] = float(self.model.optimizer.learning_rate)
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self._watch.improves(value):
            self.wait = 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience:
                self._reduce(epoch)

    def _reduce(self, epoch: int) -> None:
        optimizer = self.model.optimizer
        old = float(optimizer.learning_rate)
        if old <= np.float32(self.min_lr):  # The rate is a float32.
            return
        new = max(old * self.factor, self.min_lr)
        optimizer.learning_rate = new
        self.cooldown_counter = self.cooldown
        self.wait = 0
        if self.verbose:
            print(f"Epoch {epoch + 1}: learning rate lowered to {new:g}")
