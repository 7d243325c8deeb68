"""Results of benchmarks.cuda: a line on the terminal, an entry of a file, a line of a page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.cuda_row import Goal
from benchmarks.report import format_seconds


@dataclass(frozen=True)
class Result:
    """What was measured of a row, or why nothing was."""

    name: str
    seconds: float = 0
    spread: float = 0
    rate: str = ""
    # By what goals name: speeds as parts of other libraries', bandwidth as a part of a copy's.
    values: dict[str, float] = field(default_factory=dict)
    goals: tuple[Goal, ...] = ()
    remark: str = ""
    failed: bool = False  # the result was wrong, or there was none

    def outcomes(self) -> list[tuple[Goal, str]]:
        """Goals with "reached", "not reached", or "not measured" where a peer is missing."""
        if self.failed:
            return [(goal, "failed") for goal in self.goals]
        return [
            (
                goal,
                "not measured"
                if goal.of not in self.values
                else "reached"
                if goal.reached(self.values[goal.of])
                else "not reached",
            )
            for goal in self.goals
        ]

    def line(self) -> str:
        if self.failed:
            return f"{self.name:52} FAILED: {self.remark}"
        time = f"{format_seconds(self.seconds):>9} +-{self.spread:4.0%}"
        values = "  ".join(f"{of} {value:.2f}" for of, value in self.values.items())
        outcomes = ", ".join(f"{goal}: {outcome}" for goal, outcome in self.outcomes())
        parts = [f"{self.name:52} {time} {self.rate:>15}", values, outcomes, self.remark]
        return "   ".join(part for part in parts if part)


def read(path: Path) -> list[Result]:
    """Results that `write` has written."""
    entries = json.loads(path.read_text(encoding="utf-8"))
    return [
        Result(**{**entry, "goals": tuple(Goal(**goal) for goal in entry["goals"])})
        for entry in entries
    ]


def write(path: Path, results: Sequence[Result]) -> None:
    """Writes all results there are so far; a reader never sees half of them."""
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps([asdict(r) for r in results], indent=1) + "\n", encoding="utf-8")
    part.replace(path)


def summary(results: Sequence[Result]) -> str:
    """How many goals there are of each outcome, and which were missed."""
    if not any(r.goals for r in results):
        return f"{len(results)} results, none with a target"
    found = [(r.name, str(goal), outcome) for r in results for goal, outcome in r.outcomes()]
    counts = {
        kind: sum(outcome == kind for _, _, outcome in found)
        for kind in ("reached", "not reached", "not measured", "failed")
    }
    text = f"{len(found)} targets: " + ", ".join(f"{n} {kind}" for kind, n in counts.items() if n)
    missed = [f"{name} ({goal})" for name, goal, outcome in found if outcome == "not reached"]
    return text + (f".\nNot reached: {'; '.join(missed)}" if missed else "")


def markdown(results: Sequence[Result]) -> str:
    """A table for a page: a line per goal, or per result that has none."""
    lines = ["| | time | rate | measured | target | |", "|---|---|---|---|---|---|"]
    for r in results:
        time = "" if r.failed else f"{format_seconds(r.seconds)} +- {r.spread:.0%}"
        goals = {goal.of for goal in r.goals}
        for goal, outcome in r.outcomes():
            value = f"{r.values[goal.of]:.2f} {goal.of}" if goal.of in r.values else ""
            lines.append(f"| {r.name.strip()} | {time} | {r.rate} | {value} | {goal} | {outcome} |")
        rest = ", ".join(f"{of} {value:.2f}" for of, value in r.values.items() if of not in goals)
        rest = ", ".join(part for part in (rest, r.remark) if part)
        if rest or not r.goals:
            name, rate = (r.name.strip(), r.rate) if not r.goals else ("", "")
            lines.append(f"| {name} | {time if name else ''} | {rate} | {rest} | | |")
    return "\n".join(lines)
