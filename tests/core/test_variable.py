"""Variables: assignment in place, values that are left alone, conversions."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import mark1
from mark1 import _core


def test_a_value_taken_earlier_does_not_change():
    v = mark1.Variable([1.0, 2.0])
    before, array = v.value, v.numpy()
    v.assign([3.0, 4.0])
    np.testing.assert_array_equal(before.numpy(), [1.0, 2.0])
    np.testing.assert_array_equal(array, [1.0, 2.0])
    np.testing.assert_array_equal(v.numpy(), [3.0, 4.0])


def test_assignment_is_in_place_while_nobody_else_looks():
    v = mark1.Variable(np.ones(100, np.float32))
    address = v.value._address()
    v.assign(np.zeros(100, np.float32))
    assert v.value._address() == address
    held = v.value
    v.assign(np.ones(100, np.float32))
    assert v.value._address() != address
    assert not held.numpy().any()


def test_assignment_from_itself():
    v = mark1.Variable([1.0, 2.0])
    v.assign(v)
    v.assign(v.value)
    v.assign_add(v)
    np.testing.assert_array_equal(v.numpy(), [2.0, 4.0])


def test_assignment_keeps_the_dtype():
    v = mark1.Variable(np.ones(2, np.float32))
    v.assign(np.array([0.1, 0.2]))
    assert v.dtype == "float32"
    assert v.assign_sub([1, 1]).dtype == "float32"


def test_assignment_returns_the_variable():
    v = mark1.Variable([1.0])
    assert v.assign([2.0]) is v
    assert v.assign_add([2.0]) is v


@pytest.mark.parametrize("value", [[1.0], [[1.0, 2.0]], 1.0, [1.0, 2.0, 3.0]])
def test_another_shape_is_refused_and_nothing_changes(value):
    v = mark1.Variable([1.0, 2.0])
    with pytest.raises(ValueError, match=r"^\[assign\].*\(2,\)"):
        v.assign(value)
    np.testing.assert_array_equal(v.numpy(), [1.0, 2.0])


def test_an_initializer_needs_a_shape():
    with pytest.raises(ValueError, match=r"^\[Variable\] an initializer needs a shape"):
        mark1.Variable(lambda shape, dtype: np.zeros(shape, dtype))
    v = mark1.Variable(lambda shape, dtype: np.full(shape, 2, dtype), shape=(2, 3), dtype="float64")
    assert (v.shape, v.dtype) == ((2, 3), "float64")


def test_operands_may_be_variables_on_either_side():
    v = mark1.Variable([2.0, 4.0])
    np.testing.assert_array_equal((v - 1.0).numpy(), [1.0, 3.0])
    np.testing.assert_array_equal((1.0 - v).numpy(), [-1.0, -3.0])
    np.testing.assert_array_equal((np.ones(2, np.float32) / v).numpy(), [0.5, 0.25])
    np.testing.assert_array_equal((-v).numpy(), [-2.0, -4.0])


def test_arrays_of_variables_are_copies():
    v = mark1.Variable([1.0, 2.0])
    np.asarray(v)[0] = 100.0
    v.numpy()[1] = 100.0
    np.testing.assert_array_equal(v.numpy(), [1.0, 2.0])
    assert np.asarray(v, dtype=np.float64).dtype == np.float64


def test_variables_are_compared_by_identity():
    v, w = mark1.Variable([1.0]), mark1.Variable([1.0])
    assert v != w
    assert len({v, w, v}) == 2
    assert v in [w, v]


def test_ids_are_unique_and_stay():
    v, w = mark1.Variable([1.0]), mark1.Variable([1.0])
    before = v.id
    v.assign([2.0])
    held = v.value
    v.assign([3.0])
    assert v.id == before == v.value.id == held.id
    assert v.id != w.id


def test_no_variable_is_made_of_strings_or_objects():
    for value in (["a"], np.array([None]), object()):
        with pytest.raises((TypeError, ValueError), match=r"^\[convert_to_tensor\]"):
            mark1.Variable(value)


def test_memory_of_a_variable_goes_with_it():
    before = _core.allocator_stats()["bytes_in_use"]
    v = mark1.Variable(np.ones(10_000, np.float32))
    assert _core.allocator_stats()["bytes_in_use"] > before
    del v
    assert _core.allocator_stats()["bytes_in_use"] == before


def test_repr_names_shape_dtype_and_value():
    text = repr(mark1.Variable([1.0, 2.0], name="scale"))
    assert "scale" in text
    assert "(2,)" in text
    assert "float32" in text


def test_a_value_taken_in_another_thread_never_changes():
    """An update in place is over before anyone can ask for the value."""
    v = mark1.Variable(np.zeros(1_000_000, np.float32))
    ones = mark1.ops.convert_to_tensor(np.ones(1_000_000, np.float32))
    optimizer = mark1.optimizers.SGD(1.0)
    seen, stop = [], threading.Event()

    def read():
        while not stop.is_set():
            held = v.value.numpy()
            seen.append(bool((held == held[0]).all()))

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(100):
        optimizer.apply([ones], [v])
    stop.set()
    reader.join()
    assert seen
    assert all(seen)
