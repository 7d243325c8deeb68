"""mark1.function: replays do what Python does, bit for bit, and say so when they cannot."""

import gc
import warnings
from typing import Any, NamedTuple

import numpy as np
import pytest

import mark1
from mark1 import ops
from tests.recording.replays import CALLS, assert_same_bits, check, is_native, replays, rows


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(3, 4), (0, 4), (1, 1), (40, 50)])
def test_temporaries_and_constants_take_turns(dtype, shape):
    table = rows(99, shape[1:], dtype)

    def step(x, y):
        z = x * 2.0
        z = z + y
        z = z * table
        z = (z - np.full(shape[1:], 0.5, dtype)) * 3
        return z + x * 0.25, ops.sum(z, axis=0), ops.relu(z)

    check(step, *((rows(i, shape, dtype), rows(-i % 97, shape, dtype)) for i in range(CALLS)))


def test_results_that_are_inputs_constants_and_one_another():
    constant = ops.convert_to_tensor([1.0, 2.0])

    def step(x, y):
        z = x + y
        return {"x": x, "nest": [z, z, (constant, y)], "made": ops.convert_to_tensor([4, 5])}

    function = check(step, *((rows(i), rows(i + 50)) for i in range(CALLS)))
    x = ops.convert_to_tensor(rows(7))
    results = [function(x, rows(8)) for _ in range(2)]
    assert results[0]["x"]._address() != results[1]["x"]._address()


def test_results_of_earlier_calls_stay():
    function = mark1.function(lambda x: (x * 2.0, ops.sum(x)))
    got = [function(rows(i)) for i in range(CALLS)]
    for i, (double, total) in enumerate(got):
        assert_same_bits(double, rows(i) * np.float32(2))
        assert_same_bits(total, ops.sum(ops.convert_to_tensor(rows(i))))


def test_tensors_that_outlive_the_recording_keep_their_contents():
    kept = []

    def python(x):
        y = x * 3.0
        kept.append(y)
        return ops.sum(y * y)

    function = mark1.function(python)
    for i in range(CALLS):
        function(rows(i))
    assert len(kept) == 2
    for i, tensor in enumerate(kept):
        assert_same_bits(tensor, rows(i) * np.float32(3))


def test_survivors_outlive_the_program():
    kept = []

    def python(x):
        kept.append(x * 3.0)
        return kept[-1] + 1.0

    function = mark1.function(python)
    result = [function(rows(i)) for i in range(4)][-1]
    want = result.numpy()
    del function
    gc.collect()
    junk = [ops.ones((3, 4)) for _ in range(20)]
    assert_same_bits(kept[0], rows(0) * np.float32(3))
    assert_same_bits(result, want)
    assert len(junk) == 20


def test_garbage_in_cycles_is_no_difference():
    count = [0]
    w = mark1.Variable(rows(0))
    optimizer = mark1.optimizers.Adam(0.1)

    def python(x):
        y = x * 2.0
        cycle: list[Any] = [y]
        cycle.append(cycle)
        count[0] += 1
        if count[0] % 2:
            del cycle, y
            gc.collect()
        with mark1.GradientTape() as tape:
            loss = ops.sum((x + 1.0) * w * w)
        optimizer.apply_gradients([(tape.gradient(loss, w), w)])
        return loss

    function = mark1.function(python)
    gc.disable()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for i in range(CALLS):
                function(rows(i))
    finally:
        gc.enable()
    assert is_native(function)
    assert count == [3]  # the first makes the optimizer's state


def test_logits_are_remembered_by_arguments_and_results():
    labels = np.array([0, 3, 1])

    def cross_entropy(p):
        return mark1.losses.sparse_categorical_crossentropy(labels, p)

    function = mark1.function(cross_entropy)
    softmax = mark1.function(lambda x: {"p": ops.softmax(x)})
    for i in range(CALLS):
        p = ops.softmax(ops.convert_to_tensor(rows(i) * 30))
        assert_same_bits(function(p), cross_entropy(p))
        plain = ops.convert_to_tensor(p.numpy())
        assert_same_bits(function(plain), cross_entropy(plain))
        result = softmax(rows(i) * 30)["p"]
        assert_same_bits(result.logits, rows(i) * 30)
        assert_same_bits(cross_entropy(result), cross_entropy(p))


