"""Where a result was measured: processor, versions, threads, instruction set."""

from __future__ import annotations

import platform
import time
from importlib import metadata
from pathlib import Path
from typing import Any

from mark1 import _core


def describe() -> dict[str, Any]:
    """What a reader needs to judge the figures, ready for JSON."""
    return {
        "date": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "processor": processor(),
        "processors": _core.available_cpus(),
        "cache_bytes": caches(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": {name: v for name in ("mark1", "numpy", "torch") if (v := version(name))},
        "build": _core.build_info(),
        "isa": _core.isa(),
        "threads": _core.get_num_threads(),
    }


def processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def caches() -> dict[str, int]:
    """Sizes by level, as Linux reports them for the first processor."""
    sizes = {}
    for index in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        kind = (index / "type").read_text().strip()
        size = (index / "size").read_text().strip()
        if kind != "Instruction" and size.endswith("K"):
            sizes["L" + (index / "level").read_text().strip()] = int(size[:-1]) * 1024
    return sizes


def last_level_cache() -> int:
    return max(caches().values(), default=32 << 20)


def version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
