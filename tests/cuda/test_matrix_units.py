"""Products on matrix units: where their numbers go, what they round, and when they are used.

Small integers multiply and add up without rounding, whatever the order: results have to be equal.
"""

from __future__ import annotations

import importlib
import os

import numpy as np
import pytest

import mark1
from mark1 import _core, config, devices, layers, ops
from mark1.utils.weights_hash import weights_hash
from tests.cuda.conftest import DEVICE
from tests.variants import same_bits

FORMATS = ["bfloat16", "float16", "float32"]  # the last in tensorfloat32
TURNS = [(False, False), (True, False), (False, True), (True, True)]
SIZES = [
    (1, 1, 1),
    (3, 5, 2),
    (17, 33, 9),
    (64, 64, 64),
    (65, 31, 130),
    (128, 200, 66),
    (8, 700, 40),
]


@pytest.fixture(autouse=True)
def _precision():
    config.set_matmul_precision("tensorfloat32")
    yield
    config.set_matmul_precision("float32")
    config.set_dtype_policy("float32")


def kernels_run():
    """The kernels that ran since the last call; on a GPU, which keeps no record, nothing."""
    if "MARK1_CUDA_EMULATION" not in os.environ:
        return None
    devices.synchronize(DEVICE)
    lines = importlib.import_module("mark1._emulated").log()
    return [line.removeprefix("run ") for line in lines if line.startswith("run ")]


def integers(rng, *shape):
    return rng.integers(-8, 9, shape).astype(np.float32)


def product(dtype, a, b, turns=(False, False), bias=None, activation=-1, to="float32"):
    """The product on the device."""
    with mark1.device(DEVICE):
        x, w = _core.convert(a, dtype), _core.convert(b, dtype)
        if dtype == "float32":
            return _core.gemm(x, w, bias, *turns, "matmul", activation)
        function = {"bfloat16": _core.bf16_gemm, "float16": _core.f16_gemm}[dtype]
        return function(x, w, bias, *turns, "matmul", activation, to)


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("turns", TURNS)
def test_every_number_goes_where_it_belongs(dtype, turns):
    rng = np.random.default_rng(0)
    for m, k, n in SIZES:
        a, b = integers(rng, m, k), integers(rng, k, n)
        left = np.ascontiguousarray(a.T) if turns[0] else a
        right = np.ascontiguousarray(b.T) if turns[1] else b
        y = product(dtype, left, right, turns)
        assert same_bits(np.array(y), a @ b + np.float32(0)), (m, k, n)


@pytest.mark.parametrize("dtype", FORMATS)
def test_large_tiles(dtype):
    rng = np.random.default_rng(1)
    a, b = integers(rng, 1430, 21), integers(rng, 21, 1420)
    assert same_bits(np.array(product(dtype, a, b)), a @ b + np.float32(0))
    a, b = integers(rng, 21, 1430), integers(rng, 1420, 21)
    y = product(dtype, a, b, (True, True))
    assert same_bits(np.array(y), a.T @ b.T + np.float32(0))


@pytest.mark.parametrize("dtype", FORMATS)
def test_rows_that_are_not_aligned(dtype):
    rng = np.random.default_rng(2)
    whole, b = integers(rng, 40, 33), integers(rng, 33, 20)
    with mark1.device(DEVICE):
        x = _core.convert(whole, dtype)
        for first in (1, 2, 3):
            rows = x.rows(first, 40)
            y = product(dtype, rows, b)
            assert same_bits(np.array(y), whole[first:] @ b + np.float32(0))


@pytest.mark.parametrize("dtype", FORMATS)
def test_bias_activation_and_rounding_follow(dtype):
    rng = np.random.default_rng(3)
    a, b, bias = integers(rng, 70, 40), integers(rng, 40, 50), integers(rng, 50) / 4
    relu = _core.activation_index("relu")
    with mark1.device(DEVICE):
        offset = _core.convert(bias)
    y = product(dtype, a, b, bias=offset, activation=relu)
    want = np.maximum(a @ b + bias, 0)
    assert same_bits(np.array(y), want)
    if dtype != "float32":
        y = product(dtype, a, b, bias=offset, activation=relu, to=dtype)
        assert y.dtype == dtype
        assert same_bits(y.numpy(), ops.cast(_core.convert(want), dtype).numpy())


@pytest.mark.parametrize("dtype", FORMATS)
def test_batches_broadcast(dtype):
    rng = np.random.default_rng(4)
    a, b = integers(rng, 3, 1, 9, 20), integers(rng, 2, 20, 7)
    with mark1.device(DEVICE):
        y = ops.matmul(_core.convert(a, dtype), _core.convert(b, dtype))
    assert y.dtype == dtype
    wide = ops.cast(_core.convert(a @ b), dtype).numpy()
    assert np.array_equal(y.numpy(), wide)


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("turns", TURNS)
def test_long_sums_are_made_in_parts(dtype, turns):
    rng = np.random.default_rng(6)
    relu = _core.activation_index("relu")
    for m, k, n in ((8, 3000, 24), (70, 2049, 3)):
        a, b, bias = integers(rng, m, k), integers(rng, k, n), integers(rng, n)
        with mark1.device(DEVICE):
            offset = _core.convert(bias)
        left = np.ascontiguousarray(a.T) if turns[0] else a
        right = np.ascontiguousarray(b.T) if turns[1] else b
        kernels_run()
        y = product(dtype, left, right, turns, offset, relu)
        names = kernels_run()
        assert names is None or any("AddParts" in name for name in names)
        assert same_bits(np.array(y), np.maximum(a @ b + bias, 0)), (m, k, n)


