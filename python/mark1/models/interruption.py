"""Ctrl-C during training."""

from __future__ import annotations

import threading
from types import FrameType, TracebackType


class Interruption:
    """Turns the first Ctrl-C into a wish that the training loop reads between batches.

    A second one raises KeyboardInterrupt at once. Only Python's own handler is replaced, and only
    in the main thread; it is put back at the end.

    >>> with Interruption() as interruption:
    ...     interruption.requested
    False
    """

    def __init__(self) -> None:
        self.requested: bool = False
        self._installed = False

    def __enter__(self) -> Interruption:
        import signal

        if (
            threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        ):
            signal.signal(signal.SIGINT, self._handle)
            self._installed = True
        return self

    def _handle(self, number: int, frame: FrameType | None) -> None:
        import signal

        if self.requested:
            signal.default_int_handler(number, frame)
        self.requested = True

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        import signal

        if self._installed:
            signal.signal(signal.SIGINT, signal.default_int_handler)
