"""The parts of the checklist: each runs as a process of its own and says what came of it."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import cuda_report

ROOT = Path(__file__).resolve().parents[3]
BUILD = ROOT / "build" / "gpu"

# What an outcome may be. Unfinished: stopped at the limit. Left out: a tool is not installed.
OK, FAILED, UNFINISHED, LEFT_OUT = "ok", "failed", "unfinished", "left out"

# Operations whose kernels compute-sanitizer watches, which takes some ten times as long: those in
# which threads share memory, or fetch it ahead.
_SHARED = "gemm,attention,recurrent,softmax,batch_norm,reduce,count"
_WATCHED = {
    "memcheck": f"{_SHARED},conv,pool,layer_norm,moments,sort,gather,scattering,copy,update,"
    "bf16_gemm,f16_gemm",
    "racecheck": _SHARED,
    "synccheck": _SHARED,
}


@dataclass(frozen=True)
class Outcome:
    """What came of a part."""

    status: str
    summary: str  # a line
    details: str = ""  # Markdown
    seconds: float = 0.0


@dataclass(frozen=True)
class Settings:
    """How parts are run."""

    state: Path  # folder for logs and results
    limit: float  # seconds that a part may take
    smoke: bool = False  # small sizes, few tests


@dataclass(frozen=True)
class Part:
    """One line of the checklist."""

    name: str
    title: str
    work: Callable[[Settings], Outcome]

    def run(self, settings: Settings) -> Outcome:
        """Works it off; whatever goes wrong is an outcome."""
        start = time.perf_counter()
        try:
            found = self.work(settings)
        except Exception as error:
            found = Outcome(FAILED, f"{type(error).__name__}: {error}")
        seconds = found.seconds or time.perf_counter() - start
        return Outcome(found.status, found.summary, found.details, seconds)


def execute(name: str, command: Sequence[str], settings: Settings) -> tuple[int | None, str]:
    """Runs a command, showing and keeping what it prints.

    Returns:
        Its exit status, None if it was stopped at the limit, and what it has printed.
    """
    log = settings.state / f"{name}.log"
    late = threading.Event()
    # What the machine has of pytest's plugins is none of the tests'.
    environment = os.environ | {"PYTHONUNBUFFERED": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    with log.open("w", encoding="utf-8", errors="replace") as file:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )

        def stop() -> None:
            late.set()
            os.killpg(process.pid, signal.SIGKILL)  # and what it has started

        timer = threading.Timer(settings.limit, stop)
        timer.start()
        try:
            assert process.stdout is not None
            for line in process.stdout:
                file.write(line)
                print(line, end="", flush=True)
            code = process.wait()
        finally:
            timer.cancel()
    return (None if late.is_set() else code), log.read_text(encoding="utf-8", errors="replace")


def _end(text: str, lines: int = 25) -> str:
    return "```\n" + "\n".join(text.rstrip().splitlines()[-lines:]) + "\n```"


def _pytest(name: str, before: Sequence[str], selected: Sequence[str], s: Settings) -> Outcome:
    asked = shlex.split(os.environ.get("PYTEST_ARGS", ""))
    command = [sys.executable, "-m", "pytest", "-v", "--tb=short", "-p", "no:cacheprovider"]
    code, text = execute(name, [*before, *command, *selected, *asked], s)
    if "Device not supported" in text and before:
        return Outcome(LEFT_OUT, "compute-sanitizer does not support this device or its runtime")
    if code is None:
        passed = len(re.findall(r" PASSED ", text))
        failed = len(re.findall(r" FAILED ", text))
        said = f"stopped after {s.limit:.0f} s: {passed} passed, {failed} failed until then"
        return Outcome(UNFINISHED, said, _end(text))
    found = re.findall(r"^=+ (.*(?:passed|failed|error|deselected|skipped).*) in .*=+$", text, re.M)
    summary = found[-1] if found else f"no summary, exit status {code}"
    errors = re.findall(r"ERROR SUMMARY: (.*)", text)
    if errors:
        summary += f"; compute-sanitizer: {errors[-1]}"
    if code == 0:
        return Outcome(OK, summary)
    return Outcome(FAILED, f"{summary} (exit status {code})", _end(text))


def build(settings: Settings) -> Outcome:
    """What run_on_gpu.py has built before this began."""
    path = BUILD / "build.json"
    if not path.exists():
        return Outcome(LEFT_OUT, "not built by tests/packaging/run_on_gpu.py")
    facts = json.loads(path.read_text(encoding="utf-8"))
    processors, architectures = facts["processors"], facts["architectures"]
    said = f"nvcc {facts['nvcc']} for {architectures}, with {processors} processors"
    return Outcome(OK, said, seconds=facts["seconds"])


def info(settings: Settings) -> Outcome:
    """`mark1 info`."""
    code, text = execute("info", [sys.executable, "-m", "mark1", "info"], settings)
    usable = "import sys; from mark1 import devices; sys.exit(not devices.cuda_status()[0])"
    found = subprocess.run([sys.executable, "-c", usable]).returncode
    lines = re.findall(r"^(?:cuda|float64) +(.*)$", text, re.M)
    status = OK if code == found == 0 else FAILED
    return Outcome(status, "; ".join(lines), _end(text))


def tests(settings: Settings) -> Outcome:
    """All tests of devices."""
    selected = ["tests/cuda/test_devices.py"] if settings.smoke else ["tests/cuda"]
    return _pytest("tests", [], selected, settings)


def sanitizer(name: str) -> Callable[[Settings], Outcome]:
    """Tests of kernels under a tool of compute-sanitizer."""

    def work(settings: Settings) -> Outcome:
        folder = os.environ.get("CUDA_HOME", "/usr/local/cuda")
        places = os.pathsep.join([os.environ.get("PATH", ""), f"{folder}/bin"])
        program = shutil.which("compute-sanitizer", path=places)
        if program is None:
            return Outcome(LEFT_OUT, "compute-sanitizer is not installed")
        before = [program, "--tool", name, "--error-exitcode", "86"]
        which = ["tests/cuda/test_cases.py", "-x", "-k", "test_values", "--ops", _WATCHED[name]]
        if settings.smoke:
            which = ["tests/cuda/test_attention.py", "--ops", "attention", "-k", "query_mask-2x2"]
        return _pytest(name, before, which, settings)

    return work


def trainings(settings: Settings) -> Outcome:
    """Hashes of trained weights against the CPU's in the same process."""
    small = ["--small"] if settings.smoke else []
    command = [sys.executable, "-m", "tests.cuda.trainings", *small]
    code, text = execute("trainings", command, settings)
    table = "\n".join(line for line in text.splitlines() if line.startswith("|"))
    if code is None:
        return Outcome(UNFINISHED, f"stopped after {settings.limit:.0f} s", table)
    if code != 0:
        return Outcome(FAILED, "not the CPU's weights, or no weights", f"{table}\n\n{_end(text)}")
    return Outcome(OK, "every training has the CPU's weights", table)


