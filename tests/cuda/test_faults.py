"""What goes wrong with a whole device: in a process of its own, where the CPU must go on."""

from __future__ import annotations

import gc
import re

import numpy as np
import pytest

import mark1
from mark1 import DeviceError, devices
from tests.cuda.conftest import DEVICE
from tests.cuda.emulated import only_emulated
from tests.cuda.processes import run_python

START = """
import os, sys
import numpy as np
import mark1
from mark1 import DeviceError, devices, ops

def error_of(action):
    try:
        action()
    except DeviceError as error:
        return str(error)
    raise AssertionError("no DeviceError")

x = ops.convert_to_tensor(np.arange(6, dtype=np.float32)).to("cuda")
v = mark1.Variable(np.ones(3000, np.float32)).to("cuda")
assert ops.sum(x).numpy() == 15
"""


def run(script: str, **environment: str) -> str:
    return run_python(START + script, **environment)


def test_a_child_of_a_fork_is_told_and_the_cpu_goes_on():
    shown = run("""
child = os.fork()
if child == 0:
    told = {error_of(action) for action in (
        lambda: x + x,
        lambda: x.numpy(),
        lambda: v.numpy(),
        lambda: v.to("cpu"),
        lambda: ops.ones(3).to("cuda"),
        lambda: devices.synchronize("cuda"),
        lambda: devices.memory("cuda"),
        lambda: np.asarray(x[0]),
    )}
    print(*told, sep="\\n", flush=True)
    here = ops.convert_to_tensor([1.0, 2.0])
    assert float(ops.sum(here * here)) == 5
    model = mark1.Sequential([mark1.Input((2,)), mark1.layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.ones((8, 2)), np.ones((8, 1)), verbose=0)
    del x, v  # nothing is given back here: it is the parent's
    sys.stdout.flush()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
assert np.array_equal((x + x).numpy(), [0, 2, 4, 6, 8, 10])  # the parent has noticed nothing
""")
    lines = shown.splitlines()
    assert len(lines) == 1, lines
    assert lines[0] == (
        "[cuda] this process was forked from one that used CUDA, which does not survive that. The "
        "CPU can be used here; for CUDA start processes with "
        "multiprocessing.get_context('spawn')"
    )


FAULT = {"MARK1_CUDA_EMULATION_FAULT": "kernel:Softmax"}


@only_emulated
def test_a_kernel_that_fails_is_told_and_the_cpu_goes_on():
    shown = run(
        """
y = ops.softmax(x)  # queued: nobody has noticed
print(error_of(lambda: y.numpy()))
print(error_of(lambda: x + x))
here = ops.convert_to_tensor([1.0, 2.0])
assert float(ops.sum(here * here)) == 5
del x, y, v
""",
        **FAULT,
    )
    first, second = shown.splitlines()
    assert first.startswith("[copy] a kernel has failed: ")
    assert (
        "(cudaErrorIllegalAddress). It may be that of an operation before this one: with" in first
    )
    assert "CUDA_LAUNCH_BLOCKING=1 the error names it." in first
    assert first.endswith("what lies on the CPU is unharmed")
    assert second.startswith("[cuda] a kernel has failed in this process, so devices can be used")


@only_emulated
def test_with_blocking_launches_the_operation_is_named():
    shown = run("print(error_of(lambda: ops.softmax(x)))", CUDA_LAUNCH_BLOCKING="1", **FAULT)
    assert shown.startswith("[softmax] a kernel has failed: ")


@only_emulated
def test_a_fault_in_training_leaves_a_model_of_the_cpu_alone():
    shown = run(
        """
def fitted(place, epochs):
    mark1.utils.set_random_seed(1)
    model = mark1.Sequential([mark1.Input((6,)), mark1.layers.Dense(4), mark1.layers.Softmax()])
    model.compile("adam", "mse")
    model.to(place)
    model.fit(np.ones((32, 6)), np.ones((32, 4)), batch_size=4, epochs=epochs, verbose=0)
    return mark1.utils.weights_hash(model)

before = fitted("cpu", 2)
print(error_of(lambda: fitted("cuda", 2)))
assert fitted("cpu", 2) == before
""",
        **FAULT,
    )
    assert "a kernel has failed" in shown


def test_training_goes_on_after_memory_was_exhausted():
    samples = np.linspace(-1, 1, 1024, dtype=np.float32)[:, None]
    # Units of which 1,024 samples take more memory than there is, and one a thousandth.
    units = devices.memory(DEVICE)["total"] // (4 * 1024) + 1

    def make(width: int) -> mark1.Sequential:
        mark1.utils.set_random_seed(1)
        layers = [mark1.Input((1,)), mark1.layers.Dense(width), mark1.layers.Dense(1)]
        model = mark1.Sequential(layers)
        model.compile(mark1.optimizers.SGD(1e-6), "mse")
        return model

    small, expected = make(8).to(DEVICE), make(8)
    for model in (small, expected):
        model.fit(samples, samples, batch_size=256, shuffle=False, verbose=0)
    large = make(units).to(DEVICE)
    before = mark1.utils.weights_hash(large)
    used = devices.memory(DEVICE)["bytes_in_use"]
    with pytest.raises(DeviceError, match="out of memory on cuda:0: asked for") as error:
        large.fit(samples, samples, batch_size=1024, verbose=0)
    asked, free, total = map(int, re.findall(r"\d{6,}", str(error.value))[:3])
    assert asked > total > free
    del error
    gc.collect()
    assert devices.memory(DEVICE)["bytes_in_use"] <= used + 2 * samples.nbytes + (1 << 20)
    assert mark1.utils.weights_hash(large) == before
    large.fit(samples[:1], samples[:1], verbose=0)
    assert mark1.utils.weights_hash(large) != before
    for model in (small, expected):
        model.fit(samples, samples, batch_size=256, shuffle=False, verbose=0)
    assert mark1.utils.weights_hash(small) == mark1.utils.weights_hash(expected)
