"""Nothing is listed by hand: which functions must have a case is read off their code."""

from __future__ import annotations

import ast
import inspect
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

import mark1
from mark1 import _core, tape
from tests.cases import all_cases

ROOT = Path(__file__).parents[2]


def public_functions() -> dict[str, types.FunctionType]:
    return {
        name: operation.__wrapped__
        for name, operation in ((name, getattr(mark1.ops, name)) for name in dir(mark1.ops))
        if isinstance(operation, _core.Operation) and not name.startswith("_")
    }


def mentioned(code: types.CodeType) -> Iterator[str]:
    """Every name that a function's code, and code nested in it, refers to."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from mentioned(constant)


def reaches_record(function: types.FunctionType, seen: set[types.FunctionType]) -> bool:
    """Whether a function leads to `tape.record`, by itself or through functions of mark1.ops."""
    if function in seen:
        return False
    seen.add(function)
    for name in mentioned(function.__code__):
        target = function.__globals__.get(name)
        if target is tape.record:
            return True
        if (
            inspect.isfunction(target)
            and target.__module__.startswith("mark1.ops")
            and reaches_record(target, seen)
        ):
            return True
    return False


def differentiable_functions() -> set[str]:
    return {name for name, f in public_functions().items() if reaches_record(f, set())}


def test_every_differentiable_function_has_a_gradient_case():
    # By the function itself: it may have several names.
    functions = public_functions()
    covered = {functions.get(c.function) for c in all_cases() if c.gradients}
    missing = {name for name in differentiable_functions() if functions[name] not in covered}
    assert not missing, f"no case checks the gradient of: {sorted(missing)}"


def test_the_search_finds_what_it_should():
    assert {"add", "subtract", "multiply", "divide", "negative"} <= differentiable_functions()


def test_every_case_names_an_op_and_a_function():
    for case in all_cases():
        # Views have no kernel, hence no folder.
        python = ROOT / "python" / "mark1" / "ops" / f"{case.op}.py"
        assert (ROOT / "csrc" / "ops" / case.op).is_dir() or python.exists(), case.op
        assert case.call is not None or case.function in public_functions(), case.function


def test_every_op_folder_has_cases():
    folders = {p.name for p in (ROOT / "csrc" / "ops").iterdir() if p.is_dir()}
    assert folders <= {c.op for c in all_cases()}


def test_names_that_come_later_are_those_that_type_checkers_see():
    tree = ast.parse(Path(mark1.ops.__file__).read_text())
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.name: node.module.rpartition(".")[2] for node in block.body for alias in node.names
    }
    assert seen.pop("image") == "ops"  # a module
    assert seen == mark1.ops._MODULES
    modules = {path.stem for path in Path(mark1.ops.__file__).parent.glob("*.py")}
    assert not set(seen) & modules, "a module would hide the function of its name"
    with pytest.raises(AttributeError, match=r"module 'mark1\.ops' has no attribute 'sine'"):
        mark1.ops.sine  # noqa: B018
