"""Check that the committed stubs of the extension say what the extension has.

mypy's stubtest cannot look into functions made by pybind11; their signatures stand in their
docstrings. Compared are the names in the module and in its classes, and how many arguments each
function takes.

    python tests/packaging/check_stubs.py
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from typing import Any

import mark1
from mark1 import _core

# Made by the interpreter or by pybind11, in every class alike.
ORDINARY = {*dir(object), *dir(RuntimeError), "__init__", "__weakref__", "__module__", "__dict__"}
ORDINARY |= {"_pybind11_conduit_v1_", "__buffer__", "__array_priority__", "__array_ufunc__"}
ORDINARY |= {"__build_class__", "__builtins__", "__cached__", "__file__", "__loader__", "__name__"}
ORDINARY |= {"__package__", "__path__", "__spec__", "__annotations__"}


def arguments_of_stub(function: ast.FunctionDef) -> tuple[int, int]:
    """Return the least and the largest number of arguments a stub allows, self excluded."""
    positional = [*function.args.posonlyargs, *function.args.args]
    names = [argument.arg for argument in positional if argument.arg not in ("self", "cls")]
    keyword = function.args.kwonlyargs
    required_keyword = sum(default is None for default in function.args.kw_defaults)
    required = len(names) - len(function.args.defaults) + required_keyword
    return required, len(names) + len(keyword)


def arguments_of_binding(binding: Any) -> tuple[int, int] | None:
    """Return the same of a function made by pybind11, from the signatures in its docstring."""
    doc = getattr(binding, "__doc__", None) or ""
    name = getattr(binding, "__name__", "")
    found = re.findall(rf"^(?:\d+\. )?{re.escape(name)}\((.*)\) -> ", doc, flags=re.MULTILINE)
    ranges = []
    for signature in found:
        if signature.startswith("*args"):
            continue
        # Commas inside brackets belong to types.
        while (flat := re.sub(r"\[[^\[\]]*\]|\([^()]*\)", "", signature)) != signature:
            signature = flat
        parts = [
            part.strip() for part in signature.split(",") if part.strip() not in ("", "/", "*")
        ]
        parts = [part for part in parts if not part.startswith("self:") and part != "self"]
        ranges.append((sum("=" not in part for part in parts), len(parts)))
    if not ranges:
        return None
    return min(low for low, _ in ranges), max(high for _, high in ranges)


def compare(where: str, stub: list[ast.stmt], runtime: Any) -> list[str]:
    """Return the differences between the statements of a stub and a module or class."""
    found = []
    named: dict[str, ast.stmt] = {}
    for statement in stub:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            named[statement.name] = statement
        elif (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and ast.unparse(statement.annotation) != "TypeAlias"  # shorthand of the stub's own
        ):
            named[statement.target.id] = statement
    present = {name for name in vars(runtime) if name not in ORDINARY}
    found += [f"{where}.{name} is missing in the stub" for name in sorted(present - set(named))]
    for name, statement in named.items():
        if not hasattr(runtime, name):
            # Operators are attached in Python, those of variables to the public subclass.
            public = getattr(mark1, getattr(runtime, "__name__", ""), None)
            if name not in ORDINARY and not hasattr(public, name):
                found.append(f"{where}.{name} is missing in the extension")
        elif isinstance(statement, ast.ClassDef):
            found += compare(f"{where}.{name}", statement.body, getattr(runtime, name))
        elif isinstance(statement, ast.FunctionDef) and not statement.decorator_list:
            actual = arguments_of_binding(getattr(runtime, name))
            expected = arguments_of_stub(statement)
            if actual is not None and actual != expected:
                found.append(
                    f"{where}.{name} takes {actual[0]} to {actual[1]} arguments, "
                    f"the stub says {expected[0]} to {expected[1]}"
                )
    return found


def main() -> int:
    """Compare the installed stub with the extension beside it and return the exit status."""
    path = Path(mark1.__file__).with_name("_core.pyi")
    found = compare("_core", ast.parse(path.read_text(encoding="utf-8")).body, _core)
    for difference in found:
        print(difference, file=sys.stderr)
    print(f"stubs of the extension: {len(found)} differences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
