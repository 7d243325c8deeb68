"""Runs problems in turns over all libraries and prints who took how long."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

from benchmarks.harness import Timing
from benchmarks.models.driver import Workers
from benchmarks.models.problems import PROBLEMS
from benchmarks.report import format_seconds

Result = dict[str, Any]


def choose(pattern: str, smoke: bool) -> list[int]:
    """Numbers of the problems whose names match; in a smoke run those that take no time."""
    numbers = [i for i, p in enumerate(PROBLEMS) if re.search(pattern, f"models/{p.name}")]
    if smoke:
        numbers = [i for i in numbers if _small(i)]
    return numbers


def _small(number: int) -> bool:
    problem = PROBLEMS[number]
    small = math.prod(problem.widths) < 100 and not problem.length
    return problem.action != "train" or small


def compare(workers: Workers, numbers: list[int], rounds: int, seconds: float) -> list[Result]:
    """Time the problems, printing each when it is done, and return them ready for JSON."""
    print("\nmodels: " + ", ".join(f"{k} {v}" for k, v in workers.versions.items()))
    if workers.missing:
        print("not installed: " + ", ".join(workers.missing))
    results = []
    for number in numbers:
        problem = PROBLEMS[number]
        timings, checks = workers.measure(number, rounds, seconds)
        unit = "step" if problem.action == "train" else "call"
        checked = "loss" if problem.action == "train" else "error"
        print(f"\n{problem.name:38} {'per ' + unit:>10} {'+-':>5} {'of mark1':>9}   {checked}")
        own = timings.get("mark1")
        for name, timing in timings.items():
            _print_line(name, timing, own, checks[name])
        results.append(
            {
                "name": problem.name,
                "timings": {name: t.as_dict() for name, t in timings.items()},
                "ratios": {n: t.median / own.median for n, t in timings.items()} if own else {},
                "checks": checks,
            }
        )
    return results


def _print_line(name: str, timing: Timing, own: Timing | None, check: float) -> None:
    ratio = f"{timing.median / own.median:.2f} x" if own else ""
    print(
        f"  {name:36} {format_seconds(timing.median):>10} {timing.spread:>5.0%} {ratio:>9}   "
        f"{check:.2g}",
        flush=True,
    )


def markdown(results: list[Result]) -> str:
    """Return a table for a page: a line per library, a column per problem, microseconds."""
    names = list(dict.fromkeys(n for r in results for n in r["timings"]))
    lines = [["us per step or call", *(r["name"] for r in results)], ["---"] * (len(results) + 1)]
    for name in names:
        timings = [r["timings"].get(name) for r in results]
        lines.append([name, *("" if t is None else _microseconds(t["median_s"]) for t in timings)])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _microseconds(seconds: float) -> str:
    return f"{seconds * 1e6:,.0f}" if seconds >= 1e-4 else f"{seconds * 1e6:.3g}"


def write_on_page(text: str, mark: str, page: Path) -> None:
    """Replace what stands between the two comments on a page that say `mark`.

    Raises:
        ValueError: the page does not have them.
    """
    begin, end = f"<!-- {mark} -->\n", f"<!-- end of {mark} -->\n"
    content = page.read_text(encoding="utf-8")
    if begin not in content or end not in content:
        raise ValueError(f"{page} has no lines {begin.strip()} and {end.strip()}")
    head, rest = content.split(begin)
    page.write_text(f"{head}{begin}{text}\n{end}{rest.split(end)[1]}", encoding="utf-8")
