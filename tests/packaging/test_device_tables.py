"""Every operation with kernels is known to the extensions for devices."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(not (ROOT / "csrc").is_dir(), reason="needs the sources")


def test_every_operation_with_kernels_is_in_the_list():
    folders = {path.parent.name for path in ROOT.glob("csrc/ops/*/reference.cpp")}
    text = (ROOT / "csrc/cuda/tables.cpp").read_text()
    operations = text[text.index("MARK1_TABLES") : text.index("MARK1_PRECISIONS")]
    listed = re.findall(r"f\(\w+, (\w+)_kernels\)", operations)
    assert sorted(folders) == sorted(set(listed))
    assert len(listed) == len(set(listed))


def test_references_have_no_intrinsics():
    for path in ROOT.glob("csrc/ops/*/reference.cpp"):
        assert not re.search(r"\b_mm\d*_|__builtin_(ia32|prefetch)", path.read_text()), path
