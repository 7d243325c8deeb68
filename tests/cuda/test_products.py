"""Products of sizes at which a device takes other tiles, or divides sums among its blocks.

The emulated device has two multiprocessors, so that these are small (`csrc/ops/gemm/plan.h`).
"""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1.ops.matmul import product
from tests.cuda.conftest import DEVICE
from tests.variants import describe_difference, same_bits

# (m, k, n): with one sum per output; in parts of 256 terms; in parts of 16,384.
SIZES = [
    (100, 21, 389),
    (100, 36, 130),
    (131, 20, 132),
    (61, 50, 257),
    (20, 20, 768),
    (201, 52, 130),
    (513, 23, 20),
    (390, 600, 300),
    (60, 1100, 60),
    (20, 1100, 99),
    (99, 1100, 20),
    (100, 1111, 100),
    (20, 530, 20),
    (17, 40_000, 5),
    (50, 33_000, 20),
]
# Few rows or columns; no terms, rounds of eight chunks that fill nothing, several groups, which one
# block adds up or several.
FEW = [
    (1, 1, 1),
    (3, 0, 5),
    (1, 400, 300),
    (4, 2050, 33),
    (16, 2049, 70),
    (70, 777, 1),
    (99, 513, 9),
    (2, 17_000, 40),
    (40, 33_000, 3),
    (1, 40_000, 1),
    (3, 100_000, 2),
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("trans_a", [False, True], ids=["n", "t"])
@pytest.mark.parametrize("trans_b", [False, True], ids=["n", "t"])
@pytest.mark.parametrize("size", SIZES + FEW, ids=str)
def test_products_have_the_bits_of_the_cpu(size, trans_a, trans_b, dtype):
    m, k, n = size
    rng = np.random.default_rng(3)
    a = rng.normal(size=(k, m) if trans_a else (m, k)).astype(dtype)
    b = rng.normal(size=(n, k) if trans_b else (k, n)).astype(dtype)
    _compare(lambda a, b: product(a, b, trans_a, trans_b), a, b)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("size", [(100, 21, 389), (20, 1100, 99), (5, 300, 70), (70, 300, 5)])
def test_sums_in_parts_end_with_bias_and_activation(size, activation):
    m, k, n = size
    rng = np.random.default_rng(4)
    x, w, b = (rng.normal(size=s).astype(np.float32) for s in ((m, k), (k, n), n))
    _compare(lambda x, w, b: mark1.ops.dense(x, w, b, activation=activation), x, w, b)


def test_rows_that_begin_anywhere_in_memory():
    rng = np.random.default_rng(5)
    x, w = rng.normal(size=(9, 37, 41)).astype(np.float32), rng.normal(size=(5, 41, 64))
    _compare(lambda x, w: mark1.ops.matmul(x[3], w[1]), x, w.astype(np.float32))
    _compare(lambda x, w: mark1.ops.matmul(x[3][5:9], w[1]), x, w.astype(np.float32))
    _compare(lambda x, w: mark1.ops.matmul(x[:5, :7], w), x, w.astype(np.float32))


def _compare(call, *arrays: np.ndarray) -> None:
    expected = np.asarray(call(*map(mark1.ops.convert_to_tensor, arrays)))
    with mark1.device(DEVICE):
        result = np.asarray(call(*map(mark1.ops.convert_to_tensor, arrays)))
    assert same_bits(result, expected), describe_difference(result, expected)
