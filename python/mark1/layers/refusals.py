"""Errors that leave layers say which layer refused what, as those of operations do."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeVar, cast

from mark1.ops.refusal import refusal

_Init = TypeVar("_Init", bound=Callable[..., None])


def reraise(
    method: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    error: Exception,
    name: str,
) -> NoReturn:
    """Raise the error again, worded for the user if it was not meant for one.

    >>> from mark1 import layers
    >>> layers.Dense("many")
    Traceback (most recent call last):
    ValueError: [Dense] units must be a positive integer, got 'many'
    """
    worded = refusal(method, args, kwargs, error, name)
    if worded is not None:
        raise worded from error
    text = str(error)
    if isinstance(error, (ValueError, TypeError)) and text.startswith("["):
        # Operations do not know in which layer they are; the innermost one says it.
        kind, _, called = name.partition(" ")
        if called and "\n  in " not in text and called not in text and f"[{kind}]" not in text:
            error.args = (f"{text}\n  in {name}",)
    raise error


def refusing(init: _Init) -> _Init:
    """Return an ``__init__`` whose errors name the layer's class and the argument."""

    @functools.wraps(init)
    def made(self: Any, *args: Any, **kwargs: Any) -> None:
        try:
            init(self, *args, **kwargs)
        except Exception as error:
            reraise(types.MethodType(init, self), args, kwargs, error, type(self).__name__)

    return cast(_Init, made)


def completing(init: _Init) -> _Init:
    """Return an ``__init__`` of the user's that notes its arguments, from which a config is made.

    It refuses to have left out that of the class above.
    """

    @functools.wraps(init)
    def made(self: Any, *args: Any, **kwargs: Any) -> None:
        if "_arguments" not in self.__dict__:  # the outermost comes first
            self._arguments = (init, args, kwargs)
        init(self, *args, **kwargs)
        if "_sublayers" not in self.__dict__:
            raise RuntimeError(f"[{type(self).__name__}] its __init__ must call super().__init__()")

    return cast(_Init, made)
