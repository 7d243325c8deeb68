"""The checklist for a GPU is worked off on the emulated device, and goes on when a part fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cuda.checklist.parts import FAILED, PARTS, Part, Settings

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(
    "MARK1_CUDA_EMULATION" not in os.environ, reason="on a GPU the checklist itself runs the tests"
)


def run(folder: Path, *arguments: str, **environment: str) -> tuple[int, str, str]:
    """Exit status, output and report."""
    state, report = folder / "state", folder / "report.md"
    options = ["--smoke", "--state", str(state), "--report", str(report)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.cuda.checklist", *arguments, *options],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert report.exists(), done.stdout + done.stderr
    return done.returncode, done.stdout, report.read_text(encoding="utf-8")


def outcomes(report: str) -> dict[str, str]:
    lines = [line.split(" | ") for line in report.splitlines() if line.startswith("| ")]
    titles = {part.title for part in PARTS}
    return {cells[0][2:]: cells[1] for cells in lines if cells[0][2:] in titles}


def test_all_parts_run_on_the_emulated_device(tmp_path):
    # A sanitizer that finds nothing: what it is told is what the real one would be.
    fake = tmp_path / "bin" / "compute-sanitizer"
    fake.parent.mkdir()
    fake.write_text('#!/bin/sh\necho "$@" >> "$0.log"\nshift 4\nexec "$@"\n')
    fake.chmod(0o755)
    path = f"{fake.parent}{os.pathsep}{os.environ['PATH']}"
    code, output, report = run(tmp_path, PATH=path)
    found = outcomes(report)
    assert found.pop("Build") in ("ok", "left out")
    assert found == {part.title: "ok" for part in PARTS[1:]}, output
    assert code == 0
    calls = (fake.parent / "compute-sanitizer.log").read_text().splitlines()
    assert [call.split()[:4] for call in calls] == [
        ["--tool", tool, "--error-exitcode", "86"]
        for tool in ("memcheck", "racecheck", "synccheck")
    ]
    assert report.count("| equal |") == 3
    assert "| not measured |" in report
    assert "at least 0.92 copy" in report


def test_a_failing_part_is_told_and_the_next_one_runs(tmp_path):
    fault = {"MARK1_CUDA_EMULATION_FAULT": "kernel:Softmax"}
    code, _, report = run(tmp_path, "info", "trainings", "steps", **fault)
    assert code == 1
    found = outcomes(report)
    assert found["`mark1 info`"] == "ok"
    assert found["Trained weights"] == "failed"
    assert found["Benchmark of steps"] == "failed"
    assert "a kernel has failed" in report
    assert found["Tests of devices"] == "not run"
    # A later run keeps what this one has found.
    code, _, report = run(tmp_path, "trainings")
    assert code == 0
    found = outcomes(report)
    assert (found["Trained weights"], found["Benchmark of steps"]) == ("ok", "failed")


def test_a_part_is_stopped_at_its_limit(tmp_path):
    code, output, report = run(tmp_path, "trainings", "--limit", "0.2")
    assert code == 1
    assert outcomes(report)["Trained weights"] == "unfinished"
    assert "stopped after 0 s" in output


def test_an_error_within_a_part_is_its_outcome(tmp_path):
    def work(settings: Settings):
        raise OSError("no such tool")

    outcome = Part("x", "X", work).run(Settings(tmp_path, 1))
    assert (outcome.status, outcome.summary) == (FAILED, "OSError: no such tool")


def test_unknown_parts_are_refused():
    command = [sys.executable, "-m", "tests.cuda.checklist", "tets"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert "unknown: tets; there are build, info, tests, memcheck" in done.stderr
