"""Nests of lists, tuples, deques and dictionaries, under the names of `keras.tree`.

The leaves of a dictionary come in the order of its sorted keys; those of an OrderedDict in its own.
What is made of a nest is of its kinds. None is a leaf.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from mark1.utils.nest import dict_like

MAP_TO_NONE = object()
"""What `traverse` replaces by None: a function that returns None means to go on."""


def is_nested(structure: Any) -> bool:
    """Return whether something is a list, tuple, deque or dictionary.

    >>> is_nested([1]), is_nested("a")
    (True, False)
    """
    return isinstance(structure, (list, tuple, dict, deque))


def flatten(structure: Any) -> list[Any]:
    """Return the leaves of a nest, one after another.

    >>> flatten({"b": (2, [3]), "a": 1})
    [1, 2, 3]
    """
    return [leaf for _, leaf in _walk((), structure)]


def flatten_with_path(structure: Any) -> list[tuple[tuple[Any, ...], Any]]:
    """Return the leaves of a nest, each with the keys and positions that lead to it.

    >>> flatten_with_path({"b": (2, 3), "a": 1})
    [(('a',), 1), (('b', 0), 2), (('b', 1), 3)]
    """
    return list(_walk((), structure))


def _walk(path: tuple[Any, ...], structure: Any) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if not is_nested(structure):
        yield path, structure
        return
    for key, item in _items(structure):
        yield from _walk((*path, key), item)


def _items(structure: Any) -> list[tuple[Any, Any]]:
    if isinstance(structure, dict):
        keys = structure if isinstance(structure, OrderedDict) else sorted(structure)
        return [(key, structure[key]) for key in keys]
    return list(enumerate(structure))


def _like(structure: Any, items: Sequence[Any]) -> Any:
    if isinstance(structure, dict):
        keys = [key for key, _ in _items(structure)]
        return dict_like(structure, dict(zip(keys, items, strict=True)))
    if isinstance(structure, deque):
        return deque(items, structure.maxlen)
    named = hasattr(structure, "_fields")
    return type(structure)(*items) if named else type(structure)(items)


def map_structure(func: Callable[..., Any], *structures: Any, none_is_leaf: bool = True) -> Any:
    """Return a nest like the first in which every leaf is what the function returns of all nests'.

    Args:
        func: takes a leaf of each.
        structures: nests of the same structure.
        none_is_leaf: whether None is given to the function, or stays None.

    Raises:
        ValueError: there is no nest, or one has another structure.

    >>> map_structure(lambda x, y: x + y, {"a": [1, 2]}, {"a": [10, 20]})
    {'a': [11, 22]}
    """
    if not structures:
        raise ValueError("[map_structure] needs a structure")
    for other in structures[1:]:
        assert_same_structure(structures[0], other)

    def apply(*leaves: Any) -> Any:
        return None if not none_is_leaf and leaves[0] is None else func(*leaves)

    return map_structure_up_to(structures[0], apply, *structures)


def map_structure_up_to(shallow_structure: Any, func: Callable[..., Any], *structures: Any) -> Any:
    """Return a nest like the first, of what the function makes of what others have in its places.

    Args:
        shallow_structure: says how deep to go.
        func: takes what each of the others has in a place, which may be a nest.
        structures: nests that are alike as far as the first goes.

    Raises:
        ValueError: one of them is not alike.

    >>> map_structure_up_to([0, 0], len, [[1, 2], [3]])
    [2, 1]
    """
    if not is_nested(shallow_structure):
        return func(*structures)
    for structure in structures:
        _require_alike(shallow_structure, structure, "map_structure_up_to")
    made = [
        map_structure_up_to(part, func, *(structure[key] for structure in structures))
        for key, part in _items(shallow_structure)
    ]
    return _like(shallow_structure, made)


def _require_alike(a: Any, b: Any, op: str) -> None:
    dicts = isinstance(a, dict), isinstance(b, dict)
    keys = [sorted(x) if isinstance(x, dict) else len(x) if is_nested(x) else None for x in (a, b)]
    if is_nested(a) != is_nested(b) or dicts[0] != dicts[1] or keys[0] != keys[1]:
        raise ValueError(f"[{op}] the structures are not the same: {a!r} and {b!r}")


def assert_same_structure(a: Any, b: Any) -> None:
    """Refuse nests that differ in more than their leaves.

    Lists and tuples are not alike here; dictionaries of all kinds are.

    Raises:
        ValueError: they differ.

    >>> assert_same_structure([1, {"a": 2}], [3, {"a": 4}])
    """
    _require_alike(a, b, "assert_same_structure")
    if is_nested(a):
        if type(a) is not type(b) and not isinstance(a, dict):
            raise ValueError(
                f"[assert_same_structure] {type(a).__name__} and {type(b).__name__} differ: "
                f"{a!r} and {b!r}"
            )
        for key, x in _items(a):
            assert_same_structure(x, b[key])


def assert_same_paths(a: Any, b: Any) -> None:
    """Refuse nests whose leaves are not reached by the same keys and positions.

    Raises:
        ValueError: they are not.

    >>> assert_same_paths([1, (2,)], (3, [4]))
    """
    paths = [[path for path, _ in flatten_with_path(x)] for x in (a, b)]
    if paths[0] != paths[1]:
        raise ValueError(f"[assert_same_paths] the paths differ: {paths[0]} and {paths[1]}")


def pack_sequence_as(structure: Any, flat_sequence: Sequence[Any]) -> Any:
    """Return a nest with other leaves, which come in the order of `flatten`.

    Raises:
        ValueError: there are not as many as the nest has.

    >>> pack_sequence_as({"b": (2, [3]), "a": 1}, "xyz")
    {'b': ('y', ['z']), 'a': 'x'}
    """
    count = len(flatten(structure))
    if count != len(flat_sequence):
        raise ValueError(f"[pack_sequence_as] needs {count} leaves, got {len(flat_sequence)}")
    leaves = iter(flat_sequence)
    return map_structure_up_to(structure, lambda _: next(leaves), structure)


def lists_to_tuples(structure: Any) -> Any:
    """Return the same nest with tuples for lists.

    >>> lists_to_tuples([1, {"a": [2]}])
    (1, {'a': (2,)})
    """
    if is_nested(structure):
        items = [lists_to_tuples(item) for _, item in _items(structure)]
        return tuple(items) if isinstance(structure, list) else _like(structure, items)
    return structure


def map_shape_structure(func: Callable[[Any], Any], structure: Any) -> Any:
    """Map over a nest whose leaves are shapes: lists or tuples of sizes and None.

    >>> map_shape_structure(len, {"a": (None, 3), "b": [2]})
    {'a': 2, 'b': 1}
    """
    if isinstance(structure, (list, tuple)) and all(
        size is None or isinstance(size, int) for size in structure
    ):
        return func(tuple(structure))
    if not is_nested(structure):
        raise ValueError(f"[map_shape_structure] not a shape: {structure!r}")
    return _like(structure, [map_shape_structure(func, item) for _, item in _items(structure)])


def traverse(func: Callable[[Any], Any], structure: Any, top_down: bool = True) -> Any:
    """Return a nest in which parts are replaced by what the function returns for them.

    Args:
        func: given each part and leaf; returns None to leave it as it is, `MAP_TO_NONE` for None.
        structure: the nest.
        top_down: whether a part comes before what is in it, which is then not looked at if the
            part was replaced.

    >>> traverse(lambda x: sum(x) if isinstance(x, tuple) else None, [1, (2, 3)])
    [1, 5]
    """
    if top_down:
        made = func(structure)
        if made is not None:
            return None if made is MAP_TO_NONE else made
    if is_nested(structure):
        items = [traverse(func, item, top_down) for _, item in _items(structure)]
        structure = _like(structure, items)
    elif top_down:
        return structure
    if not top_down:
        made = func(structure)
        if made is not None:
            return None if made is MAP_TO_NONE else made
    return structure
