"""Builds with nvcc on a machine that has a GPU, and runs a command of Python there.

    python tests/packaging/run_on_gpu.py --wheels DIR -- -m pytest tests/cuda

The Python that runs this is the one that is built for and used, with the packages that it has
(NumPy, CuPy, PyTorch, pytest); nothing is installed. What it lacks is unpacked from the wheels in
DIR, or fetched by pip if no folder is named. The build stays in build/gpu: a later call compiles
what has changed. It needs no pip, no git, no network and no home that can be written to.
"""

from __future__ import annotations

import argparse
import ctypes
import importlib.metadata
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "gpu"
SITE = BUILD / "site"
# Packages and the oldest that will do.
NEEDED = {"numpy": (1, 26), "pybind11": (3,), "pytest": (8,)}
# Prints what there is, or what is missing.
_USABLE = """
import sys
from mark1 import devices
usable, text = devices.cuda_status()
print(text)
sys.exit(not usable)
"""
OLDEST = 80  # sm_80: asynchronous copies, matrix units for bfloat16


def _remedies() -> Any:
    """mark1's own advice, which can be had before mark1 is built."""
    path = ROOT / "python" / "mark1" / "remedies.py"
    spec = importlib.util.spec_from_file_location("remedies", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def numbers(version: str) -> tuple[int, ...]:
    """A version as numbers: 3.0.1rc1 becomes (3, 0, 1)."""
    return tuple(int(n) for n in re.findall(r"\d+", re.split(r"[a-z+]", version)[0]))


def installed(name: str) -> tuple[int, ...] | None:
    try:
        return numbers(importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return None


def lacking() -> list[str]:
    """What Python has not, or too old, as pip is asked for it."""
    importlib.invalidate_caches()
    return [
        f"{name}>={'.'.join(map(str, least))}"
        for name, least in NEEDED.items()
        if (installed(name) or ()) < least
    ]


def unpack(wheels: Path, site: Path) -> list[str]:
    """Unpacks wheels of what is not installed or older; returns their names."""
    found = []
    for wheel in sorted(wheels.glob("*.whl")):
        name, version = wheel.name.split("-")[:2]
        if (installed(name) or ()) >= numbers(version):
            continue
        with zipfile.ZipFile(wheel) as archive:
            for entry in archive.infolist():
                path = Path(archive.extract(entry, site))
                if entry.external_attr >> 16 & 0o111 and path.is_file():
                    path.chmod(0o755)  # programs, such as CMake's
        found.append(f"{name} {version}")
    return found


def provide(wheels: Path | None) -> None:
    """Has Python find what the build and the tests need.

    Raises:
        SystemExit: where that cannot be had; with what is lacking.
    """
    sys.path.insert(0, str(SITE))
    if wheels is not None:
        if not list(wheels.glob("*.whl")):
            raise SystemExit(f"run_on_gpu: there are no wheels in {wheels}")
        print("unpacked:", ", ".join(unpack(wheels, SITE)) or "nothing, all is there", flush=True)
    elif missing := lacking():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(SITE)]
        subprocess.run([*pip, *missing], check=False)
    if missing := lacking():
        raise SystemExit(
            f"run_on_gpu: {sys.executable} lacks {', '.join(missing)}. Where there is a network: "
            f"pip download -d wheels {' '.join(repr(name) for name in missing)}; then WHEELS=wheels"
        )


def tool(name: str, *folders: str | None) -> str | None:
    """A program on the path, or in one of the folders."""
    places = [os.environ.get("PATH", ""), *(folder for folder in folders if folder)]
    return shutil.which(name, path=os.pathsep.join(places))


def cmake() -> str:
    """CMake's path; it may be a package of Python's."""
    folder = None
    if importlib.util.find_spec("cmake") is not None:
        folder = getattr(importlib.import_module("cmake"), "CMAKE_BIN_DIR", None)
    found = tool("cmake", folder)
    if found is None:
        raise SystemExit("run_on_gpu: there is no cmake, 3.24 or newer (its wheel will do)")
    return found


def nvcc() -> str:
    """The CUDA compiler's path."""
    homes = [os.environ.get(name) for name in ("CUDA_HOME", "CUDA_PATH")] + ["/usr/local/cuda"]
    found = os.environ.get("CUDACXX") or tool("nvcc", *(f"{home}/bin" for home in homes if home))
    if found is None:
        raise SystemExit(
            "run_on_gpu: there is no nvcc, 12.4 or newer, on the PATH or in /usr/local/cuda; "
            "CUDACXX may name one"
        )
    return found


def architecture(capability: int, known: Sequence[int]) -> str:
    """What to compile for: the GPU itself, or what its driver can translate.

    Args:
        capability: 90 for compute capability 9.0.
        known: those that the compiler knows.

    Raises:
        SystemExit: if the GPU is too old.
    """
    if capability < OLDEST:
        raise SystemExit(
            f"run_on_gpu: the GPU's compute capability is {capability / 10}, and 8.0 is needed"
        )
    if capability in known:
        return f"{capability}-real"
    return f"{max(n for n in known if n <= capability)}-virtual"


class Driver:
    """NVIDIA's driver, asked without a runtime.

    Raises:
        SystemExit: if there is none, or no GPU; with the remedy.
    """

    def __init__(self) -> None:
        remedies = _remedies()
        version = remedies.driver_version()
        if version is None:
            raise SystemExit(f"run_on_gpu: {remedies.for_error('cudaErrorInsufficientDriver')}")
        self.version: tuple[int, int] = version
        self._library = ctypes.CDLL("libcuda.so.1")
        code = self._library.cuInit(0)
        if code != 0:
            # 100: no device; 803: driver and library differ; 802: services are not up
            names = {100: "NoDevice", 802: "SystemNotReady", 803: "SystemDriverMismatch"}
            error = f"cudaError{names.get(code, 'Unknown')}"
            raise SystemExit(
                f"run_on_gpu: the driver does not start (cuInit: {code}); "
                f"{remedies.for_error(error)}"
            )

    def capability(self) -> int:
        """Of the first GPU: 90 for 9.0."""
        device = ctypes.c_int()
        self._library.cuDeviceGet(ctypes.byref(device), 0)
        found = []
        for attribute in (75, 76):  # CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR and _MINOR
            value = ctypes.c_int()
            self._library.cuDeviceGetAttribute(ctypes.byref(value), attribute, device)
            found.append(value.value)
        return found[0] * 10 + found[1]


def toolkit(compiler: str) -> tuple[int, int]:
    """nvcc's version."""
    text = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True)
    found = re.search(r"release (\d+)\.(\d+)", text.stdout)
    if found is None:
        raise SystemExit(f"run_on_gpu: {compiler} --version tells no version: {text.stdout}")
    return int(found[1]), int(found[2])


