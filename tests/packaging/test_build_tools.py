"""What builds the package here is what it says it needs."""

from __future__ import annotations

import pathlib
import re
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="tomllib came with Python 3.11")
def test_the_environment_of_the_makefile_has_all_that_the_package_is_built_with():
    import tomllib

    needed = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    (line,) = re.findall(
        r"^\t.*--quiet '(scikit-build-core.*)$", (ROOT / "Makefile").read_text(), re.M
    )
    assert set(needed) <= set(f"'{line}".replace("'", "").split())
