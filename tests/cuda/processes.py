"""Python in a process of its own, with the device of these tests."""

from __future__ import annotations

import os
import subprocess
import sys


def run_python(script: str, **environment: str) -> str:
    """What a script prints, which must end well."""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
