"""What cases cannot ask: errors, steps spelled out, rows in batches, activations, recording."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import activations, ops
from mark1.ops.recurrent import _choice
from mark1.ops.recurrent_steps import GATES, NAMES, Operands, Setting, compose
from tests.tolerance import assert_close
from tests.variants import assert_same_everywhere, same_bits

CELLS = range(4)
BY_ELEMENT = sorted(name for name, f in activations._FUNCTIONS.items() if _choice(f) is not None)


def call(cell: int, *args, **options):
    if cell > 1:
        options["reset_after"] = cell == 2
    return getattr(ops, NAMES[cell])(*args, **options)


def operands(cell: int, n: int, steps: int, features: int, units: int, dtype: str = "float64"):
    rng = np.random.default_rng([cell, n, steps, units])
    g = GATES[cell] * units
    bias = (2, g) if cell == 2 else (g,)
    shapes = [(n, steps, features), (features, g), (units, g), bias]
    return [
        ops.convert_to_tensor(
            rng.uniform(-1, 1, shape).astype(dtype) / np.sqrt(shape[-2] if i else 1)
        )
        for i, shape in enumerate(shapes[:3])
    ] + [ops.convert_to_tensor(rng.uniform(-1, 1, bias).astype(dtype))]


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("name", BY_ELEMENT)
def test_every_activation_is_that_of_the_steps_spelled_out(cell, name):
    # An exponential of exponentials soon is infinite.
    x, w, u, b = operands(cell, 3, 1 if name == "exponential" else 4, 2, 5)
    function = activations.get(name)
    options = {"activation": name}
    if cell:
        options["recurrent_activation"] = name
    it = Operands(x, w, u, b, None, None, None, None)
    results = []
    for fused in (True, False):
        with mark1.GradientTape() as tape:
            tape.watch([x, w, u, b])
            if fused:
                y = call(cell, x, w, u, b, return_sequences=True, **options)[0]
            else:
                recurrent = function if cell else activations.linear
                setting = Setting(cell, function, recurrent, False, True, None)
                y = compose(setting, it)[0]
        dy = ops.convert_to_tensor(np.random.default_rng(1).uniform(-1, 1, y.shape))
        results.append([y, *tape.gradient(y, [x, w, u, b], output_gradients=dy)])
    for a, e in zip(*results, strict=True):
        a, e = np.array(a), np.array(e)
        np.testing.assert_allclose(a, e, atol=1e-12 * np.abs(e).max())


def test_which_activations_are_fast():
    assert len(BY_ELEMENT) >= 24
    assert {"tanh", "sigmoid", "hard_sigmoid", "relu", "gelu", "linear"} <= set(BY_ELEMENT)
    assert not {"softmax", "threshold"} & set(BY_ELEMENT)


@pytest.mark.parametrize("cell", CELLS)
def test_functions_of_ones_own_are_composed(cell):
    x, w, u, b = operands(cell, 2, 3, 2, 4)
    y = call(cell, x, w, u, b, activation=lambda z: ops.tanh(z) * 1.0)[0]
    expected = call(cell, x, w, u, b, activation="tanh")[0]
    assert_close(y, np.array(expected), ulps=64, scale=np.ones(y.shape))


@pytest.mark.parametrize("cell", CELLS)
def test_a_row_does_not_depend_on_its_batch(cell):
    x, w, u, b = operands(cell, 50, 5, 3, 37, "float32")
    mask = np.random.default_rng(0).random((50, 5)) < 0.7
    y = np.array(call(cell, x, w, u, b, mask=mask, return_sequences=True)[0])
    for rows in (slice(0, 1), slice(49, 50), slice(7, 29)):
        part = call(cell, np.array(x)[rows], w, u, b, mask=mask[rows], return_sequences=True)[0]
        assert same_bits(np.array(part), y[rows])


@pytest.mark.parametrize("cell", CELLS)
def test_steps_may_be_made_in_several_calls(cell):
    x, w, u, b = operands(cell, 3, 6, 2, 9, "float32")
    whole = call(cell, x, w, u, b, return_sequences=True)
    first = call(cell, x[:, :2], w, u, b, return_sequences=True)
    second = call(cell, x[:, 2:], w, u, b, *first[1:], return_sequences=True)
    joined = np.concatenate([np.array(first[0]), np.array(second[0])], axis=1)
    assert same_bits(joined, np.array(whole[0]))
    for a, e in zip(second[1:], whole[1:], strict=True):
        assert same_bits(np.array(a), np.array(e))


@pytest.mark.parametrize("cell", CELLS)
def test_rows_without_a_step_return_their_first_state(cell):
    x, w, u, b = operands(cell, 2, 3, 2, 4)
    h = ops.convert_to_tensor(np.full((2, 4), 0.25))
    mask = [[False] * 3, [True] * 3]
    y, last = call(cell, x, w, u, b, h, mask=mask, return_sequences=True)[:2]
    assert (np.array(y)[0] == 0.25).all()
    assert (np.array(last)[0] == 0.25).all()
    assert not (np.array(last)[1] == 0.25).any()


@pytest.mark.parametrize("cell", CELLS)
def test_backwards_is_forwards_over_a_flipped_sequence(cell):
    x, w, u, b = operands(cell, 2, 5, 3, 4)
    mask = np.random.default_rng(0).random((2, 5)) < 0.7
    back = call(cell, x, w, u, b, mask=mask, go_backwards=True, return_sequences=True)
    flipped = call(cell, ops.flip(x, 1), w, u, b, mask=mask[:, ::-1], return_sequences=True)
    for a, e in zip(back, flipped, strict=True):
        assert same_bits(np.array(a), np.array(e))


def test_sums_longer_than_a_chunk_and_large_batches_have_the_same_bits():
    x, w, u, b = operands(1, 67, 2, 3, 530, "float32")

    def run():
        with mark1.GradientTape() as tape:
            tape.watch([x, u])
            y = ops.lstm(x, w, u, b, return_sequences=True)[0]
        return [np.array(t) for t in (y, *tape.gradient(y, [x, u]))]

    assert_same_everywhere(run, what="lstm of 530 units")


def test_gradients_of_gates_written_past_the_caches_have_the_same_bits():
    x, w, u, b = operands(2, 23, 160, 3, 48, "float32")
    assert 23 * 160 * w.shape[1] * 4 >= 1 << 21, "too few gates to be written so"
    mask = np.random.default_rng(0).random((23, 160)) < 0.9

    def run():
        with mark1.GradientTape() as tape:
            tape.watch([x, w, u, b])
            y = ops.gru(x, w, u, b, mask=mask, return_sequences=True)[0]
        return [np.array(t) for t in tape.gradient(y, [x, w, u, b])]

    assert_same_everywhere(run, what="gru")


@pytest.mark.parametrize("cell", CELLS)
def test_gradients_may_be_asked_for_again(cell):
    x, w, u, b = operands(cell, 3, 4, 2, 5)
    mask = np.random.default_rng(0).random((3, 4)) < 0.7
    sources = [x, w, u, b]
    with mark1.GradientTape(persistent=True) as tape, mark1.GradientTape() as inner:
        tape.watch(sources)
        inner.watch(sources)
        y = call(cell, x, w, u, b, mask=mask, activation="silu", return_sequences=True)[0]
    once = inner.gradient(y, sources)
    for _ in range(2):
        for a, e in zip(tape.gradient(y, sources), once, strict=True):
            assert same_bits(np.array(a), np.array(e))


@pytest.mark.parametrize("cell", CELLS)
def test_a_recorded_step_is_the_eager_one(cell):
    x, w, u, b = operands(cell, 5, 4, 3, 7, "float32")
    weights = [mark1.Variable(v) for v in (w, u, b)]

    def step(x):
        with mark1.GradientTape() as tape:
            y = call(cell, x, *weights, return_sequences=True)[0]
            loss = ops.sum(y * y)
        return [loss, *tape.gradient(loss, weights)]

    recorded = mark1.function(step)
    for k in range(5):
        batch = ops.convert_to_tensor(np.array(x) + np.float32(k))
        for a, e in zip(recorded(batch), step(batch), strict=True):
            assert same_bits(np.array(a), np.array(e))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": (3, 2)}, r"\[lstm\] x must be \(batch, steps, features\), got x: \(3, 2\)"),
        ({"x": (3, 0, 2)}, r"\[lstm\] needs at least one step, got none \(x: \(3, 0, 2\)\)"),
        ({"x": (3, 4, 5)}, r"\[lstm\] inner dimensions differ: x has 5 columns, w has 2 rows"),
        (
            {"u": (6, 20)},
            r"\[lstm\] the recurrent weights must be \(5, 20\) float32, got \(6, 20\) float32",
        ),
        (
            {"h": (2, 5)},
            r"\[lstm\] the initial state h must be \(3, 5\) float32, got \(2, 5\) float32",
        ),
        (
            {"c": (3, 4)},
            r"\[lstm\] the initial state c must be \(3, 5\) float32, got \(3, 4\) float32",
        ),
        ({"mask": (3, 5)}, r"\[lstm\] the mask must be \(3, 4\) bool, got \(3, 5\) bool"),
        (
            {"dropout_factors": (3,)},
            r"\[lstm\] the factors of recurrent dropout must be \(3, 5\) float32, got \(3,\)",
        ),
        ({"w": (2, 18), "b": (18,)}, r"must be \(batch, steps, 4 units\), got \(3, 4, 18\)"),
    ],
)
def test_what_does_not_fit_is_refused(change, message):
    shapes = {"x": (3, 4, 2), "w": (2, 20), "u": (5, 20), "b": (20,)} | change
    given = {k: np.ones(shape, bool if k == "mask" else "float32") for k, shape in shapes.items()}
    with pytest.raises(ValueError, match=message):
        ops.lstm(**given)


def test_a_gru_has_two_biases():
    x, w, u, _ = operands(2, 2, 3, 2, 4)
    message = r"\[gru\] b must be \(2, 3 units\).*got b: \(12,\). With reset_after=False"
    with pytest.raises(ValueError, match=message):
        ops.gru(x, w, u, np.zeros(12))


def test_integers_are_refused():
    with pytest.raises(TypeError, match=r"\[simple_rnn\]"):
        ops.simple_rnn(np.ones((1, 2, 3), int), np.ones((3, 4), int), np.ones((4, 4), int))