def benchmark(group: str) -> Callable[[Settings], Outcome]:
    """A group of rows of benchmarks.cuda: right results, and which targets are reached."""

    def work(settings: Settings) -> Outcome:
        file = settings.state / f"{group}.json"
        file.unlink(missing_ok=True)
        command = [sys.executable, "-m", "benchmarks.cuda", "--only", group, "--json", str(file)]
        code, text = execute(group, [*command, *(["--smoke"] * settings.smoke)], settings)
        if not file.exists():
            return Outcome(FAILED, "nothing was measured", _end(text))
        results = cuda_report.read(file)
        summary = cuda_report.summary(results).partition("\n")[0]
        head = "\n".join(f"    {line}" for line in text.splitlines()[:3])
        details = f"{head}\n\n{cuda_report.markdown(results)}"
        if code is None:
            return Outcome(UNFINISHED, f"{summary}; stopped at {settings.limit:.0f} s", details)
        return Outcome(OK if code == 0 else FAILED, summary, details)

    return work


PARTS = [
    Part("build", "Build", build),
    Part("info", "`mark1 info`", info),
    Part("tests", "Tests of devices", tests),
    *(Part(tool, f"compute-sanitizer, {tool}", sanitizer(tool)) for tool in _WATCHED),
    Part("trainings", "Trained weights", trainings),
    *(
        Part(group, f"Benchmark of {group}", benchmark(group))
        for group in ("products", "memory", "pools", "sequences", "convolutions", "steps")
    ),
]
