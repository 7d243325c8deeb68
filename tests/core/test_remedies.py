"""Each reason why CUDA cannot be used is told with the command that mends it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from mark1 import _core, devices, remedies


@pytest.mark.parametrize(
    ("code", "command"),
    [
        ("cudaErrorInitializationError", "sudo reboot"),
        ("cudaErrorSystemDriverMismatch", "sudo reboot"),
        ("cudaErrorSystemNotReady", "sudo systemctl start nvidia-fabricmanager"),
        ("cudaErrorCompatNotSupportedOnDevice", "unset LD_LIBRARY_PATH"),
        ("cudaErrorDevicesUnavailable", "sudo nvidia-smi -c DEFAULT"),
        ("cudaErrorMemoryAllocation", "nvidia-smi names the processes"),
        ("cudaErrorNoKernelImageForDevice", "-C cmake.define.MARK1_CUDA_ARCHITECTURES=native ."),
        ("cudaErrorUnsupportedPtxVersion", "-C cmake.define.MARK1_CUDA_ARCHITECTURES=native ."),
        ("cudaErrorSomethingElse", "nvidia-smi says"),
    ],
)
def test_every_error_has_a_command(code, command):
    assert command in remedies.for_error(f"counting devices: some text ({code})")


def test_a_missing_driver_and_an_old_one_are_told_apart(monkeypatch):
    text = "counting devices: CUDA driver version is insufficient (cudaErrorInsufficientDriver)"
    monkeypatch.setattr(remedies, "driver_version", lambda: None)
    assert remedies.for_error(text).startswith("NVIDIA's driver is not installed: sudo ")
    monkeypatch.setattr(remedies, "driver_version", lambda: (12, 2))
    remedy = remedies.for_error(text)
    assert remedy.startswith("the driver is for CUDA 12.2, which is too old for this build. Update")
    assert remedy.endswith("pip install -C cmake.define.MARK1_CUDA=ON .")


def test_reasons_for_no_device_are_told_apart(monkeypatch):
    text = "counting devices: no CUDA-capable device is detected (cudaErrorNoDevice)"
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert remedies.for_error(text).endswith("hides them: unset CUDA_VISIBLE_DEVICES")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    monkeypatch.setattr(os.path, "exists", lambda path: False)
    assert "docker run --gpus all" in remedies.for_error(text)
    monkeypatch.setattr(os.path, "exists", lambda path: True)
    assert "sudo nvidia-smi -r" in remedies.for_error(text)


def test_a_build_for_other_gpus_is_told(monkeypatch):
    monkeypatch.setattr(devices, "_attach", lambda: None)
    old = "cuda:0 Tesla T4, compute 7.5, for which this build has no code (it has 80-real,90-real)"
    monkeypatch.setattr(_core, "describe_devices", lambda: ["cpu:0", old])
    usable, text = devices.cuda_status()
    assert not usable
    assert text.startswith(f"{old}; build for this GPU: pip install ")
    # One that can be used is enough.
    both = [old, "cuda:1 NVIDIA H200, compute 9.0, 139.8 GiB, driver for CUDA 13.0"]
    monkeypatch.setattr(_core, "describe_devices", lambda: ["cpu:0", *both])
    assert devices.cuda_status() == (True, "; ".join(both))


def test_an_extension_that_is_missing_or_does_not_load_is_told(monkeypatch):
    def missing() -> None:
        raise ModuleNotFoundError("No module named 'mark1._cuda'", name="mark1._cuda")

    def broken() -> None:
        raise ImportError("libstdc++.so.6: version `GLIBCXX_3.4.32' not found")

    monkeypatch.delenv("MARK1_CUDA_EMULATION", raising=False)
    monkeypatch.setattr(devices, "_attach", missing)
    usable, text = devices.cuda_status()
    assert not usable
    assert text == f"this build has no CUDA extension; {remedies.build()}"
    monkeypatch.setattr(devices, "_attach", broken)
    usable, text = devices.cuda_status()
    assert not usable
    assert text.startswith("the CUDA extension does not load: libstdc++.so.6: version `GLIBCXX")
    assert text.endswith(remedies.build())


def test_a_driver_that_is_too_old_is_told_with_its_version(tmp_path):
    need_emulation()
    if shutil.which("cc") is None:
        pytest.skip("needs cc")
    source = tmp_path / "driver.c"
    source.write_text("int cuDriverGetVersion(int* v) { *v = 12020; return 0; }\n")
    library = tmp_path / "libcuda.so.1"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
    shown = mark1(
        "info",
        MARK1_CUDA_EMULATION="1",
        MARK1_CUDA_EMULATION_FAULT="cudaErrorInsufficientDriver",
        LD_LIBRARY_PATH=str(tmp_path),
    )
    assert shown.returncode == 0, shown.stderr
    assert "the driver is for CUDA 12.2, which is too old for this build. Update it" in shown.stdout


def test_how_to_build_depends_on_nvcc(monkeypatch):
    monkeypatch.setattr(remedies.shutil, "which", lambda name: "/usr/local/cuda/bin/nvcc")
    assert remedies.build() == ("build from source: pip install -C cmake.define.MARK1_CUDA=ON .")
    monkeypatch.setattr(remedies.shutil, "which", lambda name: None)
    assert "sudo apt install cuda-toolkit" in remedies.build()


def test_cupy_is_named_or_how_to_get_it(monkeypatch):
    def version(name: str) -> str:
        if name == "cupy-cuda12x":
            return "13.4.1"
        raise remedies.importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(remedies.importlib.metadata, "version", version)
    assert remedies.cupy() == "cupy-cuda12x 13.4.1"

    def missing(name: str) -> str:
        raise remedies.importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(remedies.importlib.metadata, "version", missing)
    assert remedies.cupy().endswith("pip install cupy-cuda13x")


def mark1(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mark1", *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )


def need_emulation() -> None:
    pytest.importorskip("mark1._emulated", reason="the emulated device is not built")


@pytest.mark.parametrize(
    ("fault", "command"),
    [
        ("cudaErrorSystemNotReady", "sudo systemctl start nvidia-fabricmanager"),
        ("cudaErrorSystemDriverMismatch", "sudo reboot"),
    ],
)
def test_info_says_what_is_missing(fault, command):
    need_emulation()
    shown = mark1("info", MARK1_CUDA_EMULATION="1", MARK1_CUDA_EMULATION_FAULT=fault)
    assert shown.returncode == 0, shown.stderr
    (line,) = (line for line in shown.stdout.splitlines() if line.startswith("cuda "))
    assert "the CUDA extension is built, but no device can be used" in line
    assert fault in line
    assert line.endswith(command)


def test_training_on_a_device_that_cannot_be_used_is_refused():
    need_emulation()
    faulty = {"MARK1_CUDA_EMULATION": "1", "MARK1_CUDA_EMULATION_FAULT": "cudaErrorNoDevice"}
    done = mark1("train", "digits", "--device", "cuda", **faulty)
    assert done.returncode == 1
    assert done.stderr.startswith("mark1: [device] 'cuda' cannot be used: the CUDA extension is")
    assert done.stderr.count("\n") == 1
    done = mark1("train", "digits", "--epochs", "1", "--device", "auto", "--verbose", "0", **faulty)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("[compile] runs on cpu:0: the CUDA extension is built, but")


def test_training_on_a_device_has_the_weights_of_the_cpu():
    need_emulation()
    short = ["train", "digits", "--epochs", "1", "--verbose", "0", "--hidden", "8"]
    shown = [mark1(*short, "--device", name, MARK1_CUDA_EMULATION="1") for name in ("cpu", "cuda")]
    assert [done.returncode for done in shown] == [0, 0], shown[1].stderr
    cpu, cuda = (done.stdout.splitlines() for done in shown)
    assert "seed 0, threads" in cpu[1]
    assert cuda[1].endswith("seed 0, cuda:0")
    assert cpu[-1].startswith("weights ")
    assert cpu[-1] == cuda[-1]
