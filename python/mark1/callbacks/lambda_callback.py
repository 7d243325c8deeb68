"""Functions as hooks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mark1.callbacks.callback import Callback


class LambdaCallback(Callback):
    """Call functions in the place of hooks.

    Args:
        on_epoch_begin: ``f(epoch, logs)``.
        on_epoch_end: ``f(epoch, logs)``.
        on_train_begin: ``f(logs)``.
        on_train_end: ``f(logs)``.
        on_train_batch_begin: ``f(batch, logs)``; asks for every batch.
        on_train_batch_end: ``f(batch, logs)``; asks for every batch.
        hooks: functions for any other hooks, by name.

    Raises:
        TypeError: there is no such hook, or what is given is no function.

    Source:
        ``keras.callbacks.LambdaCallback``.

    >>> LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs)).on_epoch_end(3, {})
    3 {}
    """

    def __init__(
        self,
        on_epoch_begin: Callable[..., Any] | None = None,
        on_epoch_end: Callable[..., Any] | None = None,
        on_train_begin: Callable[..., Any] | None = None,
        on_train_end: Callable[..., Any] | None = None,
        on_train_batch_begin: Callable[..., Any] | None = None,
        on_train_batch_end: Callable[..., Any] | None = None,
        **hooks: Callable[..., Any] | None,
    ) -> None:
        super().__init__()
        hooks |= {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end,
        }
        for name, function in hooks.items():
            if not (name.startswith("on_") and hasattr(Callback, name)):
                raise TypeError(f"[LambdaCallback] there is no hook {name!r}")
            if function is None:
                continue
            if not callable(function):
                raise TypeError(
                    f"[LambdaCallback] {name} must be a function, got {type(function).__name__}"
                )
            setattr(self, name, function)
