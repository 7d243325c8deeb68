"""Products of 16 bits on matrix units of warpgroups (wgmma), and the trial before their first use.

Small integers multiply and add up without rounding, whatever the order: results have to be equal.
On a GPU without such units the same products are made, by the kernel of all devices.
"""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

import mark1
from mark1 import _core, ops
from tests.cuda.conftest import DEVICE
from tests.cuda.test_matrix_units import TURNS, integers, kernels_run, product
from tests.variants import same_bits

EMULATED = "MARK1_CUDA_EMULATION" in os.environ


@pytest.fixture(autouse=True)
def _only_warpgroups(monkeypatch):
    monkeypatch.setenv("MARK1_MATRIX_UNITS", "wgmma")
    product("bfloat16", np.ones((8, 8), np.float32), np.ones((8, 8), np.float32))  # the trial
    kernels_run()


def made_by_warpgroups():
    names = kernels_run()
    return names is None or any("GroupProduct" in name for name in names)


def checked(dtype, m, k, n, turns, **options):
    """Compares a product with NumPy's; sizes that transposed operands have are multiples of 8."""
    rng = np.random.default_rng(m + k + n)
    a, b = integers(rng, m, k), integers(rng, k, n)
    left = np.ascontiguousarray(a.T) if turns[0] else a
    right = np.ascontiguousarray(b.T) if turns[1] else b
    y = product(dtype, left, right, turns, **options)
    assert made_by_warpgroups(), (m, k, n)
    return y, a @ b + np.float32(0)


# m and n that are not contiguous in an operand are of any size.
SIZES = {
    (False, False): [(1, 8, 8), (129, 72, 264), (333, 200, 8)],
    (True, False): [(8, 1, 8), (136, 67, 264), (328, 131, 520)],
    (False, True): [(1, 8, 1), (129, 72, 257), (257, 192, 31)],
    (True, True): [(8, 8, 3), (264, 200, 259)],
}


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
@pytest.mark.parametrize("turns", TURNS)
def test_every_number_goes_where_it_belongs(dtype, turns):
    for m, k, n in SIZES[turns]:
        y, want = checked(dtype, m, k, n, turns)
        assert same_bits(np.array(y), want), (m, k, n)


def test_blocks_go_on_from_tile_to_tile():
    y, want = checked("bfloat16", 650, 328, 800, (False, True))
    assert same_bits(np.array(y), want)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
@pytest.mark.parametrize("activation", ["linear", "relu", "softplus"])
@pytest.mark.parametrize("n", [256, 257])
def test_bias_activation_and_rounding_follow(dtype, activation, n):
    rng = np.random.default_rng(3)
    a, b, bias = integers(rng, 144, 40), integers(rng, n, 40), integers(rng, n) / 4
    with mark1.device(DEVICE):
        offset = _core.convert(bias)
    index = -1 if activation == "linear" else _core.activation_index(activation)
    sums = a @ b.T + bias
    want = {"linear": sums, "relu": np.maximum(sums, 0), "softplus": np.array(ops.softplus(sums))}
    for to in ("float32", dtype):
        y = product(dtype, a, b, (False, True), offset, index, to)
        assert made_by_warpgroups()
        rounded = ops.cast(_core.convert(want[activation]), to).numpy()
        assert same_bits(y.numpy(), rounded)


@pytest.mark.parametrize("turns", TURNS)
def test_long_sums_are_made_in_parts(turns):
    y, want = checked("float16", 16, 4104, 24, turns)
    assert same_bits(np.array(y), want)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_batches(dtype):
    rng = np.random.default_rng(4)
    for left, right in (((3, 140, 24), (3, 24, 16)), ((2, 3, 9, 64), (2, 3, 64, 8))):
        a, b = integers(rng, *left), integers(rng, *right)
        with mark1.device(DEVICE):
            y = ops.matmul(_core.convert(a, dtype), _core.convert(b, dtype))
        assert made_by_warpgroups()
        assert np.array_equal(y.numpy(), ops.cast(_core.convert(a @ b), dtype).numpy())
    shared, b = integers(rng, 24, 16), integers(rng, 3, 24, 8)  # one left operand for three
    with mark1.device(DEVICE):
        y = ops.matmul(_core.convert(shared.T, dtype), _core.convert(b, dtype))
    assert made_by_warpgroups()
    assert np.array_equal(y.numpy(), ops.cast(_core.convert(shared.T @ b), dtype).numpy())


def test_operands_that_the_copy_engine_refuses_go_to_the_other_kernel():
    rng = np.random.default_rng(5)
    for m, k, n in ((16, 15, 16), (16, 16, 15)):
        a, b = integers(rng, m, k), integers(rng, k, n)
        y = product("bfloat16", a, b)
        names = kernels_run()
        assert names is None or any("UnitProduct" in name for name in names)
        assert same_bits(np.array(y), a @ b + np.float32(0))


def test_recorded_products_are_replayed():
    rng = np.random.default_rng(6)
    a, b = integers(rng, 136, 72), integers(rng, 72, 40)
    double = mark1.function(lambda x, w: ops.matmul(x, w))
    with mark1.device(DEVICE):
        x, w = _core.convert(a, "bfloat16"), _core.convert(b, "bfloat16")
        want = ops.cast(_core.convert(a @ b), "bfloat16").numpy()
        for _ in range(4):
            assert np.array_equal(double(x, w).numpy(), want)
    assert made_by_warpgroups()


def test_sums_have_the_same_bits_from_run_to_run():
    rng = np.random.default_rng(7)
    a, b = (rng.standard_normal(s).astype(np.float32) for s in ((72, 2056), (2056, 48)))
    y = np.array(product("bfloat16", a, b))
    assert same_bits(np.array(product("bfloat16", a, b)), y)
    exact = a.astype(np.float64) @ b
    assert np.abs(y - exact).max() < 2.0**-7 * (np.abs(a) @ np.abs(b)).max()


SCRIPT = """
import numpy as np
from mark1 import _core, devices
import mark1
a = np.arange(64, dtype=np.float32).reshape(8, 8) % 5
with mark1.device("cuda:0"):
    x = _core.convert(a, "bfloat16")
    y = np.array(_core.bf16_gemm(x, x, None, False, False, "matmul", -1, "float32"))
assert np.array_equal(y, a @ a)
print(devices.cuda_status()[1])
"""


@pytest.mark.skipif(not EMULATED, reason="faults are those of the emulated device")
@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({}, "products of 16 bits by wgmma"),
        ({"MARK1_CUDA_EMULATION_FAULT": "units:wgmma"}, "wgmma left out: wrong sums in its trial"),
        ({"MARK1_MATRIX_UNITS": "mma"}, "1.0 GiB\n"),
    ],
)
def test_the_trial_decides_and_the_device_says_so(environment, says):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert says in done.stdout


@pytest.mark.skipif(not EMULATED, reason="faults are those of the emulated device")
def test_info_has_the_trial_made():
    done = subprocess.run(
        [sys.executable, "-m", "mark1", "info"],
        env=os.environ | {"MARK1_CUDA_EMULATION_FAULT": "units:wgmma"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "wgmma left out: wrong sums in its trial" in done.stdout
