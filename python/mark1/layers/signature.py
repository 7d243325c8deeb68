"""What the methods of a layer take, found out once per class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

_VARARGS, _VARKEYWORDS = 0x04, 0x08  # of a code object's flags


class Signature(NamedTuple):
    """The arguments of a method, without self."""

    positional: tuple[str, ...]
    names: frozenset[str]  # all that can be given by name
    required: int  # positional ones without a default
    varargs: bool
    varkeywords: bool

    def bind(self, op: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """Return arguments by name; further positional ones are called ``*0``, ``*1`` and so on.

        Raises:
            TypeError: too many, unknown ones, or one given twice.
        """
        positional = self.positional
        bound: dict[str, Any] = dict(zip(positional, args, strict=False))
        if len(args) > len(positional):
            if not self.varargs:
                raise TypeError(
                    f"[{op}] takes {len(positional)} inputs ({', '.join(positional)}), "
                    f"got {len(args)}"
                )
            for number, value in enumerate(args[len(positional) :]):
                bound[f"*{number}"] = value
        for name, value in kwargs.items():
            if name in bound:
                raise TypeError(f"[{op}] got {name} twice")
            if name not in self.names and not self.varkeywords:
                known = ", ".join(positional)
                raise TypeError(f"[{op}] does not take {name}; its inputs are {known}")
            bound[name] = value
        return bound

    def missing(self, given: dict[str, Any]) -> str:
        """Return the names of inputs that are needed and not given; masks come by themselves."""
        if not given:
            return "an input"
        return ", ".join(
            name
            for name in self.positional[: self.required]
            if name not in given and name != "training" and not name.endswith("mask")
        )


def signature_of(method: Callable[..., Any]) -> Signature:
    """Return what a method takes; of a callable without code, one input.

    >>> class Attention:
    ...     def call(self, query, value, key=None, *, training=False): ...
    >>> signature_of(Attention.call).positional
    ('query', 'value', 'key')
    """
    code = getattr(getattr(method, "__wrapped__", method), "__code__", None)
    if code is None:
        return Signature(("x",), frozenset({"x"}), 1, False, True)
    count = code.co_argcount
    positional = code.co_varnames[1:count]
    defaults = getattr(getattr(method, "__wrapped__", method), "__defaults__", None) or ()
    return Signature(
        positional,
        frozenset(code.co_varnames[1 : count + code.co_kwonlyargcount]),
        len(positional) - len(defaults),
        bool(code.co_flags & _VARARGS),
        bool(code.co_flags & _VARKEYWORDS),
    )


def default_of(method: Callable[..., Any], name: str) -> Any:
    """Return the default of an argument of a method; None if it has none.

    >>> class Noise:
    ...     def call(self, x, training=True): ...
    >>> default_of(Noise.call, "training")
    True
    """
    method = getattr(method, "__wrapped__", method)
    code = getattr(method, "__code__", None)
    if code is None:
        return None
    defaults = getattr(method, "__defaults__", None) or ()
    by_place = code.co_varnames[code.co_argcount - len(defaults) : code.co_argcount]
    by_name = getattr(method, "__kwdefaults__", None) or {}
    return dict(zip(by_place, defaults, strict=True), **by_name).get(name)
