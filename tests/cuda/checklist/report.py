"""The report: machine, versions, an outcome per part, and what each has found."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import mark1
from benchmarks import machine
from tests.cuda.checklist.parts import PARTS, ROOT, Outcome

_PACKAGES = (
    *("torch", "triton", "nvidia-cudnn-cu13", "nvidia-cudnn-cu12", "nvidia-cublas"),
    *("nvidia-cublas-cu12", "cupy-cuda13x", "cupy-cuda12x", "jax", "pybind11", "pytest"),
)


def _said(*command: str) -> str:
    """What a program prints; nothing if it is missing or fails."""
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def describe() -> dict[str, str]:
    """What a reader needs to judge the figures."""
    facts = machine.describe()
    asked = "name,driver_version,memory.total,clocks.max.sm,clocks.max.mem"
    packages = {name: version for name in _PACKAGES if (version := machine.version(name))}
    versions = {"mark1": mark1.__version__} | facts["versions"] | packages
    compiler = [line for line in _said("nvcc", "--version").splitlines() if "release" in line]
    found = {
        "when": facts["date"],
        "GPU (name, driver, memory, greatest clocks)": _said(
            "nvidia-smi", f"--query-gpu={asked}", "--format=csv,noheader"
        ),
        "CUDA's compiler": "".join(compiler),
        "processor": f"{facts['processor']}, {facts['processors']} of them, {facts['isa']}",
        "system": facts["system"],
        "Python": facts["python"],
        "packages": ", ".join(f"{name} {version}" for name, version in versions.items()),
        "mark1 built by": facts["build"]["compiler"],
        "commit": _said("git", "describe", "--always", "--dirty"),
    }
    return {name: text for name, text in found.items() if text}


def remember(state: Path, name: str, outcome: Outcome) -> None:
    """Keeps a part's outcome for the reports of this run and of later ones."""
    entry = asdict(outcome) | {"when": time.strftime("%H:%M:%S")}
    (state / f"{name}.outcome").write_text(json.dumps(entry), encoding="utf-8")


def remembered(state: Path) -> dict[str, Outcome]:
    """The outcomes of all parts that have been run, the latest of each."""
    found = {}
    for part in PARTS:
        path = state / f"{part.name}.outcome"
        if path.exists():
            entry = json.loads(path.read_text(encoding="utf-8"))
            entry.pop("when")
            found[part.name] = Outcome(**entry)
    return found


def compose(outcomes: Mapping[str, Outcome], facts: Mapping[str, str]) -> str:
    """The report in Markdown, its headings two levels down so that it fits into a page."""
    lines = [f"* {name}: {text}" for name, text in facts.items()]
    lines += ["", "| part | outcome | | seconds |", "|---|---|---|---|"]
    for part in PARTS:
        if part.name in outcomes:
            o = outcomes[part.name]
            summary = o.summary.replace("|", "\\|")
            lines.append(f"| {part.title} | {o.status} | {summary} | {o.seconds:.0f} |")
        else:
            lines.append(f"| {part.title} | not run | `make check-cuda PARTS={part.name}` | |")
    for part in PARTS:
        if part.name in outcomes and outcomes[part.name].details:
            lines += ["", f"### {part.title}", "", outcomes[part.name].details]
    return "\n".join(lines) + "\n"
