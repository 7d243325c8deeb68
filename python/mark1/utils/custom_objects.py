"""Classes and functions of the user's own, by the names under which files speak of them.

A file never names a module to import: what it may use is what the package has and what the user
has entered here, for good or for a block.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar, Token
from types import MappingProxyType
from typing import Any, TypeVar

C = TypeVar("C")

_scope: ContextVar[Mapping[str, Any]] = ContextVar(
    "mark1_custom_objects", default=MappingProxyType({})
)
# Where classes and functions are put down that a description names, while somebody wants them.
_noted: ContextVar[dict[str, Any] | None] = ContextVar("mark1_noted_objects", default=None)
_registered: dict[str, Any] = {}
_names: dict[Any, str] = {}


class CustomObjectScope:
    """A block in which files and configs may name further classes and functions.

    They are found however deep the layer is that names them. Blocks may be nested: names of the
    inner one come first.

    Args:
        custom_objects: classes and functions by name.

    >>> class Ball: ...
    >>> with CustomObjectScope({"Ball": Ball}):
    ...     get_registered_object("Ball") is Ball
    True
    >>> print(get_registered_object("Ball"))
    None
    """

    def __init__(self, custom_objects: Mapping[str, Any] | None = None) -> None:
        self.custom_objects: dict[str, Any] = dict(custom_objects or {})
        self._before: list[Token[Mapping[str, Any]]] = []

    def __enter__(self) -> CustomObjectScope:
        self._before.append(_scope.set({**_scope.get(), **self.custom_objects}))
        return self

    def __exit__(self, *exc_info: object) -> None:
        _scope.reset(self._before.pop())


custom_object_scope = CustomObjectScope


def get_custom_objects() -> dict[str, Any]:
    """Return the classes and functions that every file may name; may be changed.

    >>> "Custom>Ball" in get_custom_objects()
    False
    """
    return _registered


def register_keras_serializable(
    package: str = "Custom", name: str | None = None
) -> Callable[[C], C]:
    """Return a decorator that lets every file name a class or function.

    Args:
        package: first part of the name in files.
        name: its second part; the name of the class or function if None.

    Raises:
        ValueError: when applied to a class without ``get_config``.

    >>> @register_keras_serializable("toys")
    ... def double(x):
    ...     return x + x
    >>> get_registered_name(double), get_registered_object("toys>double") is double
    ('toys>double', True)
    >>> _ = get_custom_objects().pop("toys>double")
    """

    def enter(entry: C) -> C:
        own: Any = entry
        if isinstance(own, type) and not hasattr(own, "get_config"):
            raise ValueError(
                f"[register_keras_serializable] {own.__name__} must have get_config, which says "
                "what it was made with"
            )
        registered = f"{package}>{own.__name__ if name is None else name}"
        _registered[registered] = own
        _names[own] = registered
        return entry

    return enter


def get_registered_name(obj: Any) -> str:
    """Return the name of a class or function in files.

    >>> get_registered_name(print)
    'print'
    """
    return _names.get(obj) or str(obj.__name__)


def get_registered_object(
    name: str,
    custom_objects: Mapping[str, Any] | None = None,
    module_objects: Mapping[str, Any] | None = None,
) -> Any:
    """Return what a name stands for, or None.

    Args:
        name: as in a file.
        custom_objects: further classes and functions, which come first.
        module_objects: such as come last.

    >>> get_registered_object("abs", {"abs": abs})
    <built-in function abs>
    """
    for known in (custom_objects, _scope.get(), _registered, module_objects):
        if known and name in known:
            return known[name]
    return None


def name_in_files(cls: type) -> str | None:
    """Return what a description calls the user's own class; None for those of the package.

    >>> from mark1.layers import Dense
    >>> print(name_in_files(Dense))
    None
    """
    if cls.__module__.startswith("mark1."):
        return None
    name = get_registered_name(cls)
    noted = _noted.get()
    if noted is not None:
        noted[name] = cls
    return name


def name_of(obj: Any) -> str | None:
    """Return a name by which the user's own function is found here, or None.

    >>> print(name_of(print))
    None
    """
    visible = {**_registered, **_scope.get()}
    found = next((name for name, value in visible.items() if value is obj), None)
    noted = _noted.get()
    if found is None and noted is not None:
        found = f"{getattr(obj, '__name__', '')}#{len(noted)}"
        noted[found] = obj
    return found


def remade(value: Any, **changes: Any) -> Any:
    """Return a new object from the config of another, whatever own classes there are in that.

    Args:
        value: has ``get_config`` and ``from_config``.
        changes: to the config.

    >>> from mark1.layers import Dense
    >>> remade(Dense(4, activation=lambda x: x), units=5).units
    5
    """
    before = _noted.set({})
    try:
        config = value.get_config()
        noted = _noted.get()
    finally:
        _noted.reset(before)
    with CustomObjectScope(noted):
        return type(value).from_config({**config, **changes})
