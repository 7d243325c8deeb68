"""What a machine with a GPU may lack is told before anything is compiled."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "tests" / "packaging" / "run_on_gpu.py"


@pytest.fixture
def script():
    spec = importlib.util.spec_from_file_location("run_on_gpu", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def program(tmp_path):
    """A program that prints a text."""

    def make(name: str, text: str) -> str:
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\ncat <<'END'\n{text}\nEND\n")
        path.chmod(0o755)
        return str(path)

    return make


class FakeDriver:
    """A driver for CUDA 13.0 and a GPU of compute capability 12.0."""

    version = (13, 0)

    def capability(self) -> int:
        return 120


@pytest.mark.parametrize(
    ("version", "found"), [("3.0.1", (3, 0, 1)), ("3.1.0rc1", (3, 1, 0)), ("2.11+cu130", (2, 11))]
)
def test_versions_are_numbers(script, version, found):
    assert script.numbers(version) == found


@pytest.mark.parametrize(
    ("capability", "known", "chosen"),
    [
        (80, [75, 80, 90], "80-real"),
        (90, [75, 80, 90], "90-real"),
        (86, [80, 86, 89, 90, 100, 120], "86-real"),
        (120, [75, 80, 86, 89, 90], "90-virtual"),  # nvcc 12.4: the driver translates
    ],
)
def test_the_gpu_at_hand_is_compiled_for(script, capability, known, chosen):
    assert script.architecture(capability, known) == chosen


def test_a_gpu_that_is_too_old_is_refused(script):
    with pytest.raises(SystemExit, match=r"compute capability is 7\.5, and 8\.0 is needed"):
        script.architecture(75, [75, 80])


def test_driver_and_toolkit_must_go_together(script, program, monkeypatch):
    monkeypatch.delenv("MARK1_CUDA_ARCHITECTURES", raising=False)
    monkeypatch.setattr(script, "Driver", FakeDriver)
    old = program("nvcc", "Cuda compilation tools, release 12.4, V12.4.131\ncompute_90")
    assert script.choose(old) == "90-virtual"
    new = program("nvcc", "Cuda compilation tools, release 14.1, V14.1.1\ncompute_120")
    with pytest.raises(SystemExit, match=r"the driver is for CUDA 13\.0, and .*nvcc is of 14\.1"):
        script.choose(new)
    monkeypatch.setenv("MARK1_CUDA_ARCHITECTURES", "80-real")
    assert script.choose(new) == "80-real"


def test_without_a_driver_nothing_is_compiled(script, monkeypatch):
    class Remedies:
        driver_version = staticmethod(lambda: None)
        for_error = staticmethod(lambda text: f"remedy for {text}")

    monkeypatch.setattr(script, "_remedies", Remedies)
    with pytest.raises(SystemExit, match="remedy for cudaErrorInsufficientDriver"):
        script.Driver()


def wheel(folder: Path, name: str, version: str) -> None:
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{name}/__init__.py", "")
        archive.writestr(f"{name}-{version}.dist-info/METADATA", f"Name: {name}\n")
        tool = zipfile.ZipInfo(f"{name}/bin/tool")
        tool.external_attr = 0o755 << 16
        archive.writestr(tool, "#!/bin/sh\n")


def test_wheels_of_what_is_missing_or_old_are_unpacked(script, tmp_path):
    folder, site = tmp_path / "wheels", tmp_path / "site"
    folder.mkdir()
    wheel(folder, "no_such_package", "1.0")
    wheel(folder, "numpy", "1.2")
    wheel(folder, "pytest", "999.1")
    assert script.unpack(folder, site) == ["no_such_package 1.0", "pytest 999.1"]
    assert os.access(site / "no_such_package" / "bin" / "tool", os.X_OK)
    assert not (site / "numpy").exists()


def test_what_python_lacks_is_named(script, tmp_path, monkeypatch):
    monkeypatch.setattr(script, "SITE", tmp_path)
    monkeypatch.setattr(script, "NEEDED", {"numpy": (1,), "no-such": (3, 1), "pytest": (999,)})
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(SystemExit, match="there are no wheels in"):
        script.provide(empty)
    wheel(empty, "other", "1.0")
    text = r"lacks no-such>=3\.1, pytest>=999\. Where there is a network: pip download -d wheels "
    with pytest.raises(SystemExit, match=text + "'no-such>=3.1' 'pytest>=999'"):
        script.provide(empty)


def test_missing_tools_are_named(script, tmp_path, monkeypatch):
    monkeypatch.setattr(script, "tool", lambda *names: None)
    for name in ("CUDACXX", "CUDA_HOME", "CUDA_PATH"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SystemExit, match=r"there is no nvcc, 12\.4 or newer, on the PATH"):
        script.nvcc()
    with pytest.raises(SystemExit, match=r"there is no cmake, 3\.24 or newer"):
        script.cmake()
    monkeypatch.setenv("CUDACXX", "/opt/cuda/bin/nvcc")
    assert script.nvcc() == "/opt/cuda/bin/nvcc"


def test_the_makefile_calls_it():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"on_gpu = $(PYTHON) {SCRIPT.relative_to(ROOT)} " in text
    for target in ("check-cuda", "test-cuda", "bench-cuda"):
        assert re.search(rf"^{target}:\n\t\$\(on_gpu\) -m ", text, re.M)


def test_the_script_needs_nothing_but_python():
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT), "--help"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "--wheels" in done.stdout
