"""Nests under the names of keras.tree; beside Keras where that is installed."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from typing import Any, NamedTuple

import pytest

from mark1 import tree


class Point(NamedTuple):
    x: Any
    y: Any


NESTS = [1, [1, (2, {"b": 3, "a": [4]})], {"z": (1, 2), "a": None}, Point(1, [2, 3]), [], {}]
ORDERED = OrderedDict([("b", 1), ("a", [2])])
NESTS += [ORDERED, defaultdict(list, ORDERED), [deque([1, (2,)], maxlen=3)]]


def each(library, nest):
    """What the functions make of a nest."""
    leaves = library.flatten(nest)
    return {
        "flatten": leaves,
        "with_path": library.flatten_with_path(nest),
        "nested": library.is_nested(nest),
        "mapped": library.map_structure(lambda x: (x, 0), nest),
        "two": library.map_structure(lambda x, y: [x, y], nest, nest),
        "packed": library.pack_sequence_as(nest, [str(i) for i in range(len(leaves))]),
        "tuples": library.lists_to_tuples(nest),
        "down": library.traverse(lambda x: "t" if isinstance(x, tuple) else None, nest),
        "up": library.traverse(
            lambda x: x + 1 if isinstance(x, int) else None, nest, top_down=False
        ),
    }


@pytest.mark.parametrize("nest", NESTS, ids=str)
def test_nests_are_treated_as_by_keras(nest):
    theirs = pytest.importorskip("keras").tree
    ours, expected = each(tree, nest), each(theirs, nest)
    for name, value in expected.items():
        assert ours[name] == value, name
        assert repr(ours[name]) == repr(value), name  # of the same kinds, in the same order


def test_dictionaries_of_all_kinds_are_alike_and_meet_by_their_keys():
    plain = {"a": [20], "b": 10}
    tree.assert_same_structure(ORDERED, plain)
    mapped = tree.map_structure(lambda x, y: x + y, ORDERED, plain)
    assert list(mapped.items()) == [("b", 11), ("a", [22])]
    assert isinstance(mapped, OrderedDict)
    assert tree.flatten(ORDERED) == [1, 2]
    assert tree.flatten(dict(ORDERED)) == [2, 1]
    packed = tree.pack_sequence_as(defaultdict(list, plain), [1, 2])
    assert packed["no such key"] == []
    assert tree.map_structure(str, deque([1, 2], maxlen=2)) == deque(["1", "2"], maxlen=2)


def test_named_tuples_stay_what_they_are():
    mapped = tree.map_structure(lambda x: 2 * x, Point(1, 2))
    assert mapped == Point(2, 4)
    assert isinstance(mapped, Point)
    assert tree.pack_sequence_as(Point(0, [0]), [1, 2]) == Point(1, [2])


def test_none_may_be_no_leaf():
    assert tree.map_structure(str, [None, 1], none_is_leaf=False) == [None, "1"]
    assert tree.map_structure(str, [None, 1]) == ["None", "1"]


def test_parts_may_become_none():
    assert tree.traverse(lambda x: tree.MAP_TO_NONE if x == 2 else None, [1, 2]) == [1, None]


def test_shapes_are_leaves():
    assert tree.map_shape_structure(len, {"a": (None, 3), "b": [[1], (2, 2)]}) == {
        "a": 2,
        "b": [1, 2],
    }


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: tree.assert_same_structure([1], (1,)), "list and tuple differ"),
        (
            lambda: tree.assert_same_structure([1], [1, 2]),
            r"the structures are not the same: \[1\]",
        ),
        (lambda: tree.assert_same_structure({"a": 1}, {"b": 1}), "the structures are not the same"),
        (lambda: tree.assert_same_structure([1], 1), "the structures are not the same"),
        (lambda: tree.assert_same_paths([1, 2], [1]), "the paths differ"),
        (lambda: tree.map_structure(len), "needs a structure"),
        (lambda: tree.map_structure_up_to([0, 0], len, [1]), "the structures are not the same"),
        (lambda: tree.pack_sequence_as([0, 0], [1]), "needs 2 leaves, got 1"),
        (lambda: tree.map_shape_structure(len, "a"), "not a shape: 'a'"),
    ],
)
def test_what_is_refused(call, text):
    with pytest.raises(ValueError, match=text):
        call()
