"""The config of layers and models whose author has not written get_config."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

_PLAIN = (str, int, float, type(None))


def config_of_arguments(
    layer: Any, arguments: tuple[Callable[..., Any], Any, Any], base: dict[str, Any]
) -> dict[str, Any]:
    """Return the arguments that a layer was made with, by name.

    Args:
        layer: whose class does not define get_config.
        arguments: the constructor, and what it was called with.
        base: what every layer has, of which the constructor may take some.

    Raises:
        NotImplementedError: an argument is no number, string or nest of them.

    >>> import mark1
    >>> class Scaled(mark1.Layer):
    ...     def __init__(self, by, shift=0.0):
    ...         super().__init__()
    >>> config_of_arguments(Scaled(2), (Scaled.__init__, (2,), {}), {"name": "scaled"})
    {'by': 2, 'shift': 0.0}
    """
    init, args, kwargs = arguments
    signature = inspect.signature(init)
    bound = signature.bind(layer, *args, **kwargs)
    bound.apply_defaults()
    given: dict[str, Any] = {}
    anything = False
    for key, parameter in list(signature.parameters.items())[1:]:
        if parameter.kind is parameter.VAR_KEYWORD:
            given.update(bound.arguments[key])
            anything = True
        else:
            given[key] = bound.arguments[key]
            if parameter.kind is parameter.VAR_POSITIONAL and given.pop(key):
                raise NotImplementedError(_text(layer, "*" + key, args))
    own = {key: value for key, value in base.items() if anything or key in given}
    for key, value in given.items():
        if key not in base and not _is_plain(value):
            raise NotImplementedError(_text(layer, key, value))
    return {**given, **own}


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(each) for key, each in value.items())
    if isinstance(value, (list, tuple)):
        return all(_is_plain(each) for each in value)
    return isinstance(value, _PLAIN)


def _text(layer: Any, key: str, value: Any) -> str:
    return (
        f"[{type(layer).__name__}] must define get_config: its argument {key} is of type "
        f"{type(value).__name__}, and a config holds numbers, strings and nests of them"
    )
