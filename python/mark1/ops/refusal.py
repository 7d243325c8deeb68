"""The last word on bad arguments: errors that nobody foresaw name the operation and what came."""

from __future__ import annotations

import inspect
import sys
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from mark1 import _core

_OWN = {"mark1", "numpy"} | sys.stdlib_module_names
_KINDS: dict[type[BaseException], type[Exception]] = {
    AssertionError: ValueError,
    AttributeError: TypeError,
    IndexError: ValueError,
    KeyError: ValueError,
    MemoryError: MemoryError,
    OverflowError: ValueError,
    StopIteration: ValueError,
    TypeError: TypeError,
    UnboundLocalError: ValueError,
    ValueError: ValueError,
    ZeroDivisionError: ValueError,
}
_NOUNS: dict[Any, str] = {
    bool: "True or False",
    float: "a number",
    int: "an integer",
    str: "a string",
    type(None): "None",
}
_TYPES: dict[Any, tuple[type, ...]] = {
    bool: (bool, np.bool_),
    float: (int, float, np.integer, np.floating),
    int: (int, np.integer),
    str: (str,),
}


def refusal(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    error: BaseException,
    name: str = "",
) -> Exception | None:
    """Words an error that escaped from a function of the library for its user.

    The first argument that is not what its annotation asks for is to blame; if all are, the reason
    is the error's own. Errors of the user's functions, which operations like `map` call, are left
    alone, and so is what has its words already.

    Args:
        function: what was called.
        args: its positional arguments.
        kwargs: those by name.
        error: what it raised.
        name: what to call it, the function's name if empty.

    Returns:
        An error with `error` as its cause; None if that is fine as it is.

    Example:
        >>> from mark1 import ops
        >>> ops.concatenate([[1.0], [2.0]], axis="rows")
        Traceback (most recent call last):
        TypeError: [concatenate] axis must be an integer, got 'rows'
    """
    text = str(error)
    kind = next((_KINDS[t] for t in type(error).__mro__ if t in _KINDS), None)
    if type(error) is RuntimeError:  # what pybind11 makes of arguments that it cannot convert
        kind = TypeError
    if kind is None or text.startswith("[") or not _is_own(error.__traceback__):
        return None
    try:
        given = inspect.signature(function).bind_partial(*args, **kwargs).arguments
    except TypeError:
        return None  # Python's own words about unknown arguments
    op = name or function.__name__
    new = _blame(op, function, given)
    if new is None and isinstance(error, TypeError) and "required positional argument" in text:
        return TypeError(f"[{op}] needs {text.rpartition(': ')[2]}")
    if new is None:
        if "incompatible function arguments" in text or "Unable to cast" in text:
            text = "one has a type that is not taken, or is too large"
        elif isinstance(error, KeyError):
            text = f"there is no {text}"
        came = ", ".join(f"{key}: {_shown(value)}" for key, value in given.items())
        new = kind(f"[{op}] the arguments do not fit: {text.partition(chr(10))[0]} ({came})")
    new.__cause__ = error
    return new


def _is_own(trace: types.TracebackType | None) -> bool:
    """Whether only the library and what it uses ran when the error arose."""
    if trace is None:
        return False  # the call itself failed: Python's own words
    while trace is not None:
        if trace.tb_frame.f_globals.get("__name__", "").partition(".")[0] not in _OWN:
            return False
        trace = trace.tb_next
    return True


def _blame(op: str, function: Callable[..., Any], given: Mapping[str, Any]) -> Exception | None:
    try:
        hints = typing.get_type_hints(function)
    except (NameError, TypeError):  # names that only a type checker knows
        return None
    for key, value in given.items():
        hint = hints.get(key, Any)
        if not _fits(value, hint) and (wanted := " or ".join(dict.fromkeys(_nouns(hint)))):
            return TypeError(f"[{op}] {key} must be {wanted}, got {_shown(value)}")
    return None


def _fits(value: Any, hint: Any) -> bool:
    """Whether a value is what an annotation asks for, as far as that is told by looking at it."""
    if hint is type(None):
        return value is None
    if hint in _TYPES:
        is_flag = isinstance(value, (bool, np.bool_))
        return isinstance(value, _TYPES[hint]) and is_flag == (hint is bool)
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return any(_fits(value, part) for part in parts)
    if origin in (Sequence, list, tuple):
        return isinstance(value, (list, tuple)) and all(_fits(v, parts[0]) for v in value)
    if origin is Callable:
        return callable(value)
    return True


def _nouns(hint: Any) -> Iterator[str]:
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if hint in _NOUNS:
        yield _NOUNS[hint]
    elif origin in (typing.Union, types.UnionType):
        for part in parts:
            yield from _nouns(part)
    elif origin in (Sequence, list, tuple):
        of = {int: "integers", float: "numbers", str: "strings"}.get(parts[0], "such")
        yield f"a sequence of {of}" if of != "such" else "a sequence"
    elif origin is Callable:
        yield "a function"


def _shown(value: Any) -> str:
    """An argument in an error: the shape of data, the beginning of anything else."""
    if isinstance(value, (_core.Tensor, _core.Variable, np.ndarray)):
        return str(tuple(value.shape))
    try:
        text = repr(value)
    except Exception:  # an object's own, which must not hide the first error
        text = type(value).__name__
    return text if len(text) <= 60 else f"{text[:57]}..."
