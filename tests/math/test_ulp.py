"""Functions of csrc/math in float32 against libm in double, and all instruction sets for equality.

The program itself decides: mostly at most 2 ulp (tests/native/ulp.cpp).
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMES = [
    "exp", "expm1", "log", "log1p", "tanh", "sigmoid", "softplus", "erf", "erfc", "sin", "cos",
    "normal_probability", "normal_density", "atan", "asin", "acos", "erfinv",
]  # fmt: skip


def measure(program: Path, *arguments: str) -> str:
    done = subprocess.run([str(program), *arguments], text=True, capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_sample_of_all_inputs(ulp_program):
    lines = measure(ulp_program).splitlines()
    # Another list of functions here than there would leave some untested.
    assert [line.split()[:2] for line in lines] == [
        [name, dtype] for name in NAMES for dtype in ("float32", "float64")
    ]


def test_headers_state_no_less_than_a_sample_shows(ulp_program):
    claims = {
        path.stem: re.search(r"Largest error: ([\d.]+) ulp \(float", path.read_text("utf-8"))
        for path in (ROOT / "csrc" / "math").glob("*.h")
    }
    for line in measure(ulp_program, "--doubles", "0").splitlines():
        name, dtype, error = line.split()[:3]
        header = {"sin": "sincos", "cos": "sincos", "acos": "asin"}.get(name, name.split("_")[0])
        claim = claims[header]
        assert claim is not None, f"csrc/math/{header}.h states no largest error"
        if dtype == "float32":
            assert float(error) <= float(claim[1])


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_all_inputs(ulp_program, name):
    measure(ulp_program, name, "--stride", "1", "--doubles", "3000000")
