"""GradientTape means what TensorFlow's does."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import NamedTuple

import numpy as np
import pytest

import mark1
from mark1 import _core, ops


def tensor(value):
    return ops.convert_to_tensor(np.asarray(value, dtype="float64"))


def variable(value, **options):
    return mark1.Variable(np.asarray(value, dtype="float64"), **options)


def test_variables_are_watched_and_tensors_are_not():
    v, x = variable([2.0]), tensor([3.0])
    with mark1.GradientTape() as tape:
        y = v * x
    dv, dx = tape.gradient(y, [v, x])
    assert dv.numpy() == [3.0]
    assert dx is None


def test_a_watched_tensor_has_a_gradient():
    x = tensor([3.0])
    with mark1.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    assert tape.gradient(y, x).numpy() == [6.0]


def test_what_came_before_watch_is_not_recorded():
    x = tensor([3.0])
    with mark1.GradientTape() as tape:
        y = x * x
        tape.watch(x)
    assert tape.gradient(y, x) is None


def test_variables_are_left_alone_if_asked():
    v, w = variable([2.0]), variable([3.0])
    with mark1.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(w)
        y = v * w
    dv, dw = tape.gradient(y, [v, w])
    assert dv is None
    assert dw.numpy() == [2.0]
    assert tape.watched_variables() == [w]


def test_frozen_variables_are_not_watched():
    v = variable([2.0], trainable=False)
    with mark1.GradientTape() as tape:
        y = v * v
    assert tape.gradient(y, v) is None


def test_gradients_come_once():
    v = variable([2.0])
    with mark1.GradientTape() as tape:
        y = v * v
    tape.gradient(y, v)
    with pytest.raises(RuntimeError, match=r"^\[GradientTape\] .*persistent=True"):
        tape.gradient(y, v)


def test_a_persistent_tape_gives_them_again():
    v = variable([2.0])
    with mark1.GradientTape(persistent=True) as tape:
        y = v * v
        z = y * v
    assert tape.gradient(y, v).numpy() == [4.0]
    assert tape.gradient(z, v).numpy() == [12.0]
    assert tape.gradient(z, y).numpy() == [2.0]
    assert tape.gradient(z, v).numpy() == [12.0]


def test_gradients_of_several_targets_are_added():
    v = variable([2.0])
    with mark1.GradientTape() as tape:
        y, z = v * 3.0, v * v
    assert tape.gradient([y, z], v).numpy() == [7.0]


def test_gradients_of_repeated_operands_are_added():
    v = variable([2.0])
    with mark1.GradientTape() as tape:
        y = (v + v) * v
    assert tape.gradient(y, v).numpy() == [8.0]


def test_gradients_that_meet_are_added_in_reverse_order_of_recording():
    v = mark1.Variable(np.ones(1, np.float32))
    a, b, c = (np.array([x], np.float32) for x in (1e8, -1e8, 3.0))
    with mark1.GradientTape() as tape:
        y = [v * a, v * b, v * c]
    # ((3 + -1e8) + 1e8) in float32: the sum in the other order would be 3.
    assert tape.gradient(y, v).numpy() == (c + b) + a == [0.0]


def test_output_gradients_weigh_the_targets():
    v = variable([2.0, 5.0])
    with mark1.GradientTape() as tape:
        y = v * v
    gradient = tape.gradient(y, v, output_gradients=tensor([1.0, 10.0]))
    np.testing.assert_array_equal(gradient.numpy(), [4.0, 100.0])


def test_output_gradients_of_another_shape_are_refused():
    v = variable([2.0, 5.0])
    with mark1.GradientTape() as tape:
        y = v * v
    with pytest.raises(ValueError, match=r"^\[GradientTape\].*\(3,\).*\(2,\)"):
        tape.gradient(y, v, output_gradients=tensor([1.0, 2.0, 3.0]))


def test_the_structure_of_the_sources_is_kept():
    v, w = variable([2.0]), variable([3.0])
    with mark1.GradientTape() as tape:
        y = v * w
    gradients = tape.gradient(y, {"a": v, "rest": [w, (v,)]})
    assert gradients["a"].numpy() == [3.0]
    assert gradients["rest"][0].numpy() == [2.0]
    assert isinstance(gradients["rest"][1], tuple)


def test_unconnected_sources_get_none_or_zeros():
    v, w = variable([2.0]), variable([[3.0, 4.0]])
    with mark1.GradientTape(persistent=True) as tape:
        y = v * v
    assert tape.gradient(y, w) is None
    zero = tape.gradient(y, w, unconnected_gradients="zero")
    np.testing.assert_array_equal(zero.numpy(), [[0.0, 0.0]])
    assert zero.dtype == "float64"
    with pytest.raises(ValueError, match="unconnected_gradients"):
        tape.gradient(y, w, unconnected_gradients="None")


def test_a_target_that_is_a_source_has_gradient_one():
    v = variable([2.0, 3.0])
    with mark1.GradientTape() as tape:
        tape.watch(v)
    np.testing.assert_array_equal(tape.gradient(v, v).numpy(), [1.0, 1.0])


def test_recording_stops_and_goes_on():
    v = variable([2.0])
    with mark1.GradientTape(persistent=True) as tape:
        y = v * v
        with tape.stop_recording():
            z = v * v
        u = y * v
    assert tape.gradient(z, v) is None
    assert tape.gradient(u, v).numpy() == [12.0]


def test_stop_recording_ends_with_an_exception():
    v = variable([2.0])
    with mark1.GradientTape() as tape:
        with pytest.raises(KeyError), tape.stop_recording():
            raise KeyError
        y = v * v
    assert tape.gradient(y, v).numpy() == [4.0]


def test_stop_recording_needs_a_recording_tape():
    with (
        pytest.raises(ValueError, match=r"^\[GradientTape\] stop_recording"),
        mark1.GradientTape().stop_recording(),
    ):
        pass


def test_a_tape_stops_when_its_block_raises():
    with pytest.raises(KeyError), mark1.GradientTape():
        raise KeyError
    assert not mark1.tape.recording()


def test_reset_forgets():
    v = variable([2.0])
    with mark1.GradientTape() as tape:
        y = v * v
        tape.reset()
        z = v * 3.0
    assert tape.gradient([y, z], v).numpy() == [3.0]


def test_third_derivative_by_nested_tapes():
    v = variable(2.0)
    with mark1.GradientTape() as third, mark1.GradientTape() as second:
        with mark1.GradientTape() as first:
            y = v * v * v * v
        d1 = first.gradient(y, v)
        d2 = second.gradient(d1, v)
    assert float(d2) == 48.0
    assert float(third.gradient(d2, v)) == 48.0


def test_the_inner_gradient_reaches_other_variables_of_the_outer_tape():
    v, w = variable([2.0]), variable([3.0])
    with mark1.GradientTape() as outer:
        with mark1.GradientTape() as inner:
            y = v * v * w
        dv = inner.gradient(y, v)
    assert outer.gradient(dv, w).numpy() == [4.0]


def test_assignment_does_not_change_what_was_recorded():
    v = variable([2.0])
    with mark1.GradientTape() as tape:
        y = v * v
        v.assign([100.0])
    assert tape.gradient(y, v).numpy() == [4.0]


def test_integers_cannot_be_watched_or_differentiated():
    n = ops.convert_to_tensor([1, 2])
    with mark1.GradientTape() as tape:
        with pytest.raises(TypeError, match=r"^\[GradientTape.watch\].*int32"):
            tape.watch(n)
        with pytest.raises(TypeError, match="Tensor or Variable"):
            tape.watch(3.0)
        y = n * n
    with pytest.raises(TypeError, match="floating-point"):
        tape.gradient(y, n)


def test_tapes_of_other_threads_see_nothing():
    v = variable([2.0])
    results = []
    with mark1.GradientTape() as tape:
        thread = threading.Thread(target=lambda: results.append(v * v))
        thread.start()
        thread.join()
    assert tape.gradient(results[0], v) is None


def test_a_chain_of_a_hundred_thousand_needs_no_stack():
    x = v = variable([1.0])
    with mark1.GradientTape() as tape:
        for _ in range(100_000):
            x = x + 1.0
    assert tape.gradient(x, v).numpy() == [1.0]


def bytes_in_use() -> int:
    return int(_core.allocator_stats()["bytes_in_use"])


def test_memory_goes_with_the_tape_without_the_garbage_collector():
    v = variable(np.ones(100_000))
    gc.collect()
    before = bytes_in_use()
    gc.disable()
    try:
        with mark1.GradientTape(persistent=True) as tape:
            y = v * v
            for _ in range(5):
                y = y * v
        gradient = tape.gradient(y, v)
        reference = weakref.ref(tape)
        assert bytes_in_use() > before
        del tape, y, gradient
        assert reference() is None
        assert bytes_in_use() == before
    finally:
        gc.enable()


def test_a_spent_tape_keeps_no_memory():
    v = variable(np.ones(100_000))
    before = bytes_in_use()
    with mark1.GradientTape() as tape:
        y = v * v
        y = y * y
    gradient = tape.gradient(y, v)
    del y
    assert bytes_in_use() <= before + 1_100_000
    del gradient
    assert bytes_in_use() == before
    assert tape is not None


def test_random_programs_agree_with_differences():
    """Sums, products and quotients in random order, gradients against differences."""
    for seed in range(20):
        rng = np.random.default_rng(seed)
        start = rng.uniform(0.5, 2.0, 3)
        program = [(rng.integers(4), rng.integers(i + 3), rng.integers(i + 3)) for i in range(8)]

        def run(values, program=program):
            held = list(values)
            for kind, i, j in program:
                x, y = held[i], held[j]
                held.append([x + y, x - y * 0.5, x * y, x / (y * y + 1.0)][kind])
            return held[-1]

        variables = [variable(x) for x in start]
        with mark1.GradientTape() as tape:
            y = run(variables)
        gradients = tape.gradient(y, variables, unconnected_gradients="zero")
        for k in range(3):
            step = 1e-6 * np.eye(3)[k]
            numeric = (run(start + step) - run(start - step)) / 2e-6
            assert float(gradients[k]) == pytest.approx(numeric, rel=1e-6, abs=1e-6 * abs(float(y)))


@pytest.mark.parametrize("product", [ops.matmul, ops.dense])
def test_gradients_of_products_have_the_dtypes_of_their_operands(product):
    narrow = mark1.Variable(np.eye(2, dtype="float32"))
    wide = variable([[1.0, 2.0], [3.0, 4.0]])
    for x, w in ((narrow, wide), (wide, narrow)):
        with mark1.GradientTape() as tape:
            y = product(x, w)
        assert y.dtype == "float64"
        assert [g.dtype for g in tape.gradient(y, [x, w])] == [x.dtype, w.dtype]


def test_the_gradient_of_a_bias_has_its_dtype():
    b = variable([0.0, 0.0])
    with mark1.GradientTape() as tape:
        y = ops.dense(np.ones((1, 2), np.float32), np.ones((2, 2), np.float32), b)
    assert tape.gradient(y, b).dtype == "float64"


def test_a_tape_that_was_reset_can_be_asked_again():
    v = variable([2.0])
    tape = mark1.GradientTape()
    with tape:
        y = v * v
    assert tape.gradient(y, v).numpy() == [4.0]
    tape.reset()
    with tape:
        y = v * 3.0
    assert tape.gradient(y, v).numpy() == [3.0]


class Pair(NamedTuple):
    a: mark1.Variable
    b: mark1.Variable


def test_named_tuples_of_sources():
    v, w = variable([2.0]), variable([3.0])
    with mark1.GradientTape() as tape:
        y = v * w
    gradients = tape.gradient(y, Pair(v, w))
    assert (gradients.a.numpy(), gradients.b.numpy()) == ([3.0], [2.0])
