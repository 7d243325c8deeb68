"""What must be shown on a GPU, worked off: `python -m tests.cuda.checklist [PART ...]`.

Every part runs in a process of its own, is stopped at a limit, and the next one begins whatever
came of it. A report in Markdown is written after each part. It holds the outcomes of earlier runs
too, so that parts can be run one by one where a command may not take long.

The exit status is 0 if every part that was asked for is ok or was left out because a tool is
missing; a target that is not reached is told and is no failure, a wrong bit is one.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.cuda.checklist import report
from tests.cuda.checklist.parts import BUILD, LEFT_OUT, OK, PARTS, Settings


def main() -> int:
    """Runs the parts and returns the exit status."""
    names = [part.name for part in PARTS]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of: {', '.join(names)}")
    parser.add_argument("--report", type=Path, default=BUILD / "report.md")
    parser.add_argument("--state", type=Path, default=BUILD / "checklist", help="folder of logs")
    parser.add_argument("--limit", type=float, default=570, help="seconds that a part may take")
    parser.add_argument("--smoke", action="store_true", help="small sizes, few tests")
    arguments = parser.parse_args()
    if unknown := set(arguments.parts) - set(names):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(names)}")

    state = arguments.state.resolve()
    state.mkdir(parents=True, exist_ok=True)
    arguments.report.parent.mkdir(parents=True, exist_ok=True)
    settings = Settings(state, arguments.limit, arguments.smoke)
    facts = report.describe()
    asked = [part for part in PARTS if not arguments.parts or part.name in arguments.parts]
    outcomes = {}
    for part in asked:
        print(f"\n== {part.title}", flush=True)
        outcomes[part.name] = outcome = part.run(settings)
        report.remember(state, part.name, outcome)
        arguments.report.write_text(
            report.compose(report.remembered(state), facts), encoding="utf-8"
        )
    print()
    for part in asked:
        outcome = outcomes[part.name]
        print(f"{part.name:13} {outcome.status:10} {outcome.seconds:5.0f} s  {outcome.summary}")
    print(f"report: {arguments.report}")
    return 0 if all(o.status in (OK, LEFT_OUT) for o in outcomes.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
