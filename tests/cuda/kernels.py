"""Which kernels of the emulated device ran, and which never did.

    python -m tests.cuda.kernels FILE...

Every process of tests leaves a file with the names of its kernels and how often each ran, where
MARK1_KERNELS says. A kernel that ran in none of them is named, unless it is excused here.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

# Kernels that no test runs (a pattern for their names), and why.
EXCUSED: dict[str, str] = {
    r"BinaryWalk<.*Comparison<.*Is(Inf|Finite)": "functions of one tensor have one axis",
    r"Cast<(\S+|long int), \1>$": "a cast to what a tensor has is the tensor",
    r"Each<.*(Segments|WholeRows)<.*, float>": "such rows fit into shared memory",
    r"StagedSegments<.*, double>": "such segments do not fit into shared memory",
    r"Member<.*(MeanErrorArgs|SoftmaxArgs)": "of a table for CPUs in a shared header",
    r"(Products|Filters)<.*TileShape<double, (128, 128|64, 64), ": "where units of float64 are "
    "left out, for which test_double_units.py has processes that nobody counts",
}


def finds_races() -> bool:
    """Whether this process runs kernels on an emulated device that finds races."""
    if "MARK1_CUDA_EMULATION" not in os.environ:
        return False
    device: Any = importlib.import_module("mark1._emulated")
    return bool(device.finds_races())


def leave_counts() -> None:
    """Writes down how often each kernel ran, if somebody wants to know."""
    if "MARK1_KERNELS" not in os.environ:
        return
    device: Any = importlib.import_module("mark1._emulated")
    Path(os.environ["MARK1_KERNELS"]).write_text(json.dumps(device.kernels()))


def complaints(files: list[Path], excused: dict[str, str] = EXCUSED) -> list[str]:
    """What is wrong with these counts: kernels that never ran, and excuses that excuse none."""
    counts = [json.loads(file.read_text()) for file in files]
    if not counts or not counts[0]:
        return ["no kernels were counted"]
    # By place: files of sources may have kernels of the same name.
    kernels = [(of[0][0], sum(runs for _, runs in of)) for of in zip(*counts, strict=True)]
    idle = sorted(name for name, runs in kernels if runs == 0)
    found = [f"never ran: {name}" for name in idle if not _excuses(excused, name)]
    stale = [p for p in excused if not any(re.search(p, name) for name in idle)]
    return found + [f"excuses no kernel: {p}" for p in stale]


def _excuses(excused: dict[str, str], name: str) -> bool:
    return any(re.search(pattern, name) for pattern in excused)


if __name__ == "__main__":
    lines = complaints([Path(name) for name in sys.argv[1:]])
    print("\n".join(lines) or "every kernel ran")
    sys.exit(bool(lines))
