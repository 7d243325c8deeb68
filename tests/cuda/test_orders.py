"""No order in which blocks and threads may take turns changes a bit of what kernels make."""

from __future__ import annotations

import importlib
import os

import numpy as np
import pytest

import mark1
from mark1 import _core
from tests.cases import all_cases
from tests.cases.base import Case
from tests.cuda.conftest import DEVICE
from tests.gradcheck import gradient
from tests.variants import describe_difference, same_bits

pytestmark = pytest.mark.skipif(
    "MARK1_CUDA_EMULATION" not in os.environ, reason="only the emulated device is told an order"
)

# Of the first block and of steps from one to the next; a thread's turns follow from them, too.
ORDERS = [1, 0x5EED, 0x9E3779B97F4A7C15, 2**64 - 1000]


def _sample() -> list[Case]:
    """The first case with a gradient of every function, or its first one."""
    chosen: dict[str, Case] = {}
    for case in all_cases():
        if case.op not in chosen or (case.gradients and not chosen[case.op].gradients):
            chosen[case.op] = case
    return list(chosen.values())


@pytest.mark.parametrize("case", _sample(), ids=lambda case: case.id)
def test_orders_make_the_same_bits(case: Case):
    dtype = case.dtypes[0]
    arrays = case.arrays(dtype, "normal")
    rng = np.random.default_rng(7)
    upstream = [rng.uniform(-1, 1, y.shape).astype(dtype) for y in case.expect(*arrays)]
    results = []
    for order in ORDERS:
        importlib.import_module("mark1._emulated").set_order(order)
        with mark1.device(DEVICE):
            made = list(case.run(*map(_core.convert, arrays)))
            if case.gradients:
                made += gradient(case, arrays, upstream)
            results.append([np.array(y) for y in made])
    for order, made in zip(ORDERS[1:], results[1:], strict=True):
        for i, (y, e) in enumerate(zip(made, results[0], strict=True)):
            assert same_bits(y, e), f"order {order} output {i}: {describe_difference(y, e)}"
