"""The emulated device finds races: kernels that have some, and the same without."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = ["copies", "epochs", "fault", "fibers", "grid", "log", "races"]


@pytest.mark.skipif(not (ROOT / "csrc").is_dir(), reason="needs the sources")
@pytest.mark.skipif(shutil.which("c++") is None, reason="needs c++")
def test_races_are_found_and_no_others(tmp_path):
    # Sanitizers preload libraries that the compiler has no use for.
    env = {key: value for key, value in os.environ.items() if key != "LD_PRELOAD"}
    names = ["MARK1_EMULATION", "MARK1_ISA=cuda", "MARK1_ISA_cuda"]
    common = ["c++", "-std=c++20", "-O1", "-I", str(ROOT / "csrc"), *(f"-D{n}" for n in names)]

    def run(*command: str) -> str:
        done = subprocess.run(command, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    kernels, program = tmp_path / "kernels.o", tmp_path / "races"
    source = ROOT / "tests" / "native" / "races.cpp"
    run(*common, "-fsanitize=thread", "-c", str(source), "-o", str(kernels))
    parts = [str(ROOT / "csrc" / "cuda" / "emulation" / f"{part}.cpp") for part in PARTS]
    run(*common, *parts, str(kernels), "-o", str(program), "-lpthread")
    assert run(str(program)) == "all races found, and no others\n"
