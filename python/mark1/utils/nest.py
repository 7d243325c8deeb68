"""Values in nests of lists, tuples and dicts: one after another, and put back in place."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator
from typing import Any


def dict_like(structure: dict[Any, Any], values: dict[Any, Any]) -> dict[Any, Any]:
    """Values under the keys of a dictionary, in its order and in one of its kind.

    Example:
        >>> dict_like(OrderedDict(b=1, a=2), {"a": "x", "b": "y"})
        OrderedDict([('b', 'y'), ('a', 'x')])
    """
    ordered = {key: values[key] for key in structure}
    if isinstance(structure, defaultdict):
        return defaultdict(structure.default_factory, ordered)
    return OrderedDict(ordered) if isinstance(structure, OrderedDict) else ordered


def flatten(structure: Any) -> Iterator[Any]:
    """The leaves of a nest, those of dicts in the order of their keys.

    Example:
        >>> list(flatten({"b": (2, [3]), "a": 1}))
        [1, 2, 3]
    """
    if isinstance(structure, (list, tuple)):
        for item in structure:
            yield from flatten(item)
    elif isinstance(structure, dict):
        for key in sorted(structure):
            yield from flatten(structure[key])
    else:
        yield structure


def map_structure(function: Callable[[Any], Any], structure: Any) -> Any:
    """A nest like `structure` in which every leaf is replaced by `function(leaf)`.

    Example:
        >>> map_structure(str, {"a": 1, "b": (2, [3])})
        {'a': '1', 'b': ('2', ['3'])}
    """
    if isinstance(structure, (list, tuple)):
        items = [map_structure(function, item) for item in structure]
        named = hasattr(structure, "_fields")
        return type(structure)(*items) if named else type(structure)(items)
    if isinstance(structure, dict):
        made = {key: map_structure(function, item) for key, item in structure.items()}
        return dict_like(structure, made)
    return function(structure)


def pack_like(structure: Any, leaves: Iterator[Any]) -> Any:
    """A nest like `structure` with other leaves, which come in the order of `flatten`.

    Example:
        >>> pack_like({"b": (2, [3]), "a": 1}, iter("xyz"))
        {'b': ('y', ['z']), 'a': 'x'}
    """
    if isinstance(structure, (list, tuple)):
        items = [pack_like(item, leaves) for item in structure]
        named = hasattr(structure, "_fields")
        return type(structure)(*items) if named else type(structure)(items)
    if isinstance(structure, dict):
        made = {key: pack_like(structure[key], leaves) for key in sorted(structure)}
        return dict_like(structure, made)
    return next(leaves)
