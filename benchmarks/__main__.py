"""python -m benchmarks: kernels and models, on the terminal and as JSON."""

from __future__ import annotations

import argparse
import os
import re
import time
from pathlib import Path


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--threads", type=int, help="for every library; default: all processors")
    parser.add_argument("--only", default="", help="regular expression on the names")
    parser.add_argument("--seconds", type=float, default=0.5, help="per alternative")
    parser.add_argument(
        "--json", type=Path, help="file to write; default: runs/benchmark-DATE.json"
    )
    parser.add_argument(
        "--smoke",
        "--quick",
        action="store_true",
        help="a few samples of the small sizes: does it run",
    )
    return parser.parse_args()


def main() -> None:
    arguments = parse()
    if arguments.threads:
        # Read by the libraries when they are imported, hence before anything else.
        for name in ("MARK1", "OPENBLAS", "OMP", "MKL"):
            os.environ[f"{name}_NUM_THREADS"] = str(arguments.threads)
    from benchmarks import calls, machine
    from benchmarks.kernels import adam, attention, bf16, cases, conv, memory, optimizers, products
    from benchmarks.models import compare, driver, libraries
    from benchmarks.peak import COPY_BYTES, measure_peak
    from benchmarks.report import Report

    smoke = arguments.smoke
    seconds = 0.005 if smoke else arguments.seconds
    pattern = re.compile(arguments.only)
    peak = measure_peak(seconds, COPY_BYTES // 32 if smoke else COPY_BYTES)
    report = Report(machine.describe(), peak)
    for part in (calls, cases, products, bf16, conv, memory, adam, attention, optimizers):
        part.run(report, lambda name: pattern.search(name) is not None, seconds, smoke)
    numbers = compare.choose(arguments.only, smoke)
    if numbers:
        threads = report.document["machine"]["threads"]
        with driver.Workers(list(libraries.LIBRARIES), threads) as workers:
            rounds, turn = (2, 0.01) if smoke else (9, 0.3)
            report.document["models"] = compare.compare(workers, numbers, rounds, turn)
    path = arguments.json
    if path is None and not smoke:
        path = Path("runs") / time.strftime("benchmark-%Y%m%d-%H%M%S.json")
    if path is not None:
        report.write(path)


if __name__ == "__main__":
    main()