@pytest.mark.parametrize("dtype", FORMATS)
def test_long_sums_of_batches_and_their_rounding(dtype):
    rng = np.random.default_rng(7)
    a, b = integers(rng, 3, 1, 5, 2500), integers(rng, 2, 2500, 7)
    with mark1.device(DEVICE):
        y = ops.matmul(_core.convert(a, dtype), _core.convert(b, dtype))
    assert y.dtype == dtype
    assert np.array_equal(y.numpy(), ops.cast(_core.convert(a @ b), dtype).numpy())
    a, b = (rng.standard_normal(s).astype(np.float32) for s in ((9, 4000), (4000, 11)))
    bits = np.array(product(dtype, a, b))
    assert same_bits(np.array(product(dtype, a, b)), bits)
    exact = a.astype(np.float64) @ b
    assert np.abs(bits - exact).max() < 2.0**-7 * (np.abs(a) @ np.abs(b)).max()


@pytest.mark.parametrize("dtype", FORMATS)
def test_sums_without_terms_and_what_is_not_finite(dtype):
    y = product(dtype, np.zeros((3, 0), np.float32), np.zeros((0, 2), np.float32))
    assert np.array(y).tolist() == [[0.0, 0.0]] * 3
    a = np.array([[np.inf, 1.0], [np.inf, -np.inf], [np.nan, 0.0], [1.0, 2.0]], np.float32)
    y = np.array(product(dtype, a, np.ones((2, 1), np.float32)))[:, 0]
    assert y[0] == np.inf
    assert np.isnan(y[1:3]).all()
    assert y[3] == 3.0


def test_tensorfloat32_keeps_ten_bits_of_fraction():
    one = np.ones((1, 1), np.float32)
    for x, want in (
        (1 + 2.0**-10, 1 + 2.0**-10),
        (1 + 2.0**-11, 1.0),
        (1 + 2.0**-11 + 2.0**-20, 1 + 2.0**-10),
        (1 + 3 * 2.0**-11, 1 + 2.0**-9),
        (-1 - 2.0**-11 - 2.0**-23, -1 - 2.0**-10),
        (2.0**-126, 2.0**-126),
    ):
        assert product("float32", np.float32(x) * one, one).item() == want
        assert product("float32", one, np.float32(x) * one).item() == want


def test_tensorfloat32_is_for_float32_on_devices_when_asked_for():
    rng = np.random.default_rng(5)
    a, b = (rng.standard_normal(s).astype(np.float32) for s in ((9, 70), (70, 11)))
    exact = a.astype(np.float64) @ b
    on_cpu = ops.matmul(a, b).numpy()
    rough = np.array(product("float32", a, b))
    with mark1.device(DEVICE):
        wide = ops.matmul(a.astype(np.float64), b.astype(np.float64)).numpy()
    config.set_matmul_precision("float32")
    assert same_bits(on_cpu, ops.matmul(a, b).numpy())
    assert same_bits(np.array(product("float32", a, b)), on_cpu)
    assert np.abs(wide - exact).max() < 1e-13
    bound = np.abs(a) @ np.abs(b)
    assert 2.0**-20 < (np.abs(rough - exact) / bound).max() < 2.0**-10


def test_recorded_steps_follow_the_precision():
    x = np.float32(1 + 2.0**-12)
    double = mark1.function(lambda a: ops.matmul(a, ops.ones((1, 1))))
    with mark1.device(DEVICE):
        a = _core.convert(np.full((1, 1), x))
        for precision, want in (("tensorfloat32", 1.0), ("float32", x), ("tensorfloat32", 1.0)):
            config.set_matmul_precision(precision)
            assert [double(a).item() for _ in range(4)] == [want] * 4


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_models_train_in_16_bits(policy):
    def trained():
        mark1.utils.set_random_seed(1)
        config.set_dtype_policy(policy)
        model = mark1.Sequential(
            [
                layers.Input((6,)),
                layers.Dense(20, activation="relu"),
                layers.LayerNormalization(),
                layers.Dense(3, activation="softmax", dtype="float32"),
            ]
        )
        model.compile("adam", "sparse_categorical_crossentropy", device=DEVICE)
        rng = np.random.default_rng(1)
        y = rng.integers(0, 3, 96)
        x = (rng.standard_normal((96, 6)) + 2 * y[:, None]).astype(np.float32)
        history = model.fit(x, y, batch_size=32, epochs=12, verbose=0).history
        config.set_dtype_policy("float32")
        return model, history["loss"]

    model, losses = trained()
    assert losses[-1] < 0.8 * losses[0]
    again, _ = trained()
    assert weights_hash(again) == weights_hash(model)
