"""Setting the learning rate epoch by epoch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mark1.callbacks.callback import Callback, Logs


class LearningRateScheduler(Callback):
    """Set the learning rate at the beginning of every epoch; the logs get ``learning_rate``.

    Args:
        schedule: a function of the epoch, counted from 0, and of the present rate, that returns the
            new rate; it may do without the second argument.
        verbose: 1 says what the rate is.

    Raises:
        TypeError: in training, the function returned something else than a float.

    Source:
        ``keras.callbacks.LearningRateScheduler``.

    >>> halve = LearningRateScheduler(lambda epoch, rate: rate / 2 if epoch else rate)
    >>> halve.schedule(3, 0.5)
    0.25
    """

    def __init__(self, schedule: Callable[..., Any], verbose: int = 0) -> None:
        super().__init__()
        if not callable(schedule):
            raise TypeError(
                "[learning_rate_scheduler] schedule must be a function of the epoch and "
                f"the present rate, got {type(schedule).__name__}"
            )
        self.schedule = schedule
        self.verbose = verbose

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Set the rate."""
        optimizer = self.model.optimizer
        try:
            rate = self.schedule(epoch, float(optimizer.learning_rate))
        except TypeError:
            rate = self.schedule(epoch)
        if not isinstance(rate, (float, np.floating)):
            raise TypeError(
                f"[learning_rate_scheduler] schedule must return a float, got {type(rate).__name__}"
            )
        optimizer.learning_rate = float(rate)
        if self.verbose:
            print(f"Epoch {epoch + 1}: learning rate {float(rate):g}")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Tell the rate."""
        if logs is not None:
            logs["learning_rate"] = float(self.model.optimizer.learning_rate)
