"""Kernels that never ran are told, and excuses that excuse none."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cuda.kernels import EXCUSED, complaints, leave_counts

pytestmark = pytest.mark.skipif(
    "MARK1_CUDA_EMULATION" not in os.environ, reason="only the emulated device counts"
)


def _file(path: Path, *kernels: tuple[str, int]) -> Path:
    path.write_text(json.dumps(kernels))
    return path


def test_a_kernel_may_run_in_any_process(tmp_path: Path):
    one = _file(tmp_path / "one", ("Sum<float>", 2), ("Sum<double>", 0))
    two = _file(tmp_path / "two", ("Sum<float>", 0), ("Sum<double>", 1))
    assert complaints([one], {}) == ["never ran: Sum<double>"]
    assert complaints([one, two], {}) == []


def test_of_two_kernels_of_one_name_both_must_run(tmp_path: Path):
    assert complaints([_file(tmp_path / "one", ("Rows", 2), ("Rows", 0))], {}) == [
        "never ran: Rows"
    ]


def test_excuses_are_patterns_and_excuse_something(tmp_path: Path):
    one = _file(tmp_path / "one", ("Sum<float>", 2), ("Sum<double>", 0))
    excused = {"^Sum<d": "too long", "Product": "none is there"}
    assert complaints([one], excused) == ["excuses no kernel: Product"]


def test_no_counts_are_no_proof(tmp_path: Path):
    assert complaints([], {}) == ["no kernels were counted"]
    assert complaints([_file(tmp_path / "one")], {}) == ["no kernels were counted"]


def test_this_process_counts_all_kernels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MARK1_KERNELS", str(tmp_path / "counts"))
    leave_counts()
    kernels = json.loads((tmp_path / "counts").read_text())
    assert len(kernels) > 1000
    assert any("StagedSegments" in name for name, _ in kernels)
    assert all(reason for reason in EXCUSED.values())