def test_logits_of_bits_are_remembered_as_such():
    sigmoid = mark1.function(lambda x: ops.sigmoid(x))
    binary = mark1.function(lambda p: ops.binary_crossentropy(np.ones((3, 4)), p))
    rest = mark1.function(lambda p: ops.categorical_crossentropy(np.ones((3, 4)), p))
    for i in range(CALLS):
        p = sigmoid(rows(i) * 30)
        want = ops.sigmoid(rows(i) * 30)
        for function in (binary, rest):
            assert_same_bits(function(p), function(want))
        assert_same_bits(binary(p), ops.binary_crossentropy(np.ones((3, 4)), want))
        assert_same_bits(rest(p), ops.categorical_crossentropy(np.ones((3, 4)), want.numpy()))


def test_one_tensor_given_twice_is_one_tensor():
    def python(a, b):
        with mark1.GradientTape() as tape:
            tape.watch(a)
            loss = ops.sum(a * b)
        return tape.gradient(loss, a)

    function = mark1.function(python)
    x, y = ops.convert_to_tensor(rows(1)), ops.convert_to_tensor(rows(2))
    for _ in range(4):
        assert_same_bits(function(x, x), 2 * rows(1))
        assert_same_bits(function(x, y), rows(2))


def test_second_derivatives_and_persistent_tapes():
    def python(x):
        with mark1.GradientTape(persistent=True) as outer:
            outer.watch(x)
            with mark1.GradientTape() as inner:
                inner.watch(x)
                y = ops.sum(ops.tanh(x) * x)
            dx = inner.gradient(y, x)
            z = ops.sum(dx * dx)
        return outer.gradient(z, x), outer.gradient(dx, x), dx

    check(python, *((rows(i),) for i in range(CALLS)))


def test_gathered_rows():
    table = mark1.Variable(rows(0, (10, 4)))

    def python(indices):
        with mark1.GradientTape() as tape:
            y = ops.sum(ops.take(table, indices, axis=0) * 2.0)
        return ops.take(table, indices, axis=0), tape.gradient(y, table)

    rng = np.random.default_rng(0)
    function = check(python, *((rng.integers(0, 10, 5),) for _ in range(CALLS)))
    with pytest.raises(ValueError, match=r"out of range|must be"):
        function(np.array([0, 1, 2, 3, 10]))
    good = np.arange(5)
    assert_same_bits(function(good), python(ops.convert_to_tensor(good)))
    assert is_native(function)


def test_random_numbers_go_on():
    def run(function):
        mark1.utils.set_random_seed(3)
        generator = mark1.random.SeedGenerator(5)
        dropout = mark1.layers.Dropout(0.5)

        def python(x):
            return dropout(x, training=True) + mark1.random.normal((3, 4), seed=generator)

        step = function(python)
        return [step(rows(i)) for i in range(CALLS)]

    assert_same_bits(run(mark1.function), run(lambda python: python))


def test_nests_and_python_values():
    class Pair(NamedTuple):
        a: Any
        b: Any

    def python(nest):
        return Pair(nest["x"] + nest["y"][0], [None, "text", 3, 2.5, (nest["p"].a,)])

    function = mark1.function(python)
    for i in range(CALLS):
        x, y, a = rows(i), rows(i + 10), rows(i + 20)
        out = function({"x": x, "y": (y,), "p": Pair(a, 1)})
        assert type(out) is Pair
        assert_same_bits(out.a, x + y)
        assert out.b[:4] == [None, "text", 3, 2.5]
        assert_same_bits(out.b[4][0], a)
    assert len(replays(function)) == 1
    assert is_native(function)
    assert mark1.function(lambda x: None)(rows(0)) is None
