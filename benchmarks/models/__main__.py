"""python -m benchmarks.models: microseconds per training step and per prediction of one row.

Loss and error are what was checked before: the loss after the same number of epochs, computed in
NumPy from each library's weights, and the largest difference of a prediction from NumPy's.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from benchmarks import machine
from benchmarks.models.compare import choose, compare, markdown, write_on_page
from benchmarks.models.driver import Workers
from benchmarks.models.libraries import LIBRARIES


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.models",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--threads", type=int, help="processors; default: all there are")
    parser.add_argument("--only", default="", help="regular expression on the problems")
    parser.add_argument(
        "--libraries", default="", help=f"some of: {', '.join(LIBRARIES)}; separated by commas"
    )
    parser.add_argument("--python", help="interpreter that has the peers; default: this one")
    parser.add_argument("--rounds", type=int, default=9, help="turns of each library")
    parser.add_argument("--seconds", type=float, default=0.3, help="of a turn")
    parser.add_argument("--json", type=Path, help="file to write")
    parser.add_argument("--page", type=Path, help="page of the documentation to bring up to date")
    parser.add_argument("--smoke", action="store_true", help="the small ones, briefly")
    return parser.parse_args()


def main() -> None:
    arguments = parse()
    available = len(os.sched_getaffinity(0))
    threads = min(arguments.threads or available, available)
    names = [n.strip() for n in arguments.libraries.split(",") if n.strip()] or list(LIBRARIES)
    unknown = [n for n in names if n not in LIBRARIES]
    if unknown:
        raise SystemExit(f"unknown: {', '.join(unknown)}; there are {', '.join(LIBRARIES)}")
    description = machine.describe() | {"threads": threads}
    print(f"{description['processor']}, {description['isa']}, {threads} threads")
    rounds, seconds = (2, 0.01) if arguments.smoke else (arguments.rounds, arguments.seconds)
    with Workers(names, threads, arguments.python) as workers:
        description["versions"] |= workers.versions
        results = compare(workers, choose(arguments.only, arguments.smoke), rounds, seconds)
    table = markdown(results)
    print("\n" + table)
    if arguments.page:
        versions = ", ".join(f"{k} {v}" for k, v in description["versions"].items())
        where = f"{description['processor']}, {description['isa']}, {description['date'][:10]}"
        widest = max(t["spread"] for r in results for t in r["timings"].values())
        turns = f"{threads} processor{'s' * (threads > 1)}, medians of {rounds} turns"
        turns += f", half the interquartile range at most {widest:.0%}"
        text = f"{where}, {turns}; {versions}.\n\n{table}"
        write_on_page(text, f"models, {threads} processors", arguments.page)
    if arguments.json:
        document = {"machine": description, "models": results}
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        print(f"\nwritten to {arguments.json}")


if __name__ == "__main__":
    main()
