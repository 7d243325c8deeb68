"""Starts a worker per library and lets them work in turns."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from benchmarks.harness import Timing, timing
from benchmarks.models.libraries import LIBRARIES

ROOT = Path(__file__).parents[2]
# After a measurement; other libraries' threads spin for up to some milliseconds.
PAUSE_SECONDS = 0.02


class Worker:
    """A library's process.

    Args:
        name: of the library.
        python: interpreter to run it with.
        threads: number of processors it may use.
        folder: for what it prints and its settings.
        module: what it runs.
    """

    def __init__(
        self,
        name: str,
        python: str,
        threads: int,
        folder: Path,
        module: str = "benchmarks.models.worker",
    ) -> None:
        self.name = name
        self._log = folder / f"{name}.log"
        counts = ("MARK1", "OMP", "OPENBLAS", "MKL")
        environment = {
            **os.environ,
            **{f"{c}_NUM_THREADS": str(threads) for c in counts},
            "TF_NUM_INTRAOP_THREADS": str(threads),
            "TF_NUM_INTEROP_THREADS": str(threads),
            "TF_CPP_MIN_LOG_LEVEL": "2",
            "CUDA_VISIBLE_DEVICES": "",
            "JAX_PLATFORMS": "cpu",
            "KERAS_HOME": str(folder),
            **LIBRARIES[name][1],
        }
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [python, "-m", module, name, str(threads)],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.versions: dict[str, str] = {}

    def ready(self) -> bool:
        """Whether the library could be imported; waits for it."""
        self.versions = self._receive().get("versions", {})
        return bool(self.versions)

    def ask(self, **request: object) -> dict[str, Any]:
        """Send a request and return the answer.

        Raises:
            RuntimeError: the process has ended; with the end of what it printed.
        """
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # that it has ended is seen below
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        return self._receive()

    def _receive(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            printed = self._log.read_text(encoding="utf-8", errors="replace")
            raise RuntimeError(f"the worker of {self.name} has ended:\n{printed[-2000:]}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """End the process; a second call does nothing."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


class Workers:
    """The workers of all libraries that are installed; `missing` names the others.

    Args:
        names: libraries.
        threads: number of processors each may use.
        python: interpreter of every library but mark1, this one if None.
        module: what they run.
    """

    def __init__(
        self,
        names: Sequence[str],
        threads: int,
        python: str | None = None,
        module: str = "benchmarks.models.worker",
    ) -> None:
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        # All are started before the first is waited for: some take seconds to import.
        self._workers = [
            Worker(
                n, python if python and n != "mark1" else sys.executable, threads, folder, module
            )
            for n in names
        ]
        self.missing: list[str] = []

    def __enter__(self) -> Workers:
        for worker in tuple(self._workers):
            if not worker.ready():
                worker.close()
                self._workers.remove(worker)
                self.missing.append(worker.name)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for worker in self._workers:
            worker.close()
        self._folder.cleanup()

    @property
    def versions(self) -> dict[str, str]:
        return {k: v for worker in self._workers for k, v in worker.versions.items()}

    def measure(
        self, number: int, rounds: int, seconds: float
    ) -> tuple[dict[str, Timing], dict[str, float]]:
        """Time a problem with every library that can do it.

        Args:
            number: of the problem.
            rounds: how often each has its turn.
            seconds: a turn, about; training takes longer where three epochs do.

        Returns:
            Seconds per step or call by library, and what the check before gave: the loss after
            training, or the error of the output.
        """
        answers = {w: w.ask(prepare=number, seconds=seconds) for w in self._workers}
        able = {w: a for w, a in answers.items() if "missing" not in a}
        samples: dict[str, list[float]] = {w.name: [] for w in able}
        for _ in range(rounds):
            for worker in able:
                time.sleep(PAUSE_SECONDS)
                samples[worker.name].append(worker.ask(measure=number)["seconds"])
        return {n: timing(s) for n, s in samples.items()}, {
            w.name: a["check"] for w, a in able.items()
        }
