"""float64 on matrix units: used where they have the bits of numerics.md, and only there."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import devices, ops
from mark1.ops.conv_products import convolve, filter_gradient, input_gradient
from mark1.ops.matmul import product
from tests.cuda.conftest import DEVICE
from tests.cuda.emulated import log, only_emulated
from tests.cuda.processes import run_python
from tests.variants import describe_difference, same_bits

# (m, k, n): one and several tiles of both sizes, chunks, groups and values of k that fill nothing.
SIZES = [(64, 8, 64), (100, 1111, 100), (129, 257, 130), (300, 21, 301), (70, 516, 67)]
WRONG = ["backwards", "pairs", "once", "flushing", "unfused"]


def kernels_of(call) -> list[str]:
    log()
    call()
    return [line for line in log() if line.startswith("run ")]


def on_device(call, *arrays):
    with mark1.device(DEVICE):
        return np.asarray(call(*map(ops.convert_to_tensor, arrays)))


def compare(call, *arrays):
    expected = np.asarray(call(*map(ops.convert_to_tensor, arrays)))
    result = on_device(call, *arrays)
    assert same_bits(result, expected), describe_difference(result, expected)


@only_emulated
@pytest.mark.parametrize("turns", [(False, False), (True, False), (False, True), (True, True)])
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_products_on_units_have_the_bits_of_the_cpu(size, turns):
    m, k, n = size
    rng = np.random.default_rng(1)
    a = rng.normal(size=(k, m) if turns[0] else (m, k))
    b = rng.normal(size=(n, k) if turns[1] else (k, n))
    on_device(lambda: ops.ones((1, 1), "float64") @ ops.ones((1, 1), "float64"))
    ran = kernels_of(lambda: compare(lambda a, b: product(a, b, *turns), a, b))
    assert any("DoubleShape" in line for line in ran), ran


def hard_values(rng, *shape):
    """Numbers whose products underflow, overflow, vanish and cancel; zeros of both signs."""
    x = rng.normal(size=shape) * 2.0 ** rng.integers(-560, 520, shape)
    x[rng.random(shape) < 0.2] *= 0.0
    return x


@pytest.mark.parametrize("k", [1, 7, 9, 260])
def test_sums_may_be_tiny_huge_or_minus_zero(k):
    rng = np.random.default_rng(k)
    compare(ops.matmul, hard_values(rng, 70, k), hard_values(rng, k, 130))
    # All chains end as -0, to which no +0 may be added.
    small = np.full((64, k), 2.0**-600)
    compare(ops.matmul, -small, small.T)
    assert np.signbit(on_device(ops.matmul, -small, small.T)).all()


def test_what_is_not_finite_stays_so():
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(80, 300)), rng.normal(size=(300, 90))
    a[3, 5], a[70, 299], b[7, 9], b[290, 80] = np.inf, np.nan, -np.inf, np.inf
    compare(ops.matmul, a, b)


def test_rows_that_begin_anywhere_biases_and_batches():
    rng = np.random.default_rng(4)
    x, w = rng.normal(size=(5, 67, 41)), rng.normal(size=(5, 41, 65))
    compare(lambda x, w: ops.matmul(x[3], w[1]), x, w)
    compare(ops.matmul, x, w)
    x, w, b = rng.normal(size=(70, 301)), rng.normal(size=(301, 99)), rng.normal(size=99)
    for activation in ("relu", "tanh"):
        compare(lambda x, w, b, f=activation: ops.dense(x, w, b, activation=f), x, w, b)


@only_emulated
@pytest.mark.parametrize("stride", [1, 2])
def test_convolutions_on_units_have_the_bits_of_the_cpu(stride):
    rng = np.random.default_rng(5)
    axes = ((stride, 1, 1, 1),) * 2
    x, w = rng.normal(size=(2, 11, 13, 6)), rng.normal(size=(3, 3, 6, 70))
    dy = rng.normal(size=convolve(x, w, axes).shape)

    def all_three(x, w, dy):
        return ops.concatenate(
            [
                ops.reshape(y, (-1,))
                for y in (
                    convolve(x, w, axes),
                    input_gradient(dy, w, (2, 11, 13, 6), axes),
                    filter_gradient(x, dy, (3, 3, 6, 70), axes),
                )
            ],
            0,
        )

    ran = kernels_of(lambda: compare(all_three, x, w, dy))
    for body in ("Products", "Filters"):
        assert any("DoubleShape" in line and body in line for line in ran), ran


def test_the_check_may_come_while_a_step_is_recorded():
    done = run("""
double = mark1.function(lambda a: ops.matmul(a, a))
with mark1.device("cuda"):
    a = ops.convert_to_tensor(x)
    for _ in range(4):
        assert np.array_equal(double(a).numpy(), wanted)
""")
    assert done == ""


START = """
import numpy as np
import mark1
from mark1 import devices, ops
x = np.random.default_rng(1).normal(size=(70, 70))
wanted = ops.matmul(x, x).numpy()
"""


def run(script: str, **environment: str) -> str:
    return run_python(START + script, **environment)


PRODUCT = """
with mark1.device("cuda"):
    assert np.array_equal(ops.matmul(x, x).numpy(), wanted)
print(devices.float64_status())
"""


@only_emulated
@pytest.mark.parametrize("kind", WRONG)
def test_units_that_round_in_another_way_are_not_used(kind):
    told = run(PRODUCT, MARK1_CUDA_EMULATION_FAULT=f"units:{kind}")
    assert told.startswith("cuda:0 ordinary cores: matrix units round in another way (case ")


@only_emulated
def test_devices_without_units():
    told = run(PRODUCT, MARK1_CUDA_EMULATION_FAULT="units:none")
    assert told == "cuda:0 ordinary cores: it has no matrix units for float64\n"


def test_what_is_used_is_told():
    status = devices.float64_status()
    assert status.startswith((f"{DEVICE} matrix units", f"{DEVICE} ordinary cores: "))
