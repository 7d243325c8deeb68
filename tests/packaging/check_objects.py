"""Check that code compiled for one instruction set cannot leak into code meant for all machines.

Each object of such code must define one global symbol, its kernel table, and no weak one. The
linker merges weak symbols (inline functions and templates with external linkage) across files, and
the copy it keeps may be the one for AVX-512.

    python tests/packaging/check_objects.py build
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

FOLDERS = tuple(f"mark1_{isa}.dir" for isa in ("reference", "avx2", "avx512", "avx512_bf16", "amx"))
SANITIZED = ("asan", "tsan")  # builds whose instrumentation adds symbols of its own
SYMBOL = re.compile(r"(.*?) ([A-Za-z])( [0-9a-f]+){0,2}\Z")  # name, type, value, size


def find_objects(build: Path) -> list[Path]:
    """Return the per-ISA objects anywhere below a build folder."""
    return sorted(
        path
        for path in build.rglob("*.o")
        if any(folder in path.parts for folder in FOLDERS)
        and not any(folder in path.relative_to(build).parts for folder in SANITIZED)
    )


def problems_of(path: Path) -> list[str]:
    """Return what is wrong with one object, in words."""
    listing = subprocess.run(
        ["nm", "--demangle", "--extern-only", "--defined-only", "--format=posix", str(path)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    matches = [SYMBOL.match(line.rstrip()) for line in listing.splitlines()]
    symbols = [(match[1], match[2]) for match in matches if match]
    found = [f"weak symbol {name} ({kind})" for name, kind in symbols if kind in "wWvVu"]
    strong = [name for name, kind in symbols if kind not in "wWvVu"]
    if len(strong) != 1:
        found.append(f"{len(strong)} global symbols instead of 1: {', '.join(strong)}")
    elif not strong[0].endswith("_kernels"):
        found.append(f"the global symbol is {strong[0]}, not a kernel table")
    return found


def main(build: Path) -> int:
    """Check all objects and return the exit status."""
    objects = find_objects(build)
    if not objects:
        print(f"no objects of per-ISA code below {build}: build first", file=sys.stderr)
        return 1
    bad = {path: problems for path in objects if (problems := problems_of(path))}
    for path, problems in bad.items():
        for problem in problems:
            print(f"{path.relative_to(build)}: {problem}", file=sys.stderr)
    print(f"{len(objects)} objects of per-ISA code checked, {len(bad)} at fault")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "build")))
