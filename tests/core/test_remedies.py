"""Each reason why CUDA cannot be used is told with the command that mends it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from mark1 import remedies


@pytest.mark.parametrize(
    ("code", "command"),
    [
        ("cudaErrorInitializationError", "sudo reboot"),
        ("cudaErrorSystemDriverMismatch", "sudo reboot"),
        ("cudaErrorSystemNotReady", "sudo systemctl start nvidia-fabricmanager"),
        ("cudaErrorCompatNotSupportedOnDevice", "unset LD_LIBRARY_PATH"),
        ("cudaErrorDevicesUnavailable", "sudo nvidia-smi -c DEFAULT"),
        ("cudaErrorMemoryAllocation", "nvidia-smi names the processes"),
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
