"""What `fit` returns: the course of loss and metrics."""

from __future__ import annotations

from mark1.callbacks.callback import Callback, Logs


class History(Callback):
    """The logs of every epoch.

    Attributes:
        history: per name (``loss``, ``val_loss``, ...) one value per epoch.
        epoch: the numbers of the epochs, counted from 0.

    >>> record = History()
    >>> record.on_epoch_end(0, {"loss": 0.5, "accuracy": 0.75})
    >>> record.history
    {'loss': [0.5], 'accuracy': [0.75]}
    """

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, list[float]] = {}
        self.epoch: list[int] = []

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Begin anew, so that one object can serve several runs."""
        self.history = {}
        self.epoch = []

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Append the logs of the epoch."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
