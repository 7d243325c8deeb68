"""Reductions, norms and softmax on devices: many rows, columns and pieces, and those that end."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import mark1
from mark1 import ops
from tests.cuda.conftest import DEVICE
from tests.cuda.test_packets import assert_same, values
from tests.variants import REFERENCE, describe_difference, force, same_bits

# Segments of rows are 4,096 elements, chunks of columns 256, groups of both 64.
ROWS = [(1000, 10), (300, 7), (130, 16), (5, 31), (3, 4096), (2, 4097), (1, 300_000)]
COLUMNS = [(255, 3), (257, 40), (16_640, 3)]


def with_ties(x: np.ndarray) -> np.ndarray:
    """Many equal values, zeros of both signs, and NaN in some rows."""
    x = np.round(x)
    x[..., 1::7] = -0.0
    x[..., 2::11] = 0.0
    x[:1, ..., -3:] = np.nan
    return x


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32"])
@pytest.mark.parametrize("shape", ROWS, ids=str)
def test_reductions_of_rows(shape: tuple[int, ...], dtype: str):
    x = values(*shape, dtype=dtype)
    assert_same(lambda x: ops.sum(x, -1), x)
    assert_same(lambda x: ops.prod(x, -1), x)
    found = with_ties(x) if dtype != "int32" else x
    for call in (ops.max, ops.min, ops.argmax, ops.argmin):
        assert_same(lambda x, call=call: call(x, -1), found)


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64"])
@pytest.mark.parametrize("shape", COLUMNS, ids=str)
def test_reductions_of_columns(shape: tuple[int, ...], dtype: str):
    x = values(*shape, dtype=dtype)
    assert_same(lambda x: ops.mean(x, 0), x)
    found = with_ties(x) if dtype != "int64" else x
    for call in (ops.max, ops.min):
        assert_same(lambda x, call=call: call(x, 0), found)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_moments_of_rows_and_columns(dtype: str):
    # Rows that fit a warp's shared memory, several at once or one, and segments of longer ones.
    for shape in ((1, 9000), (2, 4099), (70, 33), (3, 4096), (5, 3001)):
        x = values(*shape, dtype=dtype)
        for call in (ops.var, ops.logsumexp, ops.norm):
            assert_same(lambda x, call=call: call(x, axis=-1), x)
    for shape in ((700, 37), (2, 257, 3)):
        x = values(*shape, dtype=dtype)
        for call in (ops.var, ops.logsumexp):
            assert_same(lambda x, call=call: call(x, axis=-2), x)


# Of 16 KB and less a warp has rows in shared memory, of up to 30 KB a block, then of any length.
@pytest.mark.parametrize("n", [3, 17, 100, 516, 1030, 4096, 5001, 9003])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_softmax_and_layer_norm_of_any_length(n: int, dtype: str):
    x, dy = values(7, n, dtype=dtype), values(7, n, dtype=dtype, seed=1)
    scale, offset = values(n, dtype=dtype, seed=2), values(n, dtype=dtype, seed=3)

    def norm(x, s, o):
        return ops.layer_normalization(x, s, o, axis=-1, epsilon=1e-3)

    assert_same(ops.softmax, x)
    assert_same(ops.log_softmax, x)
    assert_same(norm, x, scale, offset)
    for call, operands in (
        (ops.softmax, (x,)),
        (ops.log_softmax, (x,)),
        (norm, (x, scale, offset)),
    ):
        assert_gradients(call, operands, dy)


def test_rows_of_more_segments_than_are_added_up_at_once():
    x = values(2, 270_001)
    assert_same(ops.log_softmax, x)
    assert_same(lambda x: ops.layer_normalization(x, axis=-1, epsilon=1e-3), x)


@pytest.mark.parametrize("n", [4096, 4101, 7001])
def test_the_sign_of_the_greatest_zero_is_the_first_ones_of_its_lane(n: int):
    zeros = -np.abs(np.round(values(4, n)))
    zeros[:, ::5] = 0.0
    zeros[1, :64] = -0.0
    assert_same(ops.log_softmax, zeros)
    zeros[2, n // 2] = np.nan
    zeros[3, 7] = np.inf
    assert_same(ops.softmax, zeros)


@pytest.mark.parametrize("from_logits", [True, False], ids=["logits", "probabilities"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("n", [9, 300, 2049, 4101, 7001, 9003])
def test_losses_of_any_number_of_classes(n: int, dtype: str, from_logits: bool):
    x, weights = values(5, n, dtype=dtype), values(5, dtype=dtype, seed=1)
    if not from_logits:
        x = np.abs(x) + np.asarray(0.01, dtype)
    labels = np.arange(5, dtype="int32") * (n // 5) + 1
    dense = np.abs(values(5, n, dtype=dtype, seed=2))
    assert_gradients(
        lambda x: ops.sparse_categorical_crossentropy(labels, x, from_logits=from_logits),
        (x,),
        weights,
    )
    assert_gradients(
        lambda x, t: ops.categorical_crossentropy(t, x, from_logits=from_logits),
        (x, dense),
        weights,
        watched=1,
    )
    assert_same(
        lambda x: ops.sparse_categorical_crossentropy(labels, x, from_logits=from_logits), x
    )
    assert_same(lambda x, t: ops.categorical_crossentropy(t, x, from_logits=from_logits), x, dense)


def test_gradients_of_layer_norm_over_many_rows():
    x, dy = values(600, 37), values(600, 37, seed=1)
    scale, offset = values(37, seed=2), values(37, seed=3)
    assert_gradients(
        lambda x, s, o: ops.layer_normalization(x, s, o, axis=-1, epsilon=1e-3),
        (x, scale, offset),
        dy,
    )


CHANNELS = [(600, 3), (300, 36), (5, 7, 64), (40, 130), (17_000, 2)]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", CHANNELS, ids=str)
def test_batch_norm_of_any_channels(shape: tuple[int, ...], dtype: str):
    x, dy = values(*shape, dtype=dtype), values(*shape, dtype=dtype, seed=1)
    scale = values(shape[-1], dtype=dtype, seed=2)

    def norm(x, s):
        layer = mark1.layers.BatchNormalization(dtype=dtype)
        layer.build(shape)
        layer.gamma.assign(s)
        y = layer(x, training=True)
        return y + layer.moving_variance + layer.moving_mean

    assert_same(norm, x, scale)

    def plain(x):
        layer = mark1.layers.BatchNormalization(dtype=dtype)
        return layer(x, training=True)

    assert_gradients(plain, (x,), dy)
    if shape[-1] % 2 == 0 and len(shape) > 2:
        groups = shape[-1] // 2

        def grouped(x):
            return mark1.layers.GroupNormalization(groups, dtype=dtype)(x)

        assert_same(grouped, x)
        assert_gradients(grouped, (x,), dy)


@pytest.mark.parametrize("options", [{}, {"clipnorm": 0.5}, {"global_clipnorm": 0.5}], ids=str)
@pytest.mark.parametrize("kind", ["Adam", "SGD", "RMSprop"])
def test_steps_of_many_variables_of_any_size(kind: str, options: dict[str, Any]):
    # More rows than a kernel's arguments hold, and one of several pieces.
    sizes = [1, 3, 513, 4096, 9001, *range(2, 40)]

    def step():
        variables = [mark1.Variable(values(n, seed=n)) for n in sizes]
        variables.append(mark1.Variable(values(700, dtype="float64")))
        gradients = [ops.tanh(v.value) for v in variables]
        optimizer = getattr(mark1.optimizers, kind)(0.1, **options)
        for _ in range(2):
            optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return variables

    with force(REFERENCE):
        expected = [np.array(v) for v in step()]
    with mark1.device(DEVICE):
        results = [np.array(v) for v in step()]
    for y, e in zip(results, expected, strict=True):
        assert same_bits(y, e), describe_difference(y, e)


def assert_gradients(
    call: Any, operands: tuple[np.ndarray, ...], dy: np.ndarray, watched: int | None = None
) -> None:
    def gradients():
        tensors = [ops.convert_to_tensor(a) for a in operands]
        with mark1.GradientTape() as tape:
            for x in tensors[:watched]:
                tape.watch(x)
            y = ops.sum(call(*tensors) * ops.convert_to_tensor(dy))
        return [np.array(g) for g in tape.gradient(y, tensors[:watched])]

    with force(REFERENCE):
        expected = gradients()
    with mark1.device(DEVICE):
        results = gradients()
    for y, e in zip(results, expected, strict=True):
        assert same_bits(y, e), describe_difference(y, e)


@pytest.mark.parametrize("n", [0, 1, 33, 4096, 4097, 65_536, 65_537, 266_249])
@pytest.mark.parametrize("dtypes", [*itertools.product(["float32", "float64"], repeat=2)])
def test_running_totals_of_any_number_of_values(n: int, dtypes: tuple[str, str]):
    """A warp, a block of warps, blocks of them and groups of 64 segments."""
    x, weights = values(n, dtype=dtypes[0]), abs(values(n, dtype=dtypes[0], seed=1))

    def totals(*operands: Any) -> Any:
        total = mark1.Variable([1.0, 2.0], dtype=dtypes[1])
        ops.accumulate(total, *operands)
        return total.value

    assert_same(totals, x)
    assert_same(totals, x, weights)


@pytest.mark.parametrize("shape", [(9, 130), (3, 5000), (2, 40_001), (300,)])
@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float32"])
def test_counts_of_rows_of_any_length(shape: tuple[int, ...], dtype: str):
    """A warp for a row, a block, and blocks whose counts are added up."""
    x = np.zeros(shape, dtype)
    x[..., ::7] = 1
    for count in (ops.count_nonzero, ops.any, ops.all):
        for operand in (x, np.zeros_like(x), np.ones_like(x)):
            assert_same(lambda a, count=count: count(a, axis=-1), operand)
