"""Tensors at the border to Python: arrays in and out, numbers, operators."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import _core, ops

DTYPES = ("bool", "uint8", "int32", "int64", "float32", "float64")


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (2, 0, 3), (1, 1, 1, 1, 5)])
def test_arrays_come_back_as_they_went(dtype, shape):
    array = np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(dtype)
    x = ops.convert_to_tensor(array)
    assert (x.shape, x.dtype, x.ndim, x.size) == (shape, dtype, len(shape), array.size)
    assert x.numpy().dtype == array.dtype
    np.testing.assert_array_equal(x.numpy(), array)
    np.testing.assert_array_equal(np.asarray(memoryview(x)), array)


def test_exports_share_memory_and_are_read_only():
    x = ops.convert_to_tensor([1.0, 2.0])
    array = x.numpy()
    assert np.shares_memory(array, x.numpy())
    assert not array.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 5.0
    with pytest.raises(ValueError, match="WRITEABLE"):
        array.flags.writeable = True


def test_an_export_keeps_its_memory_alive():
    array = ops.convert_to_tensor(np.full(1000, 7.0)).numpy()
    for _ in range(10):
        ops.add(np.zeros(1000), 1.0)
    assert (array == 7.0).all()


def test_imports_are_copies():
    array = np.ones(3, np.float32)
    x = ops.convert_to_tensor(array)
    array[:] = 5.0
    assert (x.numpy() == 1.0).all()


def test_the_array_protocol():
    x = ops.convert_to_tensor([1.0, 2.0])
    assert np.asarray(x).dtype == np.float32
    assert np.asarray(x, dtype=np.float64).dtype == np.float64
    copied = np.array(x, copy=True)
    copied[0] = 9.0
    assert x.numpy()[0] == 1.0


@pytest.mark.parametrize(
    ("array", "dtype"),
    [
        (np.ones(2, np.float16), "float32"),
        (np.ones(2, np.int8), "int32"),
        (np.ones(2, np.uint32), "int64"),
        (np.ones(2, ">f4"), "float32"),
        ([1, 2], "int32"),
        ([1.0, 2.0], "float32"),
        ([True, False], "bool"),
        ([[1, 2], [3, 4]], "int32"),
        (1, "int32"),
        (1.0, "float32"),
    ],
)
def test_other_dtypes_and_python_values(array, dtype):
    x = ops.convert_to_tensor(array)
    assert x.dtype == dtype
    np.testing.assert_array_equal(x.numpy(), array)


@pytest.mark.parametrize(
    "value", ["text", ["a", "b"], np.array([1j]), np.array([None]), [[1.0], [1.0, 2.0]], object()]
)
def test_what_is_no_array_of_numbers_is_refused(value):
    with pytest.raises((TypeError, ValueError), match=r"^\[convert_to_tensor\]"):
        ops.convert_to_tensor(value)


@pytest.mark.parametrize("shape", [(7, 5), (5, 1), (1,), (4, 3, 2)])
def test_views_of_every_layout_are_read_right(shape):
    base = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    for view in (base.T, base[::-1], base[..., ::-1], np.asfortranarray(base), base[1:]):
        np.testing.assert_array_equal(ops.convert_to_tensor(view).numpy(), view)


def test_python_numbers_do_not_widen():
    x = ops.convert_to_tensor(np.ones(2, np.float32))
    n = ops.convert_to_tensor(np.ones(2, np.int32))
    assert (x + 1.0).dtype == "float32"
    assert (x + 1).dtype == "float32"
    assert (n + 1).dtype == "int32"
    assert (n + 1.5).dtype == "float32"
    assert (x + np.ones(2)).dtype == "float64"


def test_lists_keep_their_digits_in_wide_dtypes():
    assert ops.convert_to_tensor([0.7, 1], "float64").numpy()[0] == 0.7
    assert ops.convert_to_tensor([1 << 40], "int64").numpy()[0] == 1 << 40
    assert ops.convert_to_tensor([(1 << 53) - 1], "float64").numpy()[0] == (1 << 53) - 1
    assert ops.convert_to_tensor([0.7]).dtype == "float32"


def test_operators_on_both_sides_and_with_arrays():
    x = ops.convert_to_tensor([2.0, 4.0])
    a = np.array([1.0, 2.0], np.float32)
    for result, expected in [
        (x + a, [3.0, 6.0]),
        (a + x, [3.0, 6.0]),
        (a - x, [-1.0, -2.0]),
        (3.0 * x, [6.0, 12.0]),
        (8.0 / x, [4.0, 2.0]),
        (-x, [-2.0, -4.0]),
    ]:
        assert isinstance(result, mark1.Tensor)
        np.testing.assert_array_equal(result.numpy(), expected)


def test_scalars_convert_to_numbers():
    x = ops.convert_to_tensor(2.5)
    assert (float(x), int(x), bool(x), x.item()) == (2.5, 2, True, 2.5)
    with pytest.raises(ValueError, match="ambiguous"):
        bool(ops.convert_to_tensor([1.0, 2.0]))
    with pytest.raises(TypeError, match="no length"):
        len(x)
    with pytest.raises(ValueError, match=r"^\[item\].*\(2,\)"):
        float(ops.convert_to_tensor([1.0, 2.0]))


def test_rows_are_views():
    x = ops.convert_to_tensor(np.arange(12.0).reshape(4, 3))
    rows = x.rows(1, 3)
    assert rows._address() == x._address() + 24
    np.testing.assert_array_equal(rows.numpy(), x.numpy()[1:3])
    with pytest.raises(ValueError, match=r"^\[rows\]"):
        x.rows(2, 5)


def test_tensors_begin_at_cache_lines():
    for n in (1, 3, 100, 10_000, 2_000_000):
        assert ops.zeros((n,))._address() % 64 == 0


def test_shapes_that_do_not_broadcast_are_named():
    with pytest.raises(ValueError, match=r"^\[\w+\].*\(2, 3\).*\(4,\)"):
        ops.add(np.ones((2, 3)), np.ones(4))


def test_a_tensor_too_large_is_an_error():
    with pytest.raises((ValueError, MemoryError)):
        ops.zeros((1 << 60,))
    assert _core.allocator_stats()["bytes_in_use"] >= 0


@pytest.mark.parametrize(
    "make",
    [
        lambda: ops.convert_to_tensor(1 << 70),
        lambda: ops.convert_to_tensor(-(1 << 63) - 1),
        lambda: ops.convert_to_tensor([1 << 40]),
        lambda: ops.convert_to_tensor([-(1 << 31) - 1]),
        lambda: ops.convert_to_tensor(np.array([1 << 63], "uint64")),
        lambda: ops.add(np.ones(2), 10**400),
        lambda: ops.zeros((1 << 70,)),
    ],
)
def test_integers_too_large_are_refused_and_never_wrapped(make):
    with pytest.raises(ValueError, match=r"^\[\w+\] the numbers? do(es)? not fit (int|float)"):
        make()


def test_a_shape_is_made_of_integers():
    assert ops.broadcast_to(np.ones(2), np.array([3, 2])).shape == (3, 2)
    with pytest.raises(TypeError, match=r"^\[shape\] needs integers, got float"):
        ops.zeros((2.5,))


def test_too_many_dimensions_are_refused():
    for array in (np.zeros((1,) * 9), np.zeros((1,) * 9, ">f4"), np.zeros((2,) * 9)[..., ::2]):
        with pytest.raises(ValueError, match=r"^\[convert_to_tensor\] at most 8 dim.*, got 9"):
            ops.convert_to_tensor(array)


def test_the_matrix_operator_is_matmul():
    w = mark1.Variable([[1.0], [10.0]])
    x = mark1.ops.convert_to_tensor([[1.0, 2.0]])
    with mark1.GradientTape() as tape:
        y = x @ w
    assert y.numpy().tolist() == [[21.0]]
    assert tape.gradient(y, w).numpy().tolist() == [[1.0], [2.0]]
    assert (np.float32([[1.0, 2.0]]) @ w).numpy().tolist() == [[21.0]]


@pytest.mark.parametrize(
    ("dtype", "name"),
    [
        (np.float64, "float64"),
        (np.dtype("int64"), "int64"),
        (float, "float32"),
        (int, "int32"),
        (bool, "bool"),
        ("uint8", "uint8"),
    ],
)
def test_dtypes_are_named_as_in_numpy(dtype, name):
    assert ops.convert_to_tensor([1, 0], dtype).dtype == name
    assert ops.cast(ops.ones(2), dtype).dtype == name
    assert ops.zeros((2,), dtype).dtype == name
    assert mark1.Variable([1, 0], dtype=dtype).dtype == name


def test_dtypes_that_there_are_not():
    for dtype in ("float8", np.complex64, "no", object()):
        with pytest.raises(TypeError, match=r"^\[dtype\] unknown dtype .*; known: bool, uint8"):
            ops.cast(ops.ones(2), dtype)


def test_the_number_of_threads_is_whole():
    with pytest.raises(TypeError, match=r"^\[set_num_threads\] needs a whole number, got 2\.5"):
        mark1.set_num_threads(2.5)
