"""Steps that cannot be replayed run in Python: right results, and one line that says why."""

import gc
import inspect
import warnings

import numpy as np
import pytest

import mark1
from mark1 import _core, ops
from mark1.recording import EagerStepWarning

X = np.arange(6, dtype=np.float32).reshape(2, 3)


def told(function, calls=8):
    """Call a function and return its results, the warnings, and whether it became native."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        results = [np.array(function(X + i)) for i in range(calls)]
    ((_, replay),) = function._cache.items()
    return results, caught, replay.program is not None


def line_of(python, mark):
    lines, first = inspect.getsourcelines(python)
    (number,) = [i for i, line in enumerate(lines) if mark in line]
    return first + number


def item(x):
    return x * float(ops.sum(x))  # here


def as_array(x):
    return x * np.asarray(x).max()  # here


def tolist(x):
    return x * memoryview(ops.sum(x)).tolist()  # here


def printed(x):
    repr(x)  # here
    return x + 1.0


def branch(x):
    if ops.sum(x):  # here
        return x + 1.0
    return x


def old_value(x):
    v = VARIABLE
    before = v.value
    v.assign(v * 1.0 + 1.0)
    seen = before.item()  # here
    v.assign_add(-1.0)
    return x * seen


def creates(x):
    return x * mark1.Variable(2.0)  # here


VARIABLE = mark1.Variable(3.0)


@pytest.mark.parametrize(
    ("python", "reason"),
    [
        (item, "reads a value (as a number)"),
        (as_array, "reads a value (as an array)"),
        (tolist, "reads a value (as an array)"),
        (printed, "reads a value (as an array)"),
        (branch, "reads a value (as a number)"),
        (old_value, "reads a value (as a number)"),
        (creates, "creates a variable"),
    ],
)
def test_values_read_and_variables_made(python, reason):
    function = mark1.function(python)
    results, caught, native = told(function)
    assert not native
    assert [w.category for w in caught] == [EagerStepWarning]
    assert str(caught[0].message).startswith(
        f"[{python.__name__}] runs step by step in Python, because it {reason}, "
    )
    assert caught[0].filename == __file__
    assert caught[0].lineno == line_of(python, "# here")
    for i, result in enumerate(results):
        np.testing.assert_array_equal(result, np.array(python(ops.convert_to_tensor(X + i))))


def test_shapes_and_lengths_may_be_looked_at():
    def python(x):
        total = x[0] * 0.0
        for row in range(x.shape[0]):
            total = total + x[row] * float(len(x.shape))
        return total * float(x.size)

    _, caught, native = told(mark1.function(python))
    assert native
    assert not caught


@pytest.mark.parametrize(
    ("python", "reason"),
    [
        (lambda x, n: x * 2.0 if n % 2 else x + 2.0, "runs add where it ran multiply before"),
        (lambda x, n: x * float(n), "runs multiply with other tensors or constants than before"),
        (
            lambda x, n: ops.add(x, [1.0, 2.0, n]),
            "runs add with other tensors or constants than before",
        ),
        (lambda x, n: x - y_of(x) if n % 2 else y_of(x) - x, "runs subtract with other tensors"),
        (lambda x, n: (x * 2.0, x * 3.0)[n % 2], "returns other tensors or constants"),
        (lambda x, n: ops.convert_to_tensor(float(n)), "returns other tensors or constants"),
        (lambda x, n: ops.sum(x, axis=n % 2), "runs sum with other shapes, numbers or tensors"),
    ],
)
def test_steps_that_differ(python, reason):
    count = [0]

    def counted(x):
        count[0] += 1
        return python(x, count[0])

    results, caught, native = told(mark1.function(counted))
    assert not native
    assert len(caught) == 1
    assert f"because it {reason}" in str(caught[0].message)
    assert caught[0].filename == __file__
    for i, result in enumerate(results):
        want = np.array(python(ops.convert_to_tensor(X + i), i + 1))
        np.testing.assert_array_equal(result, want)


def y_of(x):
    return x * 0.5


def test_constants_in_memory_of_others_are_compared():
    scale = np.ones(3, np.float32)

    def python(x):
        scale[0] += 1
        return x * _core.convert(scale, None, False)

    results, caught, native = told(mark1.function(python))
    assert not native
    assert "runs multiply with other tensors or constants" in str(caught[0].message)
    np.testing.assert_array_equal(results[7][:, 0], (X[:, 0] + 7) * 9)


def test_errors_that_a_step_swallows():
    table = ops.convert_to_tensor(X)

    def python(x):
        try:
            return ops.take(table, ops.cast(x[0], "int32"), axis=0)
        except ValueError:
            return x * 0.0

    results, caught, native = told(mark1.function(python))
    assert not native
    assert "has refused its values" in str(caught[0].message)
    for i, result in enumerate(results):
        np.testing.assert_array_equal(result, np.array(python(ops.convert_to_tensor(X + i))))


@pytest.mark.parametrize("call", range(1, 6))
@pytest.mark.parametrize("error", [KeyError, KeyboardInterrupt])
def test_errors_in_any_call_leave_everything_usable(call, error):
    v = mark1.Variable([0.0, 0.0])
    count = [0]

    def python(x):
        old = v.value
        v.assign_add([1.0, 1.0])
        count[0] += 1
        if count[0] == call:
            raise error
        return old + x

    function = mark1.function(python)
    for done in range(8):
        try:
            result = function(np.float32(0))
        except error:
            assert not _core.recording()
        else:
            assert result.numpy().tolist() == [done, done]
        assert v.numpy().tolist() == [done + 1, done + 1]
    ((_, replay),) = function._cache.items()
    assert replay.program is not None
    assert not mark1.recording.recordings


def in_python(function):
    return lambda array: function(ops.convert_to_tensor(array))


@pytest.mark.parametrize("hold", [False, True])
def test_errors_in_a_replay_stop_where_python_stops(hold):
    """A check that fails: what ran before it has happened, what comes after has not."""

    def make(wrap):
        v, table = mark1.Variable([1.0]), ops.convert_to_tensor(np.eye(10, dtype=np.float32))

        def step(i):
            old = v.value if hold else None
            v.assign_add([1.0])
            y = ops.take(table, i, axis=0)
            v.assign(v * 2.0)
            z = ops.take(table, i + 5, axis=0)
            v.assign_add([3.0])
            return (y, z) if old is None else (y, z, old)

        return v, wrap(step)

    runs = []
    for wrap in (in_python, mark1.function):
        v, step = make(wrap)
        seen = []
        for i in ([0, 1], [1, 2], [2, 3], [3, 9], [4, 4], [11, 0], [9, 9], [1, 0]):
            try:
                seen.append([np.array(t).tolist() for t in step(np.array(i))])
            except ValueError as error:
                seen.append(str(error))
            seen.append(v.numpy().tolist())
        runs.append(seen)
    assert runs[0] == runs[1]


def test_an_attribute_that_a_step_sets_and_one_that_a_user_sets():
    layer = mark1.layers.Dropout(0.5)
    state = {"set": True}

    def python(x):
        if state["set"]:
            layer.rate = 0.1 + 0.4 * (layer.rate == 0.1)
        return layer(x, training=True)

    function = mark1.function(python)
    _, caught, native = told(function)
    assert not native
    assert len(caught) == 1
    assert "because it sets rate of dropout" in str(caught[0].message)
    state["set"] = False
    assert not told(function)[2]
    layer.rate = 0.0
    results, caught, native = told(function)
    assert native
    assert not caught
    np.testing.assert_array_equal(results[7], X + 7)
    layer.rate = 1 - 1e-7
    assert not told(function)[0][0].any()


def test_weights_that_are_replaced():
    dense = mark1.layers.Dense(2, use_bias=False)
    function = mark1.function(lambda x: dense(x))
    assert told(function)[2]
    dense.kernel = mark1.Variable(np.full((3, 2), 2, np.float32))
    results, _, native = told(function)
    assert native
    np.testing.assert_array_equal(results[1], (X + 1).sum(1, keepdims=True) * 2 * np.ones(2))


def test_a_holder_of_every_old_value_sees_them_all():
    v = mark1.Variable([0.0])

    def python():
        v.assign_add([1.0])
        return v * 1.0

    function = mark1.function(python)
    olds = []
    for i in range(12):
        olds.append(v.value)
        assert function().numpy().tolist() == [i + 1]
    assert [old.item() for old in olds] == list(range(12))
    for _ in range(3):
        function()
    ((_, replay),) = function._cache.items()
    assert replay.program is not None


def test_two_models_and_two_optimizers():
    def run(wrap):
        mark1.utils.set_random_seed(1)
        made = mark1.Sequential([mark1.Input((2,)), mark1.layers.Dense(3, activation="tanh")])
        judge = mark1.Sequential([mark1.Input((3,)), mark1.layers.Dense(1)])
        first, second = mark1.optimizers.Adam(0.01), mark1.optimizers.SGD(0.1)

        def step(real):
            noise = mark1.random.normal((2, 2))
            with mark1.GradientTape(persistent=True) as tape:
                fake = made(noise, training=True)
                gap = ops.mean(judge(real)) - ops.mean(judge(fake))
                loss = -ops.mean(judge(fake))
            a = tape.gradient(loss, made.trainable_variables)
            b = tape.gradient(gap, judge.trainable_variables)
            first.apply_gradients(zip(a, made.trainable_variables, strict=True))
            second.apply_gradients(zip(b, judge.trainable_variables, strict=True))
            return loss, gap

        call = wrap(step)
        losses = [[float(t) for t in call(ops.convert_to_tensor(X + i))] for i in range(8)]
        return losses, mark1.utils.weights_hash(made), mark1.utils.weights_hash(judge)

    assert run(mark1.function) == run(lambda step: step)


def test_many_recordings_leave_no_memory():
    def many(times):
        for _ in range(times):
            function = mark1.function(lambda x: ops.sum(x * 2.0) + 1.0)
            function(X)
            function(X)
            function(X)
        gc.collect()
        return _core.allocator_stats()["bytes_in_use"]

    many(10)
    assert many(300) == many(300)