def choose(compiler: str) -> str:
    """The architectures to compile for; checks that driver and toolkit go together."""
    asked = os.environ.get("MARK1_CUDA_ARCHITECTURES")
    if asked:  # so that a machine without a GPU can build
        return asked
    driver, version = Driver(), toolkit(compiler)
    if driver.version[0] < version[0]:
        have, need = (".".join(map(str, v)) for v in (driver.version, version))
        raise SystemExit(
            f"run_on_gpu: the driver is for CUDA {have}, and {compiler} is of {need}: what it "
            f"builds would not run. CUDACXX may name an older nvcc, 12.4 at least; or update "
            "the driver"
        )
    listed = subprocess.run([compiler, "--list-gpu-arch"], capture_output=True, text=True)
    return architecture(driver.capability(), [int(n) for n in re.findall(r"_(\d+)", listed.stdout)])


def build(compiler: str, architectures: str) -> None:
    """Configures, compiles, and puts the modules beside the Python files."""
    start = time.perf_counter()
    program = cmake()
    pybind = subprocess.run(
        [sys.executable, "-m", "pybind11", "--cmakedir"], capture_output=True, text=True, check=True
    )
    options = {
        "CMAKE_BUILD_TYPE": "Release",
        "CMAKE_CUDA_COMPILER": compiler,
        "MARK1_CUDA": "ON",
        "MARK1_CUDA_ARCHITECTURES": architectures,
        "Python_EXECUTABLE": sys.executable,
        "pybind11_DIR": pybind.stdout.strip(),
    }
    generator = ["-G", "Ninja"] if tool("ninja") and not (BUILD / "Makefile").exists() else []
    defined = [f"-D{name}={value}" for name, value in options.items()]
    subprocess.run([program, "-S", ROOT, "-B", BUILD, *generator, *defined], check=True)
    jobs = len(os.sched_getaffinity(0))
    subprocess.run([program, "--build", BUILD, "--parallel", str(jobs)], check=True)
    for module in [*BUILD.glob("_core*.so"), *BUILD.glob("csrc/cuda/_cuda*.so")]:
        shutil.copy(module, ROOT / "python" / "mark1")
    facts = {
        "seconds": time.perf_counter() - start,
        "processors": jobs,
        "architectures": architectures,
        "nvcc": ".".join(map(str, toolkit(compiler))),
    }
    (BUILD / "build.json").write_text(json.dumps(facts), encoding="utf-8")
    print(f"built in {facts['seconds']:.0f} s for {architectures}", flush=True)


def main() -> int:
    """Builds, and returns what the command returns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wheels", default="", help="folder with what Python lacks")
    parser.add_argument("command", nargs="+", help="arguments for Python")
    arguments = parser.parse_args()
    wheels = Path(arguments.wheels).resolve() if arguments.wheels else None
    os.chdir(ROOT)
    BUILD.mkdir(parents=True, exist_ok=True)
    if not os.access(Path.home(), os.W_OK):
        os.environ["HOME"] = str(BUILD)  # caches of CuPy, PyTorch and the driver
    compiler = nvcc()
    architectures = choose(compiler)
    provide(wheels)
    path = [str(ROOT / "python"), str(SITE), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(part for part in path if part)
    os.environ.pop("MARK1_CUDA_EMULATION", None)
    try:
        build(compiler, architectures)
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"run_on_gpu: {Path(error.cmd[0]).name} failed, see above") from None
    if subprocess.run([sys.executable, "-c", _USABLE]).returncode != 0:
        raise SystemExit("run_on_gpu: mark1 is built, but finds no GPU to run on")
    return subprocess.run([sys.executable, *arguments.command]).returncode


if __name__ == "__main__":
    sys.exit(main())
