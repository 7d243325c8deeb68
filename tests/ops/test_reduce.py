"""What the cases cannot say about reductions, copies and conversions: errors, dtypes, ties."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import _core, ops
from mark1.ops.gather import scatter_add
from tests.variants import force, variants

X = np.arange(6, dtype="float32").reshape(2, 3)

ERRORS = [
    (
        lambda: ops.sum(X, 2),
        ValueError,
        "[sum] axis 2 is out of range for 2 dimensions",
    ),
    (lambda: ops.mean(X, (0, -2)), ValueError, "[mean] axis -2 is named twice (x: (2, 3))"),
    (
        lambda: ops.max(X[:, :0], 1),
        ValueError,
        "[max] needs at least one element (x: (2, 0))",
    ),
    (
        lambda: ops.argmin(X[:0], 0),
        ValueError,
        "[argmin] needs at least one element (x: (0, 3))",
    ),
    (lambda: ops.transpose(X, (0,)), ValueError, "[transpose] needs 2 axes, got 1 (x: (2, 3))"),
    (lambda: ops.transpose(X, (1, -1)), ValueError, "[transpose] axis -1 is named twice"),
    (
        lambda: ops.broadcast_to(X, (3, 2)),
        ValueError,
        "[broadcast_to] shape (2, 3) does not broadcast to (3, 2)",
    ),
    (
        lambda: ops.take(X, [0, 1, 2], axis=0),
        ValueError,
        "[gather] index 2 at position 2 is out of range for 2 rows",
    ),
    (
        lambda: ops.take(X, [0, -3], axis=0),
        ValueError,
        "[gather] index -3 at position 1 is out of range for 2 rows",
    ),
    (
        lambda: ops.take(X, [0.0], axis=0),
        TypeError,
        "[gather] indices must be int32 or int64, got float32. Convert with cast(indices, 'int32')",
    ),
    (
        lambda: scatter_add(X, [0, 5], 4),
        ValueError,
        "[scatter_add] index 5 at position 1 is out of range for 4 rows",
    ),
    (
        lambda: scatter_add(X, [0], 4),
        ValueError,
        "[scatter_add] needs one row per index (dy: (2, 3), indices: (1,))",
    ),
    (
        lambda: ops.slice(X, (0, 1), (2, 3)),
        ValueError,
        "[slice] axis 1 of (2, 3) has no 3 elements from 1 in steps of 1",
    ),
    (
        lambda: ops.reshape(X, (4, -1)),
        ValueError,
        "[reshape] cannot reshape (2, 3) of 6 elements into (4, -1). "
        "Only one dimension may be -1, and the others must divide the number of elements",
    ),
    (lambda: ops.squeeze(X, 1), ValueError, "[squeeze] axis 1 has size 3, not 1 (x: (2, 3))"),
    (
        lambda: ops.cast(X, "float8"),
        TypeError,
        "[dtype] unknown dtype 'float8'; known: bool, uint8, int32, int64, bfloat16, float16, "
        "float32, float64",
    ),
    (
        lambda: ops.sparse_categorical_matches([0, 1, 1], X),
        ValueError,
        "[sparse_categorical_matches] needs one label per row of predictions "
        "(y_true: (3,), y_pred: (2, 3))",
    ),
    (
        lambda: ops.categorical_matches(X[:1], X),
        ValueError,
        "[categorical_matches] needs one row of classes per prediction "
        "(y_true: (1, 3), y_pred: (2, 3))",
    ),
    (
        lambda: ops.accumulate(mark1.Variable([0.0]), X),
        ValueError,
        "[accumulate] the total needs shape (2,), it has (1,)",
    ),
    (
        lambda: ops.accumulate(mark1.Variable([0.0, 0.0]), X, X[0]),
        ValueError,
        "[accumulate] needs one weight per value (values: (2, 3) float32, weights: (3,) float32)",
    ),
    (
        lambda: ops.convert_to_tensor(X)[2],
        IndexError,
        "[getitem] index 2 is out of range for axis 0 of (2, 3)",
    ),
    (
        lambda: ops.convert_to_tensor(X)[0, 0, 0],
        IndexError,
        "[getitem] 3 indices are too many for 2 dimensions",
    ),
    (
        lambda: ops.convert_to_tensor(X)["a"],
        TypeError,
        "[getitem] indices are integers, slices, None, ... or one array of integers, not str. "
        "Use take or where",
    ),
]


@pytest.mark.parametrize(("call", "error", "text"), ERRORS, ids=[e[2][:40] for e in ERRORS])
def test_errors_say_what_came(call, error, text):
    with pytest.raises(error) as raised:
        call()
    assert str(raised.value) == text


@pytest.mark.parametrize("isa", _core.available_isas())
def test_first_wins_a_tie_and_nan_wins_over_all(isa):
    _core.set_isa(isa)
    for n in (2, 33, 70, 5000):
        x = np.zeros((1, n), "float32")
        x[0, 1] = -0.0
        for column in (x, x[:, ::-1].copy()):
            expected = np.signbit(column[0, 0])
            assert np.signbit(ops.max(column, 1).numpy()[0]) == expected
            assert np.signbit(ops.min(column, 1).numpy()[0]) == expected
            tall = column.T.copy()
            assert np.signbit(ops.max(tall, 0).numpy()[0]) == expected
            assert np.signbit(ops.min(tall, 0).numpy()[0]) == expected
        assert ops.argmax(x, 1).numpy() == 0
        x[0, n - 1] = np.nan
        x[0, 0] = np.inf
        assert np.isnan(ops.max(x, 1).numpy())
        assert np.isnan(ops.min(x, 1).numpy())
        assert ops.argmax(x, 1).numpy() == n - 1


def test_integers_keep_their_dtype_and_wrap_around():
    for dtype, result in (("bool", "int32"), ("uint8", "int32"), ("int64", "int64")):
        x = ops.ones((300, 2), dtype)
        assert ops.sum(x, 0).dtype == result
        assert ops.sum(x).numpy() == 600
        assert ops.max(x).dtype == dtype
    assert ops.mean(ops.ones(3, "int32")).dtype == "float32"
    high = ops.full(2, 2**31 - 1, "int32")
    assert ops.sum(high).numpy() == -2


def test_gradients_have_their_operand_s_dtype():
    x = mark1.Variable(np.ones((2, 3), "float32"))
    y = mark1.Variable(np.ones(3, "float64"))
    for op in (ops.add, ops.subtract, ops.multiply, ops.divide):
        with mark1.GradientTape() as tape:
            z = op(x, y)
        assert z.dtype == "float64"
        dx, dy = tape.gradient(z, [x, y])
        assert (dx.dtype, dx.shape) == ("float32", (2, 3))
        assert (dy.dtype, dy.shape) == ("float64", (3,))


def test_views_share_memory():
    x = ops.convert_to_tensor(X)
    for view in (x[1], x[0:1], ops.reshape(x, -1), ops.transpose(x, (0, 1)), x[:, None]):
        assert np.shares_memory(view.numpy(), x.numpy())


def test_a_converted_variable_keeps_its_value_and_gradient():
    v = mark1.Variable([1.0, 2.0])
    with mark1.GradientTape() as tape:
        x = ops.convert_to_tensor(v)
        v.assign([5.0, 6.0])
        y = x * x
    assert x.numpy().tolist() == [1, 2]
    assert tape.gradient(y, v).numpy().tolist() == [2, 4]


def test_a_tensor_can_be_iterated_over():
    assert [row.numpy().tolist() for row in ops.convert_to_tensor(X)] == X.tolist()


def test_totals_are_updated_in_place():
    total = mark1.Variable(np.zeros(2))
    address = total.value._address()
    ops.accumulate(total, X)
    assert total.value._address() == address
    assert total.numpy().tolist() == [15, 6]


def test_the_order_of_a_column_sum_is_that_of_a_product_with_ones():
    rng = np.random.default_rng(0)
    for rows in (1, 255, 257, 1000, 16_500):
        x = rng.standard_normal((rows, 5)).astype("float32")
        product = _core.gemm(np.ones((rows, 1), "float32"), x, None, True)
        for variant in variants():
            with force(variant):
                assert (ops.sum(x, 0).numpy() == product.numpy()[0]).all()
