"""Ending training that has gone astray."""

from __future__ import annotations

import math

from mark1.callbacks.callback import Callback, Logs


class TerminateOnNaN(Callback):
    """Stop `fit` after the first batch at which the loss of the epoch is not finite.

    Asks for every batch, so that each step is a native run of its own.

    Args:
        raise_error: raise a RuntimeError in place of stopping.

    Raises:
        RuntimeError: in training, if asked to.

    Source:
        ``keras.callbacks.TerminateOnNaN``.

    >>> TerminateOnNaN().raise_error
    False
    """

    def __init__(self, raise_error: bool = False) -> None:
        super().__init__()
        self.raise_error = raise_error

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Look at the loss."""
        loss = (logs or {}).get("loss", 0.0)
        if math.isfinite(loss):
            return
        if self.raise_error:
            raise RuntimeError(f"[terminate_on_nan] the loss is {loss} after batch {batch}")
        print(f"The loss is {loss} after batch {batch}: training ends")
        self.model.stop_training = True
