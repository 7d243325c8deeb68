"""What is said where no device can be used. CUDA is hidden from these processes."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

HIDDEN = "import sys; sys.modules['mark1._cuda'] = None\n"


def run(code: str) -> str:
    environment = {k: v for k, v in os.environ.items() if k != "MARK1_CUDA_EMULATION"}
    result = subprocess.run(
        [sys.executable, "-c", HIDDEN + code],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    return result.stdout.strip()


def test_what_is_missing_is_named_with_what_mends_it():
    out = run("from mark1 import devices; print(devices.cuda_status()[1])")
    assert "CUDA extension" in out
    assert run("from mark1 import devices; print(devices.list_devices())") == "['cpu:0']"


@pytest.mark.parametrize(
    "code",
    [
        "mark1.ops.ones(2).to('cuda')",
        "mark1.Variable(1.0).to('cuda:0')",
        "mark1.device('cuda')",
        "mark1.Sequential([mark1.layers.Dense(1)]).to('cuda')",
        "mark1.Sequential([mark1.layers.Dense(1)]).compile('sgd', 'mse', device='cuda')",
    ],
)
def test_a_device_that_is_not_there_is_refused(code):
    out = run(
        f"import mark1\ntry: {code}\nexcept mark1.DeviceError as error: print(error)\n"
        "print(mark1.ops.ones(2).device)"
    )
    assert out.startswith("[device] 'cuda")
    assert "cannot be used" in out
    assert out.endswith("cpu:0")


def test_auto_is_the_cpu_and_says_why():
    out = run(
        "import mark1\nmodel = mark1.Sequential([mark1.layers.Dense(1)])\n"
        "model.compile('sgd', 'mse', device='auto')\nprint(model.device)"
    )
    assert out.startswith("[compile] runs on cpu:0: ")
    assert out.endswith("cpu:0")


def test_an_array_of_a_device_is_refused_with_the_reason():
    out = run(
        "import mark1\n"
        "class Array:\n"
        "    __cuda_array_interface__ = {'shape': (1,), 'typestr': '<f4', 'data': (0, True)}\n"
        "try: mark1.ops.convert_to_tensor(Array())\n"
        "except mark1.DeviceError as error: print(error)"
    )
    assert out.startswith("[device] 'cuda:0' cannot be used")
