"""What belongs to the package, and how long a file may be."""

import importlib.util
from pathlib import Path

import pytest

import mark1

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = Path(mark1.__file__).parent
LIMIT = 400
SOURCES = sorted(
    path
    for folder in ("csrc", "python", "tests", "benchmarks", "cmake")
    for path in (ROOT / folder).rglob("*")
    # A stub lists what one module has: it cannot be two.
    if path.suffix in (".py", ".cpp", ".h", ".cu", ".cuh", ".cmake", ".sh")
)


def test_sources_are_found():
    assert len(SOURCES) > 50


def test_no_file_is_longer_than_400_lines():
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    long = {str(path.relative_to(ROOT)): n for path, n in lengths.items() if n > LIMIT}
    assert long == {}


@pytest.mark.parametrize(
    "name", ["py.typed", "_core.pyi", "datasets/digits.npz", "datasets/LICENSE-digits.txt"]
)
def test_package_has_its_data(name):
    assert (PACKAGE / name).is_file()


def test_package_has_no_sources_of_the_extension():
    foreign = [p for p in PACKAGE.rglob("*") if p.suffix in (".cpp", ".h", ".cu", ".o", ".a")]
    assert foreign == []


def test_version_is_the_same_everywhere():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'\nversion = "{mark1.__version__}"\n' in text


def test_command_is_installed():
    assert importlib.util.find_spec("mark1.__main__") is not None
