"""The programs that type checkers read in `make lint` run, and their types are those they state."""

from __future__ import annotations

import runpy
import typing
from pathlib import Path

import pytest
import typing_extensions

import mark1

PROGRAMS = sorted((Path(__file__).parent / "programs").glob("*.py"))


def is_a(value: object, kind: object) -> bool:
    """Whether a value has a type; of the parts of lists and dictionaries the first is looked at."""
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin is None:
        if kind is mark1.Tensor:
            return isinstance(value, (mark1.Tensor, mark1.KerasTensor))
        return isinstance(value, kind)
    if not isinstance(value, origin):
        return False
    if origin is dict:
        return all(is_a(k, parts[0]) and is_a(v, parts[1]) for k, v in value.items())
    return origin not in (list, tuple) or all(is_a(each, parts[0]) for each in value)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_what_the_checkers_believe_is_true(program, monkeypatch):
    stated = []

    def assert_type(value, kind):
        assert is_a(value, kind), f"{value!r} is no {kind}"
        stated.append(kind)
        return value

    monkeypatch.setattr(typing_extensions, "assert_type", assert_type)
    runpy.run_path(str(program))
    assert stated


def test_what_is_wrong_is_found():
    assert not is_a([1, "2"], list[int])
    assert not is_a({"a": 1}, dict[str, str])
    assert not is_a(1.0, mark1.Tensor)
