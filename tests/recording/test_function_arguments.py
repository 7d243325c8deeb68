"""mark1.function: what it may be called with, where, and what it returns."""

import gc
import warnings
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import mark1
from mark1 import ops
from mark1.function import RetracingWarning
from mark1.recording import EagerStepWarning
from tests.recording.replays import CALLS, assert_same_bits, check, is_native, replays, rows


@dataclass
class Box:
    content: Any


@pytest.mark.parametrize("wrap", [Box, lambda t: {1: OrderedDict(t=t)}, lambda t: iter([t])])
def test_results_that_hide_tensors_are_left_to_python(wrap):
    function = mark1.function(lambda x: wrap(x + 1.0))
    with pytest.warns(EagerStepWarning, match=r"it returns a \w+, .*_arguments.py:"):
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
