"""Calling many callbacks as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mark1.callbacks.callback import Callback, Logs, overrides
from mark1.callbacks.history import History
from mark1.callbacks.progbar_logger import ProgbarLogger

_TRAIN_BATCH = ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end")
_TEST_BATCH = ("on_test_batch_begin", "on_test_batch_end")
_PREDICT_BATCH = ("on_predict_batch_begin", "on_predict_batch_end")


class CallbackList(Callback):
    """The callbacks of one run, called in order.

    A loop need not report every batch: it asks `wants_train_batches` once, and when that is false
    it asks `due` between batches (cheap: one look at the clock) and calls the batch hook only then.

    Args:
        callbacks: one callback, several, or none.
        add_history: add a `History` unless there is one; it is then found under ``history``.
        add_progbar: add a `ProgbarLogger` unless there is one.
        model: given to every callback.
        params: ``verbose``, ``epochs``, ``steps``: given to every callback.

    Raises:
        TypeError: one of the callbacks is not a `Callback`.

    Source:
        ``keras.callbacks.CallbackList``.

    >>> callbacks = CallbackList(add_history=True, epochs=1, steps=1, verbose=0)
    >>> callbacks.on_epoch_end(0, {"loss": 0.5})
    >>> callbacks.history.history
    {'loss': [0.5]}
    """

    def __init__(
        self,
        callbacks: Callback | Sequence[Callback] | None = None,
        add_history: bool = False,
        add_progbar: bool = False,
        model: Any = None,
        **params: Any,
    ) -> None:
        super().__init__()
        given: Any = [] if callbacks is None else callbacks
        several = isinstance(given, Iterable) and not isinstance(given, type)
        self.callbacks: list[Any] = list(given) if several else [given]
        for callback in self.callbacks:
            if not isinstance(callback, Callback):
                raise TypeError(
                    "[callbacks] every callback must be a mark1.callbacks.Callback, "
                    f"got {type(callback).__name__}"
                    + (". Put () behind its name" if isinstance(callback, type) else "")
                )
        self.history: Any = self._first_or_added(History, add_history)
        self.progress: Any = self._first_or_added(ProgbarLogger, add_progbar)
        self.set_model(model)
        self.set_params(params)
        others = [c for c in self.callbacks if not isinstance(c, ProgbarLogger)]
        self.wants_train_batches: bool = any(overrides(c, *_TRAIN_BATCH) for c in others)
        self.wants_test_batches: bool = any(overrides(c, *_TEST_BATCH) for c in others)
        self.wants_predict_batches: bool = any(overrides(c, *_PREDICT_BATCH) for c in others)

    def _first_or_added(self, kind: Any, add: bool) -> Any:
        for callback in self.callbacks:
            if isinstance(callback, kind):
                return callback
        if not add:
            return None
        self.callbacks.append(kind())
        return self.callbacks[-1]

    def __iter__(self) -> Iterator[Callback]:
        return iter(self.callbacks)

    def __len__(self) -> int:
        return len(self.callbacks)

    def due(self) -> bool:
        """Return whether the progress display would draw now if it were told of a batch."""
        return self.progress is not None and self.progress.due()

    def close(self) -> None:
        """Leave the terminal tidy after an exception; harmless at any other time."""
        if self.progress is not None:
            self.progress.close()

    def set_params(self, params: dict[str, Any]) -> None:
        """Give params to every callback."""
        self.params = params
        for callback in self.callbacks:
            callback.set_params(params)

    def set_model(self, model: Any) -> None:
        """Give the model to every callback; it finds its history under ``model.history``."""
        self.model = model
        if model is not None and self.history is not None:
            model.history = self.history
        for callback in self.callbacks:
            callback.set_model(model)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Tell every callback."""
        for callback in self.callbacks:
            callback.on_train_begin(logs)

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Tell every callback."""
        for callback in self.callbacks:
            callback.on_train_end(logs)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Tell every callback."""
        for callback in self.callbacks:
            callback.on_epoch_begin(epoch, logs)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Tell every callback."""
        for callback in self.callbacks:
            callback.on_epoch_end(epoch, logs)

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Tell every callback."""
        for callback in self.callbacks:
            callback.on_train_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Tell every callback."""
        for callback in self.callbacks:
            callback.on_train_batch_end(batch, logs)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Tell every callback."""
        for callback in self.callbacks:
            callback.on_test_begin(logs)

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Tell every callback."""
        for callback in self.callbacks:
            callback.on_test_end(logs)

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Tell every callback."""
        for callback in self.callbacks:
            callback.on_test_batch_begin(batch, logs)

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Tell every callback."""
        for callback in self.callbacks:
            callback.on_test_batch_end(batch, logs)

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Tell every callback."""
        for callback in self.callbacks:
            callback.on_predict_begin(logs)

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Tell every callback."""
        for callback in self.callbacks:
            callback.on_predict_end(logs)

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Tell every callback."""
        for callback in self.callbacks:
            callback.on_predict_batch_begin(batch, logs)

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Tell every callback."""
        for callback in self.callbacks:
            callback.on_predict_batch_end(batch, logs)
