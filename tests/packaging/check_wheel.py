"""Check a wheel: its size, what is in it, and that a bare environment can import it in silence.

python tests/packaging/check_wheel.py dist/mark1-0.1.0-....whl
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

LIMIT = 5_000_000
NEEDED = (
    "mark1/__init__.py",
    "mark1/_core.pyi",
    "mark1/py.typed",
    "mark1/datasets/digits.npz",
    "mark1/datasets/LICENSE-digits.txt",
)
ALLOWED = (".py", ".pyi", ".so", ".npz", ".txt", ".typed", "LICENSE", "METADATA", "RECORD", "WHEEL")


def problems_of(wheel: Path) -> list[str]:
    """Return what is wrong with the archive, in words."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    found = [f"lacks {name}" for name in NEEDED if name not in names]
    if not any(name.startswith("mark1/_core.") and name.endswith(".so") for name in names):
        found.append("lacks the extension module")
    found += [
        f"holds {name}"
        for name in names
        if not name.endswith((*ALLOWED, "entry_points.txt")) or "__pycache__" in name
    ]
    if wheel.stat().st_size > LIMIT:
        found.append(f"is {wheel.stat().st_size:,} bytes large, more than {LIMIT:,}")
    return found


def import_alone(wheel: Path) -> str:
    """Install the wheel into a fresh environment and return what importing it says on stderr."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = str(Path(folder, "bin", "python"))
        pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        subprocess.run([*pip, str(wheel)], check=True)
        code = "import mark1; print(mark1.__version__)"
        done = subprocess.run(
            [python, "-W", "error", "-c", code], cwd=folder, capture_output=True, text=True
        )
        return done.stderr if done.returncode == 0 else done.stderr or "import failed"


def main(wheel: Path) -> int:
    """Check one wheel and return the exit status."""
    found = problems_of(wheel)
    if noise := import_alone(wheel):
        found.append(f"says on stderr when imported:\n{noise}")
    for problem in found:
        print(f"{wheel.name} {problem}", file=sys.stderr)
    print(f"{wheel.name}: {wheel.stat().st_size:,} bytes, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
