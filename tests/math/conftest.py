"""The native program that measures csrc/math, built on first use."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build" / "native-tests"


@pytest.fixture(scope="session")
def ulp_program() -> Path:
    """Path of `ulp`; see tests/native/ulp.cpp."""
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])
    # Sanitizers preload libraries that the compiler has no use for.
    env = {k: v for k, v in os.environ.items() if k != "LD_PRELOAD"} | {"PATH": path}
    tools = ("cmake", "ninja", "c++")
    missing = [tool for tool in tools if shutil.which(tool, path=path) is None]
    if missing:
        pytest.skip(f"needs {' and '.join(missing)}")

    def run(*command: str) -> str:
        done = subprocess.run(
            command, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout}"
        return done.stdout.strip()

    run(
        "cmake", "-S", str(ROOT), "-B", str(BUILD), "-G", "Ninja",
        "-DCMAKE_BUILD_TYPE=Release", "-DMARK1_CUDA=OFF", "-DMARK1_NATIVE_TESTS=ON",
        f"-DPython_EXECUTABLE={sys.executable}",
        f"-Dpybind11_DIR={run(sys.executable, '-m', 'pybind11', '--cmakedir')}",
    )  # fmt: skip
    run("cmake", "--build", str(BUILD), "--target", "ulp", "--parallel", "2")
    return BUILD / "tests" / "native" / "ulp"
