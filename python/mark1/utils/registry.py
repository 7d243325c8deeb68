"""Closed registries: the only way from a name, in code or in a file, to a class.

A name that is neither registered nor among the user's own (`custom_objects`) is an error, never an
import: reading a model file cannot run code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar

from mark1.utils.custom_objects import (
    CustomObjectScope,
    get_registered_object,
    name_in_files,
    name_of,
)
from mark1.utils.naming import snake_case

T = TypeVar("T")
C = TypeVar("C")

_MOST_LISTED = 40  # names in an error


def suggest(name: str, known: Iterable[str]) -> str:
    """Return a sentence with the known name that is nearest to a mistyped one, or nothing.

    >>> suggest("adm", ["adam", "sgd"])
    " Did you mean 'adam'?"
    """
    import difflib

    by_lower: dict[str, str] = {}
    for k in known:
        # Of 'Adam' and 'adam' the one that is spelled as the mistyped name is.
        if k.lower() not in by_lower or k.islower() == name.islower():
            by_lower[k.lower()] = k
    near = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.5)
    return f" Did you mean {by_lower[near[0]]!r}?" if near else ""


#: What arguments were called in older versions of Keras.
_FORMERLY = {
    "lr": "learning_rate", "nb_epoch": "epochs", "nb_epochs": "epochs", "output_dim": "units",
    "init": "kernel_initializer", "nb_filter": "filters", "border_mode": "padding",
    "subsample": "strides", "p": "rate", "data": "x", "label": "y", "labels": "y",
}  # fmt: skip


def unknown_argument(op: str, name: str, function: Callable[..., Any]) -> TypeError:
    """Make the error for an argument that a function, or none of a class's constructors, takes.

    >>> def fit(x, epochs=1): ...
    >>> unknown_argument("fit", "nb_epoch", fit)
    TypeError("[fit] does not know the argument 'nb_epoch'. Did you mean 'epochs'?")
    """
    import inspect

    functions = [function]
    if isinstance(function, type):
        functions = [vars(c)["__init__"] for c in function.__mro__ if "__init__" in vars(c)]
    known = {p for each in functions for p in inspect.signature(each).parameters}
    known -= {"self", "args", "kwargs", "unknown", "options"}
    former = _FORMERLY.get(name, name)
    hint = f" Did you mean {former!r}?" if former in known else suggest(name, known)
    return TypeError(f"[{op}] does not know the argument {name!r}.{hint}")


def unknown(kind: str, name: str, known: Iterable[str]) -> ValueError:
    """Make the error for a name that nobody knows.

    >>> print(unknown("optimizer", "adm", ["adam", "sgd", "Adam", "SGD"]))
    [optimizer] unknown optimizer 'adm'. Did you mean 'adam'? Known: 'adam', 'sgd'
    """
    names = sorted(set(known))
    text = f"[{kind}] unknown {kind} {name!r}.{suggest(name, names)}"
    alike = [k for k in names if k.islower() == name.islower()] or names
    if len(alike) <= _MOST_LISTED:
        text += f" Known: {', '.join(repr(k) for k in alike)}"
    return ValueError(text)


def serialize(value: Any, module: str) -> dict[str, Any]:
    """Describe an object as Keras' files do: where its class lives, its name and its config.

    >>> from mark1.initializers import Zeros
    >>> serialize(Zeros(), "keras.initializers")["class_name"]
    'Zeros'
    """
    cls = type(value)
    own = name_in_files(cls)
    return {
        "module": module,
        "class_name": cls.__name__ if own else getattr(value, "_keras_name", cls.__name__),
        "config": value.get_config(),
        "registered_name": own,
    }


class Registry(Generic[T]):
    """The classes of one kind, by class name, by snake-case name and by further names.

    Args:
        kind: what messages call a member, such as ``"optimizer"``.
        module: the module Keras keeps them in, written to files.

    >>> shapes = Registry("shape", "keras.shapes")
    >>> @shapes.register("ball")
    ... class Sphere: ...
    >>> shapes.find("sphere") is shapes.find("ball") is shapes.find("Sphere") is Sphere
    True
    """

    def __init__(self, kind: str, module: str) -> None:
        self.kind = kind
        self.module = module
        self._classes: dict[str, type[T]] = {}
        self._later: dict[str, str] = {}

    def register(self, *aliases: str) -> Callable[[type[C]], type[C]]:
        """Return a class decorator that enters the class under its names and aliases."""

        def enter(cls: type[C]) -> type[C]:
            for name in (cls.__name__, snake_case(cls.__name__), *aliases):
                self._classes[name] = cls  # type: ignore[assignment]
            return cls

        return enter

    def add_later(self, module: str, names: Iterable[str]) -> None:
        """Enter classes of the package whose module is imported when one is asked for."""
        for name in names:
            self._later[name] = self._later[snake_case(name)] = module

    def names(self) -> list[str]:
        """Return every name a class can be asked for by."""
        return list(dict.fromkeys([*self._classes, *self._later]))

    def find(self, name: str, custom: Mapping[str, Any] | None = None) -> type[T]:
        """Return the class of that name.

        Raises:
            ValueError: nothing has that name; the nearest name is suggested.
        """
        own: type[T] | None = get_registered_object(name, custom)
        cls = own or self._classes.get(name)
        if cls is None and name in self._later:
            from importlib import import_module

            import_module(self._later[name])
            cls = self._classes.get(name)
        if cls is None:
            raise unknown(self.kind, name, self.names())
        return cls

    def get(self, identifier: Any, custom: Mapping[str, Any] | None = None) -> T:
        """Return an instance, given one, its class, its name or its serialized form.

        Raises:
            TypeError: the identifier is none of these.
            ValueError: unknown name, or a malformed or foreign description.
        """
        if isinstance(identifier, str):
            return self.find(identifier, custom)()
        if isinstance(identifier, Mapping):
            return self.deserialize(identifier, custom)
        if isinstance(identifier, type) and identifier in {
            *self._classes.values(),
            *(custom or {}).values(),
        }:
            made: T = identifier()
            return made
        raise TypeError(
            f"[{self.kind}] expected a name, a config or an instance, "
            f"got {type(identifier).__name__}"
        )

    def serialize(self, value: T) -> dict[str, Any]:
        """Describe a member: the inverse of `deserialize`."""
        return serialize(value, self.module)

    def deserialize(self, description: Any, custom: Mapping[str, Any] | None = None) -> T:
        """Make the object that `serialize` described.

        Raises:
            ValueError: the description is malformed, or names a class that is not registered.
        """
        if not isinstance(description, Mapping) or not isinstance(
            description.get("class_name"), str
        ):
            raise ValueError(f"[{self.kind}] not a description of a {self.kind}: {description!r}")
        config = description.get("config", {})
        if not isinstance(config, Mapping):
            raise ValueError(f"[{self.kind}] the config must be a dictionary, got {config!r}")
        registered = description.get("registered_name")
        cls: Any = get_registered_object(registered, custom) if registered else None
        cls = cls or self.find(description["class_name"], custom)
        if not hasattr(cls, "from_config"):
            raise ValueError(
                f"[{self.kind}] {description['class_name']} has no from_config, which makes it of "
                "what get_config returned"
            )
        try:
            with CustomObjectScope(custom):
                made: T = cls.from_config(dict(config))
        except TypeError as error:
            raise ValueError(
                f"[{self.kind}] {description['class_name']} cannot be made from its config: {error}"
            ) from error
        return made


class FunctionRegistry(Registry[T]):
    """A registry some of whose names stand for plain functions: those of losses and metrics.

    >>> shapes = FunctionRegistry("shape", "keras.shapes")
    >>> shapes.functions["area"] = abs
    >>> shapes.resolve("area", int) is abs
    True
    """

    def __init__(self, kind: str, module: str) -> None:
        super().__init__(kind, module)
        self.functions: dict[str, Callable[..., Any]] = {}

    def resolve(self, identifier: Any, base: type, custom: Mapping[str, Any] | None = None) -> Any:
        """Return a member or a function.

        Args:
            identifier: None or an instance of base, returned as they are; a subclass of base, a
                function, the name of any of them, or a config.
            base: the class of all members.
            custom: further classes and functions by name.

        Raises:
            TypeError: the identifier is none of these.
            ValueError: nothing has that name; the nearest name is suggested.
        """
        if identifier is None or isinstance(identifier, base):
            return identifier
        if isinstance(identifier, str):
            own = get_registered_object(identifier, custom)
            if own is not None:
                return self.resolve(own, base)
            if identifier in self.functions:
                return self.functions[identifier]
            if identifier not in self.names():
                raise unknown(self.kind, identifier, [*self.names(), *self.functions])
            return self.get(identifier)
        if isinstance(identifier, dict):
            return self.deserialize(identifier, custom)
        if isinstance(identifier, type) and issubclass(identifier, base):
            return identifier()
        return identifier if callable(identifier) else self.get(identifier)

    def describe(self, value: Any, base: type[T]) -> Any:
        """Describe a member, or give the name of a function; None stays None."""
        if value is None:
            return None
        if isinstance(value, base):
            return self.serialize(value)
        return name_of(value) or getattr(value, "__name__", type(value).__name__)
