"""Every example in a docstring is executed."""

import doctest
import importlib
import pkgutil

import pytest

import mark1

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(mark1.__path__, "mark1.")
    if not module.name.split(".")[-1].startswith(("_core", "_cuda", "__main__"))
)


def test_modules_are_found():
    assert "mark1.datasets.generators" in MODULES


@pytest.mark.parametrize("name", ["mark1", *MODULES])
def test_examples(name, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    failures, _ = doctest.testmod(importlib.import_module(name))
    assert failures == 0
