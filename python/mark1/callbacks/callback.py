"""The base class of callbacks, with Keras' hook names."""

from __future__ import annotations

from typing import Any

Logs = dict[str, float]


class Callback:
    """Something that is told about the course of `fit`, `evaluate` and `predict`.

    Override the hooks of interest. Training that nobody watches batch by batch runs natively for
    many batches at a time; overriding a hook named ``on_..._batch_...`` asks for every batch.

    Attributes:
        model: the model in use; set ``self.model.stop_training = True`` to end `fit` early.
        params: ``verbose``, ``epochs`` and ``steps`` (``None`` if unknown).

    Source:
        Names, order and arguments are those of ``keras.callbacks.Callback``.

    >>> class Count(Callback):
    ...     def on_epoch_end(self, epoch, logs=None):
    ...         print(epoch, logs)
    >>> Count().on_epoch_end(0, {"loss": 0.5})
    0 {'loss': 0.5}
    """

    def __init__(self) -> None:
        self.params: dict[str, Any] = {}
        self.model: Any = None

    def set_params(self, params: dict[str, Any]) -> None:
        """Take over what is known about the run before it begins."""
        self.params = params

    def set_model(self, model: Any) -> None:
        """Take over the model of the run."""
        self.model = model

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Be told that `fit` begins."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Be told that `fit` ends; logs are those of the last epoch."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Be told that epoch (counted from 0) begins."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Be told an epoch's loss and metrics, those of validation under ``val_...``."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Be told that a training batch (counted from 0 in its epoch) begins."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Be told loss and metrics over the epoch so far."""
        self.on_batch_end(batch, logs)

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Be told the same as by `on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Be told the same as by `on_train_batch_end`."""

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Be told that `evaluate`, or the validation in `fit`, begins."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Be told loss and metrics of `evaluate` or of the validation."""

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Be told that a batch of `evaluate` begins."""

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Be told loss and metrics over `evaluate` so far."""

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Be told that `predict` begins."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Be told that `predict` ends."""

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Be told that a batch of `predict` begins."""

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Be told that a batch of `predict` is done."""


def overrides(callback: Callback, *names: str) -> bool:
    """Return whether a callback has a hook of its own under one of the names.

    >>> overrides(Callback(), "on_epoch_end")
    False
    """
    return any(
        getattr(getattr(callback, name), "__func__", None) is not getattr(Callback, name)
        for name in names
    )
