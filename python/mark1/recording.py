"""Steps that are recorded while they run in Python, and run without it from then on.

A step is a function of tensors. It runs in Python at least twice; meanwhile every kernel launch is
written down with its arguments. If two recordings in succession are the same, the step depends on
nothing but its inputs and on variables, and the launches alone are run from then on: a *program*.
A step that reads a value back, creates variables, sets attributes or differs from call to call is
left to Python; a warning says which operation and line is the reason.
"""

from __future__ import annotations

import threading
import warnings
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import Any, NamedTuple

from mark1 import _core
from mark1._core import Tensor
from mark1.utils.users_line import users_line

_PLAIN = (bool, int, float, str, type(None), tuple)
_ATTEMPTS = 3  # recordings that may fail: first steps fill caches and make variables

Flatten = Callable[[Any], "tuple[list[Tensor], Callable[[list[Tensor]], Any]]"]


class EagerStepWarning(UserWarning):
    """A step runs in Python because it cannot be recorded."""


class Obstacle(NamedTuple):
    """Why a recording cannot be replayed, and the line that is the reason."""

    reason: str
    filename: str
    line: int

    def __str__(self) -> str:
        return f"{self.reason}, {self.filename}:{self.line}"


class _State(threading.local):
    def __init__(self) -> None:
        self.running: list[Replay] = []  # in Python; only the last can be recording


_state = _State()
recordings = 0  # in all threads at present: what the hot paths look at


class Replay:
    """A step for inputs of certain shapes: recorded, then replayed.

    Args:
        function: the step, of tensors.
        what: what messages call it.
        flatten: turns the step's result into a list of tensors and a function that undoes it; None
            for a step without one.
    """

    def __init__(self, function: Callable[..., Any], what: str, flatten: Flatten | None = None):
        self._function = function
        self._what = what
        self._flatten = flatten
        self._restore: Callable[[list[Tensor]], Any] | None = None
        self._lock = threading.Lock()
        self._recorder: _core.Recorder | None = _core.Recorder()
        self._program: _core.Program | None = None
        self._failures = 0
        self._found: Obstacle | None = None
        self.obstacle: Obstacle | None = None

    @property
    def program(self) -> _core.Program | None:
        """The program, if there is one and it can be run now."""
        program = self._program
        if program is None or program.busy or _core.recording():
            return None
        if not program.fits():
            self._begin_anew()
            return None
        return program

    @property
    def restore(self) -> Callable[[list[Any]], Any] | None:
        """Makes a result like the recorded step's of a list of tensors or arrays."""
        return self._restore

    @property
    def last_program(self) -> _core.Program | None:
        """The program, whether or not it can be run now."""
        return self._program

    def __call__(self, *inputs: Tensor) -> Any:
        """Make a step and return its result."""
        program = self.program
        if program is None:
            return self.record(*inputs)
        out = program.call(list(inputs))
        if out is None:  # another thread was faster
            return self._function(*inputs)
        return None if self._restore is None else self._restore(out)

    def record(self, *inputs: Tensor) -> Any:
        """Make a step in Python, recording it if there is hope that it can be replayed."""
        if _core.recording():  # it becomes part of the step around it
            return self._function(*inputs)
        if (
            self._recorder is None
            or self._program is not None  # another thread runs it
            or not self._lock.acquire(blocking=False)
        ):
            _state.running.append(self)
            try:
                return self._function(*inputs)
            finally:
                _state.running.pop()
        try:
            return self._record(self._recorder, inputs)
        finally:
            self._lock.release()

    def _record(self, recorder: _core.Recorder, inputs: Sequence[Tensor]) -> Any:
        global recordings
        recordings += 1
        _state.running.append(self)
        try:
            note(settings)
            result = self._function(*recorder.begin(list(inputs)))
            flat: list[Tensor] = []
            restore: Callable[[list[Tensor]], Any] | None = None
            if self._flatten is not None:
                flat, restore = self._flatten(result)
            flat = recorder.end(flat)
        except BaseException:
            recorder.cancel()
            self._found = None
            raise
        finally:
            _state.running.pop()
            recordings -= 1
        self._restore = restore
        if restore is not None:
            result = restore(flat)
        found, self._found = self._found, None
        self._program = recorder.program
        if self._program is not None:
            self._recorder = None
        elif found is not None:
            self._failures += 1
            if self._failures == _ATTEMPTS:
                self._give_up(found)
        return result

    def invalidate(self, reason: str) -> None:
        """Forget the recording: something that is built into it has changed.

        A step that itself makes the change is left to Python.
        """
        if self in _state.running:
            _core.drop_recording(reason)
        elif self._program is not None or self.obstacle is not None:
            self._begin_anew()

    def _begin_anew(self) -> None:
        self._program = None
        self._recorder = _core.Recorder()
        self._failures = 0
        self.obstacle = None

    def _give_up(self, obstacle: Obstacle) -> None:
        self._recorder = None
        self.obstacle = obstacle
        warnings.warn_explicit(
            f"[{self._what}] runs step by step in Python, because it {obstacle}",
            EagerStepWarning,
            obstacle.filename,
            obstacle.line,
        )


class ReplayCache:
    """The replays of one model, the least recently used of which goes first.

    Args:
        limit: how many there may be.
    """

    def __init__(self, limit: int = 8) -> None:
        self._replays: OrderedDict[Hashable, Replay] = OrderedDict()
        self._limit = limit
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Replay]) -> Replay:
        """Return the replay for a key, making it if need be."""
        with self._lock:
            replay = self._replays.get(key)
            if replay is None:
                replay = self._replays[key] = make()
                if len(self._replays) > self._limit:
                    self._replays.popitem(last=False)
            else:
                self._replays.move_to_end(key)
            return replay

    def items(self) -> list[tuple[Hashable, Replay]]:
        """Return keys and replays, the most recently used last."""
        with self._lock:
            return list(self._replays.items())


class Structural:
    """Has attributes that recorded steps have built in; setting one makes them record anew."""

    _incidental: frozenset[str] = frozenset()  # attributes that change nothing

    def __setattr__(self, name: str, value: Any) -> None:
        attribute_set(self, name, value)
        object.__setattr__(self, name, value)


class _Settings(Structural):
    name = "mark1.config"


settings: _Settings = _Settings()  # those of the library that recorded steps have built in


def note(owner: Any) -> None:
    """Tell the present recording that it has the attributes of this object built in."""
    if _state.running:
        owner.__dict__.setdefault("_replays", weakref.WeakSet()).add(_state.running[-1])


def attribute_set(owner: Any, name: str, value: Any) -> None:
    """Tell recordings that a public attribute of an object is about to be set."""
    if "_replays" not in owner.__dict__ or name.startswith("_") or name in owner._incidental:
        return
    old = owner.__dict__.get(name, owner)
    if old is owner or old is value:
        return
    if type(old) is type(value) and isinstance(value, _PLAIN) and old == value:
        return
    changed(owner, name)


def changed(owner: Any, what: str) -> None:
    """Tell recordings that something about an object has changed."""
    for replay in list(owner.__dict__.get("_replays", ())):
        replay.invalidate(f"sets {what} of {getattr(owner, 'name', type(owner).__name__)}")


def _on_obstacle(reason: str) -> None:
    if not _state.running:
        return
    replay = _state.running[-1]
    if replay._found is not None:
        return
    replay._found = Obstacle(reason, *users_line())


_core.set_obstacle_callback(_on_obstacle)
