"""The stubs fit the extension, and the check would notice if they did not."""

import ast

from mark1 import _core
from tests.packaging import check_stubs


def test_stubs_fit(capsys):
    status = check_stubs.main()
    assert status == 0, capsys.readouterr().err


def test_differences_are_found():
    stub = "def isa(extra: int) -> str: ...\ndef nowhere() -> None: ...\n"
    found = check_stubs.compare("_core", ast.parse(stub).body, _core)
    assert "_core.isa takes 0 to 0 arguments, the stub says 1 to 1" in found
    assert "_core.nowhere is missing in the extension" in found
    assert "_core.set_isa is missing in the stub" in found
