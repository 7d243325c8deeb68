"""One library in a process of its own: answers requests, and sleeps between them.

`python -m benchmarks.models.worker NAME THREADS` reads a line of JSON and writes a line of JSON,
until its input ends:

    {"prepare": 0, "seconds": 0.2}  ->  {"work": 600, "check": 0.31}    or {"missing": "why"}
    {"measure": 0}                  ->  {"seconds": 0.000012}           per step or call
"""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections.abc import Callable

from benchmarks.models.libraries import Trainer, load
from benchmarks.models.problems import PROBLEMS, Problem

# An epoch's fixed costs are part of training, those of a call to `fit` are spread over as many.
MIN_EPOCHS = 3


class Training:
    """Some epochs in one call, divided by their steps."""

    def __init__(self, trainer: type[Trainer], problem: Problem, seconds: float) -> None:
        model = trainer(problem)
        model.train(problem.epochs)
        self.check = problem.check_trained(model.weights())
        start = time.perf_counter()
        model.train(1)
        elapsed = time.perf_counter() - start
        self._epochs = max(MIN_EPOCHS, math.ceil(seconds / elapsed))
        self.work = self._epochs * problem.steps
        self._model = model

    def measure(self) -> float:
        self._model.train(1)
        start = time.perf_counter()
        self._model.train(self._epochs)
        return (time.perf_counter() - start) / self.work


class Calling:
    """The same row again and again."""

    def __init__(self, trainer: type[Trainer], problem: Problem, seconds: float) -> None:
        model = trainer(problem)
        self._row = problem.data()[0]
        self._call: Callable[..., object] = model.calls()[problem.action]
        output = self._call(self._row)
        self.check = problem.check_output(self._row, output, model.weights())
        start = time.perf_counter()
        for _ in range(10):
            self._call(self._row)
        elapsed = (time.perf_counter() - start) / 10
        self.work = max(10, math.ceil(seconds / elapsed))

    def measure(self) -> float:
        call, row = self._call, self._row
        for _ in range(self.work // 10 + 1):
            call(row)
        start = time.perf_counter()
        for _ in range(self.work):
            call(row)
        return (time.perf_counter() - start) / self.work


def main() -> None:
    name, threads = sys.argv[1], int(sys.argv[2])
    # What a library prints must not get between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def answer(**fields: object) -> None:
        answers.write(json.dumps(fields) + "\n")
        answers.flush()

    # So many processors: a limit that no library can miss. Most also read it as their number of
    # threads, hence before the import.
    available = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, available[-threads:])
    try:
        trainer, versions = load(name)
    except ImportError as error:
        answer(missing=str(error))
        return
    answer(versions=versions)
    prepared: dict[int, Training | Calling] = {}
    for line in sys.stdin:
        request = json.loads(line)
        if "measure" in request:
            answer(seconds=prepared[request["measure"]].measure())
            continue
        number = request["prepare"]
        kind = Training if PROBLEMS[number].action == "train" else Calling
        try:
            task = prepared[number] = kind(trainer, PROBLEMS[number], request["seconds"])
        except KeyError as error:
            answer(missing=f"has no {error}")
        else:
            answer(work=task.work, check=task.check)


if __name__ == "__main__":
    main()
