"""python -m benchmarks.kernels.turns: convolutions on several threads, each library by itself.

In one process the threads of one library would spin while the other works, which on one thread does
no harm (`python -m benchmarks --threads 1 --only ^conv`). So mark1 and PyTorch have a process each,
on the same processors, and work in turns while the other sleeps.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import time
from functools import partial

import numpy as np

from benchmarks.kernels.cases import check
from tests.cases.base import Case
from tests.cases.conv import BENCHMARKS

PRODUCTS = ("forward", "input gradient", "filter gradient")


class Call:
    """One product of one library, checked by mark1's process."""

    def __init__(self, name: str, case: Case, seconds: float) -> None:
        arrays = case.arrays("float32")
        if name == "mark1":
            from mark1 import _core

            tensors = [_core.convert(a) for a in arrays]
            check(case, arrays, [np.array(y) for y in case.run(*tensors)])
            self._call = partial(case.run, *tensors)
        else:
            import torch

            if case.torch_call is None:
                raise KeyError("such padding")
            # Channels last where torch has it: that is mark1's layout.
            operands = [torch.from_numpy(a) for a in arrays]
            self._call = partial(case.torch_call, *operands, arrays[0].ndim > 3)
        self._seconds = seconds
        self._call()

    def measure(self) -> float:
        """The median of some calls."""
        samples: list[float] = []
        end = time.perf_counter() + self._seconds
        self._call()
        while len(samples) < 5 or time.perf_counter() < end:
            start = time.perf_counter()
            self._call()
            samples.append(time.perf_counter() - start)
        return float(np.median(samples))


def work(name: str, threads: int) -> None:
    """Answer the driver, as `benchmarks.models.worker` does."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def answer(**fields: object) -> None:
        answers.write(json.dumps(fields) + "\n")
        answers.flush()

    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-threads:])
    try:
        module = __import__(name)
    except ImportError as error:
        answer(missing=str(error))
        return
    answer(versions={name: module.__version__})
    calls: dict[int, Call] = {}
    for line in sys.stdin:
        request = json.loads(line)
        if "measure" in request:
            answer(seconds=calls[request["measure"]].measure())
            continue
        try:
            calls.clear()
            calls[request["prepare"]] = Call(
                name, BENCHMARKS[request["prepare"]], request["seconds"]
            )
        except KeyError as error:
            answer(missing=f"has no {error}")
        else:
            answer(work=1, check=0.0)


def main() -> None:
    # Where workers are driven from; their own processes have no use for it.
    from benchmarks.models.driver import Workers

    parser = argparse.ArgumentParser(prog="python -m benchmarks.kernels.turns", description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", default="", help="regular expression on the names")
    parser.add_argument("--python", help="interpreter that has PyTorch; default: this one")
    parser.add_argument("--rounds", type=int, default=9, help="turns of each")
    parser.add_argument("--seconds", type=float, default=0.1, help="of a turn")
    arguments = parser.parse_args()
    libraries = ["mark1", "torch"]
    module = "benchmarks.kernels.turns"
    with Workers(libraries, arguments.threads, arguments.python, module) as workers:
        print(f"{arguments.threads} threads; {workers.versions}")
        for number, case in enumerate(BENCHMARKS):
            name = f"{BENCHMARKS[number - number % 3].id} {PRODUCTS[number % 3]}"
            if not re.search(arguments.only, name):
                continue
            timings, _ = workers.measure(number, arguments.rounds, arguments.seconds)
            own = timings["mark1"]
            line = f"{name:64} {own.median * 1e3:8.3f} ms +-{own.spread:4.0%}"
            line += f" {case.flops / own.median / 1e9:8.1f} GFLOP/s"
            for other, timing in timings.items():
                if other != "mark1":
                    line += f"   {other} {timing.median / own.median:.2f} +-{timing.spread:4.0%}"
            print(line, flush=True)


if __name__ == "__main__":
    if len(sys.argv) == 3 and not sys.argv[1].startswith("-"):
        work(sys.argv[1], int(sys.argv[2]))
    else:
        main()
