"""mark1.function: replays do what Python does, bit for bit, and say so when they cannot."""

import gc
import warnings
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest

import mark1
from mark1 import ops
from mark1.function import RetracingWarning
from mark1.recording import EagerStepWarning

CALLS = 6


def replays(function):
    return [replay for _, replay in function._cache.items()]


def is_native(function):
    return all(replay.program is not None for replay in replays(function))


def rows(seed, shape=(3, 4), dtype=np.float32):
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def tensors(structure):
    """The leaves of a nest as arrays."""
    if isinstance(structure, dict):
        return [leaf for part in structure.values() for leaf in tensors(part)]
    if isinstance(structure, (list, tuple)):
        return [leaf for part in structure for leaf in tensors(part)]
    return [np.asarray(structure)]


def assert_same_bits(a, b):
    for x, y in zip(tensors(a), tensors(b), strict=True):
        assert x.dtype == y.dtype
        assert x.shape == y.shape
        assert x.tobytes() == y.tobytes()


def check(python, *args_of_call, native=True):
    """Compare a function with Python, call by call; they must be pure."""
    function = mark1.function(python)
    for args in args_of_call:
        want = python(*map(ops.convert_to_tensor, args))
        assert_same_bits(function(*args), want)
    assert is_native(function) == native
    return function


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


@dataclass
class Box:
    content: Any


@pytest.mark.parametrize("wrap", [Box, lambda t: {1: OrderedDict(t=t)}, lambda t: iter([t])])
def test_results_that_hide_tensors_are_left_to_python(wrap):
    function = mark1.function(lambda x: wrap(x + 1.0))
    with pytest.warns(EagerStepWarning, match=r"because it returns a \w+, .*test_function.py:"):
        got = [function(rows(i)) for i in range(CALLS)]
    if wrap is Box:
        for i, box in enumerate(got):
            assert_same_bits(box.content, rows(i) + np.float32(1))


def test_arguments_that_are_no_tensors():
    function = mark1.function(lambda x, factor: x * factor if factor else 1.0 / (x * factor))
    x = np.ones(2, np.float32)
    for _ in range(3):
        assert function(x, 0.0).numpy().tolist() == [np.inf, np.inf]
        assert function(x, -0.0).numpy().tolist() == [-np.inf, -np.inf]
        assert function(x, 2).numpy().tolist() == [2.0, 2.0]
        assert np.isnan(function(x, float("nan")).numpy()).all()
    assert len(replays(function)) == 4


def test_lists_of_numbers_are_tensors_however_it_runs():
    function = mark1.function(lambda x: x * 2)
    mark1.run_functions_eagerly(True)
    try:
        eager = function([1.0, 2.0])
    finally:
        mark1.run_functions_eagerly(False)
    with mark1.GradientTape():
        under_tape = function([1.0, 2.0])
    for result in (eager, under_tape, *(function([1.0, 2.0]) for _ in range(3))):
        assert result.numpy().tolist() == [2.0, 4.0]


def test_under_a_tape_the_tape_sees_it():
    function = mark1.function(lambda x: x * x)
    x = ops.convert_to_tensor([3.0])
    for _ in range(3):
        function(x)
    with mark1.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    assert tape.gradient(y, x).numpy().tolist() == [6.0]


def test_functions_within_functions():
    inner = mark1.function(lambda x: x * 2.0)
    for _ in range(3):
        inner(rows(0))
    assert is_native(inner)
    check(lambda x: inner(x) + inner(x + 1.0), *((rows(i),) for i in range(CALLS)))


def test_a_model_predicts_within_a_function():
    model = mark1.Sequential([mark1.Input((4,)), mark1.layers.Dense(2)])
    for _ in range(4):
        model(rows(0))
    check(lambda x: model(x) * 2.0, *((rows(i),) for i in range(CALLS)))


class Counter:
    """Instances are equal, and so must be told apart by what they are."""

    def __init__(self, start):
        self.total = mark1.Variable(start)

    def __eq__(self, other):
        return True

    __hash__ = None

    @mark1.function
    def add(self, x):
        """Add."""
        self.total.assign_add(x)
        return self.total * 1.0


def test_methods():
    a, b = Counter(0.0), Counter(100.0)
    for i in range(CALLS):
        assert float(a.add(np.float32(1))) == i + 1
        assert float(b.add(np.float32(2))) == 100 + 2 * (i + 1)
    assert a.add.__doc__ == "Add."
    assert a.add.experimental_get_tracing_count() == 1
    assert float(Counter(5.0).add(np.float32(1))) == 6.0  # nobody else holds the instance
    method = Counter(7.0).add
    gc.collect()
    assert [float(method(np.float32(1))) for _ in range(4)] == [8.0, 9.0, 10.0, 11.0]
    a.add(np.float32(0))
    del a, b, method
    gc.collect()
    assert len(Counter.add._methods) == 0


def test_signatures_least_recently_used():
    function = mark1.function(lambda x: x + 1.0)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for n in range(1, 19):
            assert function(np.zeros(n, np.float32)).shape == (n,)
    assert [warning.category for warning in told] == [RetracingWarning]
    assert str(told[0].message).startswith("[<lambda>] has been recorded for 6 kinds of arguments")
    assert told[0].filename == __file__
    assert function.experimental_get_tracing_count() == 18
    assert len(replays(function)) == 16


def test_input_signature():
    spec = mark1.ops.ones((2, 3))

    @mark1.function(input_signature=[spec])
    def double(x):
        return x * 2.0

    for _ in range(3):
        assert double(np.ones((2, 3), int)).dtype == "float32"
    assert double.experimental_get_tracing_count() == 1
    with pytest.raises(ValueError, match=r"\[double\] argument 0 must have shape \(2, 3\), got"):
        double(np.ones((3, 3)))
    with pytest.raises(TypeError, match=r"\[double\] takes 1 arguments by position"):
        double(spec, spec)
    mark1.run_functions_eagerly(True)
    try:
        with pytest.raises(ValueError, match=r"\[double\] argument 0"):
            double(np.ones((3, 3)))
    finally:
        mark1.run_functions_eagerly(False)
    with pytest.raises(TypeError, match=r"\[function\] needs a function, got int"):
        mark1.function(3)


def test_run_functions_eagerly():
    seen = []
    function = mark1.function(lambda x: seen.append(1) or x + 1.0)
    for _ in range(4):
        function(rows(0))
    assert len(seen) == 2
    mark1.run_functions_eagerly(True)
    try:
        function(rows(0))
    finally:
        mark1.run_functions_eagerly(False)
    function(rows(0))
    assert len(seen) == 3


@pytest.mark.parametrize("isa", ["reference", "best"])
def test_instruction_set_and_threads_may_change(isa):
    from mark1 import _core

    w = mark1.Variable(rows(1, (64, 64)))

    def python(x):
        return ops.softmax(ops.matmul(x, w)), ops.sum(x * 3.0)

    function = mark1.function(python)
    best = _core.isa()
    want = python(ops.convert_to_tensor(rows(0, (200, 64))))
    for i, threads in enumerate((1, 2, 7, 3, 1)):
        _core.set_num_threads(threads)
        _core.set_work_per_member(i * 10.0)
        _core.set_isa("reference" if isa == "reference" and i % 2 else best)
        for _ in range(3):
            assert_same_bits(function(rows(0, (200, 64))), want)
