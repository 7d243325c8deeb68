"""A thread that runs iterators ahead of whoever needs their items."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Generator, Iterator
from typing import Any

# Items that wait. Two hide the time to make one while another is in use, and cost little memory.
CAPACITY = 2
# How often a thread that waits looks whether the program has ended without closing it.
_PATIENCE = 1.0

_Message = tuple[str, Any]


class Loader:
    """Runs iterators, one after another, on one thread of its own.

    The thread starts with the first iterator and ends with `close`. It is not a daemon, so nothing
    is torn down under it when the program ends; if nobody has closed it by then it ends by itself.

    >>> loader = Loader()
    >>> list(loader.run(iter("abc")))
    ['a', 'b', 'c']
    >>> loader.close()
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._messages: deque[_Message] = deque()
        self._job: Iterator[Any] | None = None
        self._wanted = False  # whether anybody waits for what the job yields
        self._closed = False
        self._thread: threading.Thread | None = None

    def run(self, job: Iterator[Any]) -> Generator[Any, None, None]:
        """Yield what the job yields; what it raises is raised here, with its traceback.

        Whoever stops before the end waits until the job is at rest: it has then made at most
        `CAPACITY` items and one that nobody saw.
        """
        self._begin(job)
        try:
            while True:
                with self._changed:
                    while not self._messages:
                        self._changed.wait()
                    kind, value = self._messages.popleft()
                    self._changed.notify_all()
                if kind == "end":
                    return
                if kind == "error":
                    try:
                        raise value
                    finally:
                        del value  # or it would be in a cycle with this frame
                yield value
                del value  # a batch must not live until the next has come
        finally:
            self.rest()

    def rest(self) -> None:
        """Abandon the job, if there is one, and wait until the thread has left it."""
        with self._changed:
            self._wanted = False
            self._changed.notify_all()
            while self._job is not None:
                self._changed.wait()
            self._messages.clear()

    def close(self) -> None:
        """End the thread; a second call does nothing."""
        self.stop()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()
            self._thread = None

    def stop(self) -> None:
        """Tell the thread to end, without waiting for it."""
        with self._changed:
            self._wanted, self._closed = False, True
            self._changed.notify_all()

    def _begin(self, job: Iterator[Any]) -> None:
        if self._closed:
            raise ValueError("[Loader] it is closed")
        self.rest()
        if self._thread is None:
            thread = threading.Thread(target=self._work, name="mark1 loader")
            thread.start()
            self._thread = thread
        with self._changed:
            self._job, self._wanted = job, True
            self._changed.notify_all()

    def _work(self) -> None:
        while True:
            with self._changed:
                while self._job is None and self._goes_on():
                    self._changed.wait(_PATIENCE)
                job = self._job
            if job is None:
                return
            self._exhaust(job)
            del job  # with all it holds, before anybody is told
            with self._changed:
                self._job = None
                self._changed.notify_all()

    def _exhaust(self, job: Iterator[Any]) -> None:
        try:
            for item in job:
                if not self._put("item", item):
                    return
                del item
            self._put("end", None)
        except BaseException as error:
            self._put("error", error)

    def _put(self, kind: str, value: Any) -> bool:
        """Hand a message over when there is room; False if nobody wants it any more."""
        with self._changed:
            while self._goes_on() and self._wanted and len(self._messages) >= CAPACITY:
                self._changed.wait(_PATIENCE)
            if not (self._goes_on() and self._wanted):
                return False
            self._messages.append((kind, value))
            self._changed.notify_all()
            return True

    def _goes_on(self) -> bool:
        return not self._closed and threading.main_thread().is_alive()
