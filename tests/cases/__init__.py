"""All cases, collected from the files in this folder: nothing is listed by hand."""

from __future__ import annotations

import importlib
import pkgutil

from tests.cases.base import Case


def _collect(attribute: str) -> list[Case]:
    found: list[Case] = []
    for module in pkgutil.iter_modules(__path__):
        if module.name == "base":
            continue
        cases = getattr(importlib.import_module(f"{__name__}.{module.name}"), attribute, [])
        for case in cases:
            if case.op != module.name:
                raise ValueError(f"tests/cases/{module.name}.py: case {case.id} has op {case.op!r}")
        found += cases
    return found


def all_cases() -> list[Case]:
    """Every case at test size."""
    return _collect("CASES")


def all_benchmarks() -> list[Case]:
    """Every case at benchmark size."""
    return _collect("BENCHMARKS")
