"""SimpleRNN, LSTM, GRU, their cells, RNN and StackedRNNCells."""

from __future__ import annotations

import numpy as np
import pytest

import mark1
from mark1 import layers, ops
from mark1.layers import (
    GRU,
    LSTM,
    RNN,
    Dense,
    GRUCell,
    Input,
    Layer,
    LSTMCell,
    SimpleRNN,
    SimpleRNNCell,
    StackedRNNCells,
)
from tests.variants import same_bits

KINDS = [SimpleRNN, LSTM, GRU]
CELLS = [SimpleRNNCell, LSTMCell, GRUCell]


def data(n=3, steps=6, features=2, dtype="float32"):
    return np.random.default_rng(n).standard_normal((n, steps, features)).astype(dtype)


def outputs(y):
    return [np.array(part) for part in (y if isinstance(y, tuple) else (y,))]


class Sum(Layer):
    """A cell of one's own: adds up what comes in."""

    state_size = 2

    def call(self, inputs, states):
        total = states[0] + inputs
        return total, [total]


@pytest.mark.parametrize("kind", KINDS)
def test_shapes_and_order_of_what_is_returned(kind):
    x = data()
    whole = outputs(kind(4, return_sequences=True, return_state=True, name="a")(x))
    count = 2 if kind is LSTM else 1
    assert [y.shape for y in whole] == [(3, 6, 4)] + [(3, 4)] * count
    assert same_bits(whole[0][:, -1], whole[1])
    assert kind(4)(x).shape == (3, 4)
    layer = kind(4, return_state=True)
    shapes = layer.compute_output_shape((None, 6, 2))
    assert shapes == ((None, 4),) + ((None, 4),) * count
    assert kind(4, return_sequences=True).compute_output_shape((8, None, 2)) == (8, None, 4)


@pytest.mark.parametrize("kind", CELLS)
def test_steps_of_a_cell_are_those_of_the_layer(kind):
    x, cell = data(), kind(5)
    layer = RNN(cell, return_sequences=True)
    whole = np.array(layer(x))
    states = cell.get_initial_state(3)
    for t in range(6):
        y, states = cell(x[:, t], states)
        assert same_bits(np.array(y), whole[:, t])


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_state_may_be_given(kind):
    x, layer = data(), kind(4, return_state=True)
    states = outputs(layer(x[:, :2]))[1:]
    parts = layer(x[:, 2:], initial_state=[ops.convert_to_tensor(s) for s in states])
    for a, e in zip(outputs(parts), outputs(layer(x)), strict=True):
        assert same_bits(a, e)


@pytest.mark.parametrize("kind", KINDS)
def test_a_stateful_layer_goes_on_where_it_was(kind):
    x = data()
    layer = kind(4, stateful=True)
    assert layer.states is None
    first = outputs(layer(x))[0]
    second = outputs(layer(x))[0]
    assert not same_bits(first, second)
    layer.reset_states()
    assert same_bits(outputs(layer(x))[0], first)
    with pytest.raises(ValueError, match="stateful and had batches of 3 rows, got one of 2"):
        layer(x[:2])
    layer.reset_state(2)
    assert same_bits(outputs(layer(x[:2]))[0], first[:2])
    assert len(layer.weights) == 3


@pytest.mark.parametrize("kind", KINDS)
def test_masked_steps_change_nothing(kind):
    x = data()
    mask = np.ones((3, 6), bool)
    mask[:, 3:5] = False
    layer = kind(4, return_sequences=True)
    y = np.array(layer(x, mask=mask))
    short = np.array(layer(np.delete(x, (3, 4), axis=1)))
    assert same_bits(np.delete(y, (3, 4), axis=1), short)
    assert same_bits(y[:, 3], y[:, 2])
    zeroed = kind(4, return_sequences=True, zero_output_for_mask=True)
    zeroed.build((None, 6, 2))
    zeroed.set_weights(layer.get_weights())
    assert (np.array(zeroed(x, mask=mask))[:, 3:5] == 0).all()


def test_a_mask_goes_on_with_the_steps_only():
    mask = ops.convert_to_tensor(np.ones((3, 6), bool))
    assert LSTM(4).compute_mask(None, mask) is None
    assert LSTM(4, return_sequences=True).compute_mask(None, mask) is mask
    both = LSTM(4, return_sequences=True, return_state=True).compute_mask(None, mask)
    assert both[0] is mask
    assert both[1:] == [None, None]


def test_a_stack_is_layer_upon_layer():
    x = data()
    mask = np.random.default_rng(0).random((3, 6)) < 0.7
    stack = RNN([LSTMCell(4), GRUCell(3)], return_state=True, go_backwards=True)
    y, lstm, h = stack(x, mask=mask)
    first = LSTM(4, return_sequences=True, return_state=True, go_backwards=True)
    second = GRU(3)
    first.build((None, 6, 2))
    second.build((None, 6, 4))
    first.set_weights(stack.get_weights()[:3])
    second.set_weights(stack.get_weights()[3:])
    middle, *states = first(x, mask=mask)
    assert same_bits(np.array(second(middle, mask=mask[:, ::-1])), np.array(y))
    assert same_bits(np.array(states[1]), np.array(lstm[1]))
    assert same_bits(np.array(h), np.array(y))


def test_cells_of_ones_own():
    x = data()
    layer = RNN(Sum(), return_sequences=True, return_state=True)
    y, total = outputs(layer(x))
    np.testing.assert_allclose(y, np.cumsum(x, axis=1), atol=1e-6)
    assert same_bits(total, y[:, -1])
    mask = np.ones((3, 6), bool)
    mask[:, 0] = mask[:, 2] = False
    y = outputs(layer(x, mask=mask))[0]
    np.testing.assert_allclose(y, np.cumsum(x * mask[..., None], axis=1), atol=1e-6)


def test_a_stack_with_a_cell_of_ones_own_calls_every_step():
    x = data()
    mask = np.random.default_rng(0).random((3, 6)) < 0.7
    stack = StackedRNNCells([Sum(), LSTMCell(4)])
    y = RNN(stack)(x, mask=mask)
    layer = LSTM(4)
    layer.build((None, 6, 2))
    layer.set_weights(stack.get_weights())
    sums = RNN(Sum(), return_sequences=True)(x, mask=mask)
    np.testing.assert_allclose(np.array(layer(sums, mask=mask)), np.array(y), atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_dropout_is_for_training_and_the_same_in_all_steps(kind):
    x = data()
    layer = kind(64, dropout=0.5, recurrent_dropout=0.5, seed=3, return_sequences=True)
    plain = kind(64, return_sequences=True)
    plain.build((None, 6, 2))
    assert same_bits(np.array(layer(x)), np.array(layer(x)))
    plain.set_weights(layer.get_weights())
    assert same_bits(np.array(layer(x)), np.array(plain(x)))
    first, second = np.array(layer(x, training=True)), np.array(layer(x, training=True))
    assert not same_bits(first, second)
    # The inputs' factors do not change from step to step: dropped features stay dropped.
    factors = np.array(layer.cell._draw(ops.convert_to_tensor(x), 2, 0.5))
    assert set(np.unique(factors)) <= {0.0, 2.0}


def test_dropped_features_stay_dropped():
    cell = SimpleRNNCell(
        1, None, kernel_initializer="ones", recurrent_initializer="zeros", dropout=0.5, seed=0
    )
    y = np.array(RNN(cell, return_sequences=True)(np.ones((40, 5, 1), "float32"), training=True))
    assert set(np.unique(y)) == {0.0, 2.0}
    assert (y == y[:, :1]).all()


@pytest.mark.parametrize("kind", [*KINDS, "stack", "stateful"])
def test_native_epochs_are_those_of_python(kind):
    x, y = data(32, 5, 3), np.arange(32) % 2

    def make(eagerly):
        mark1.utils.set_random_seed(7)
        if kind == "stack":
            layer = RNN([LSTMCell(6, recurrent_dropout=0.2), GRUCell(5, dropout=0.1)])
        elif kind == "stateful":
            layer = LSTM(6, stateful=True)
        else:
            layer = kind(6, dropout=0.2, recurrent_dropout=0.3)
        model = mark1.Sequential([Input((5, 3)), layer, Dense(2, activation="softmax")])
        model.compile("adam", "sparse_categorical_crossentropy", run_eagerly=eagerly)
        model.fit(x, y, batch_size=8, epochs=3, verbose=0)
        return model

    native, eager = make(False), make(True)
    replays = [r for key, r in native._compiled.replays.items() if key[0] == "fit"]
    assert replays
    assert all(replay.program is not None for replay in replays)
    assert mark1.utils.weights_hash(native) == mark1.utils.weights_hash(eager)


@pytest.mark.parametrize(
    "make",
    [
        lambda: SimpleRNN(4, activation="relu", use_bias=False),
        lambda: LSTM(4, unit_forget_bias=False, dropout=0.2, seed=3),
        lambda: GRU(4, reset_after=False, recurrent_activation="hard_sigmoid"),
        lambda: RNN(StackedRNNCells([LSTMCell(4), GRUCell(3)]), go_backwards=True),
    ],
)
def test_saved_and_loaded(make, tmp_path):
    x = data()
    model = mark1.Sequential([Input((6, 2)), make(), Dense(1)])
    model.save(tmp_path / "m.keras")
    again = mark1.saving.load_model(tmp_path / "m.keras")
    assert same_bits(again.predict(x), model.predict(x))
    assert again.layers[0].get_config() == model.layers[0].get_config()
    layer = model.layers[0]
    assert type(layer).from_config(layer.get_config()).get_config() == layer.get_config()


def test_the_gate_that_keeps_begins_open():
    layer = LSTM(3)
    layer.build((None, 5, 2))
    assert layer.cell.bias.numpy().tolist() == [0] * 3 + [1] * 3 + [0] * 6
    assert [w.name for w in layer.weights] == ["kernel", "recurrent_kernel", "bias"]
    recurrent = layer.get_weights()[1].astype("float64")
    np.testing.assert_allclose(recurrent @ recurrent.T, np.eye(3), atol=1e-5)
    assert layer.units == 3
    assert layer.recurrent_activation is mark1.activations.sigmoid


def test_float64():
    y = LSTM(3, dtype="float64")(data(dtype="float64"))
    assert y.dtype == "float64"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LSTM(0), r"\[LSTM\] units must be a positive integer, got 0"),
        (lambda: GRU(2, dropout=1.0), r"\[GRU\] dropout must be at least 0 and below 1, got 1.0"),
        (lambda: LSTM(2, use_cudnn=True), r"\[LSTM\] use_cudnn must be 'auto' or False"),
        (lambda: SimpleRNN(2, implementation=3), r"\[SimpleRNN\] implementation must be 1 or 2"),
        (lambda: LSTM(2, colour="red"), r"\[LSTM\] does not know the argument 'colour'"),
        (lambda: LSTM(2, activation="tanf"), "unknown activation 'tanf'"),
        (lambda: RNN(3), r"\[RNN\] a cell has a call, got int"),
        (lambda: LSTM(2, name="l")(np.ones((3, 4))), r'"l"\] expected inputs .* got \(3, 4\)'),
        (lambda: LSTM(2, name="l")(np.ones((3, 0, 4))), r'"l"\] needs at least one step'),
        (
            lambda: LSTM(2, name="l")(np.ones((3, 4, 1)), initial_state=[ops.zeros((3, 2))]),
            r'\[LSTM "l"\] needs 2 initial states, got 1',
        ),
        (
            lambda: SimpleRNN(2)(np.ones((3, 4, 1)), initial_state=[ops.zeros((2, 2))]),
            r"the initial state h must be \(3, 2\) float32, got \(2, 2\)",
        ),
        (
            lambda: SimpleRNN(2)(np.ones((3, 4, 1)), mask=np.ones((3, 5), bool)),
            r"the mask must be \(3, 4\) bool, got \(3, 5\) bool",
        ),
    ],
)
def test_what_does_not_fit_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_built_layer_refuses_other_widths():
    layer = GRU(2, name="g")
    layer(data())
    with pytest.raises(
        ValueError, match=r'\[GRU "g"\] expected inputs of shape \(batch, steps, 2\)'
    ):
        layer(data(features=3))


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize("kind", ["SimpleRNN", "LSTM", "GRU"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"return_sequences": True, "return_state": True},
        {"return_state": True, "go_backwards": True, "use_bias": False},
        {"activation": "relu", "zero_output_for_mask": True, "return_sequences": True},
        {"stateful": True},
        {"reset_after": False},
        {"recurrent_activation": "hard_sigmoid"},
    ],
    ids=lambda options: "-".join(options) or "defaults",
)
def test_keras_gives_the_same(kind, options):
    keras = pytest.importorskip("keras")
    if "reset_after" in options and kind != "GRU":
        pytest.skip("GRU only")
    if "recurrent_activation" in options and kind == "SimpleRNN":
        pytest.skip("gates only")
    rng = np.random.default_rng(0)
    theirs = getattr(keras.layers, kind)(5, **options)
    ours = getattr(layers, kind)(5, **options)
    theirs.build((3, 6, 2))
    ours.build((3, 6, 2))
    assert [w.shape for w in ours.weights] == [tuple(w.shape) for w in theirs.weights]
    for a, e in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        if e.ndim == 1:
            np.testing.assert_array_equal(a, e)
    weights = [rng.uniform(-1, 1, w.shape) for w in ours.weights]
    ours.set_weights(weights)
    theirs.set_weights(weights)
    mask = rng.random((3, 6)) < 0.7
    for seen in (None, mask):
        x = data()
        e = theirs(x, mask=None if seen is None else keras.ops.convert_to_tensor(seen))
        a = ours(x, mask=seen)
        if "stateful" in options:
            a, e = ours(x), theirs(x)
        for p, q in zip(outputs(a), outputs(tuple(e) if isinstance(e, list) else e), strict=True):
            np.testing.assert_allclose(p, q, atol=1e-5)
    shared = theirs.get_config().keys() & ours.get_config().keys() - {"name"}
    config = ours.get_config()
    assert {k: config[k] for k in shared} == {k: theirs.get_config()[k] for k in shared}
    assert theirs.get_config().keys() - config.keys() <= {"activity_regularizer"}


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_files_go_both_ways_between_keras_and_mark1(tmp_path):
    keras = pytest.importorskip("keras")
    theirs = keras.Sequential(
        [
            keras.layers.Input((6, 2)),
            keras.layers.LSTM(4, return_sequences=True),
            keras.layers.GRU(3, return_sequences=True, reset_after=False),
            keras.layers.RNN([keras.layers.GRUCell(3), keras.layers.LSTMCell(2)]),
        ]
    )
    theirs.save(tmp_path / "k.keras")
    ours = mark1.saving.load_model(tmp_path / "k.keras")
    x = data()
    np.testing.assert_allclose(ours.predict(x), theirs.predict(x, verbose=0), atol=1e-6)
    ours.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras")
    np.testing.assert_allclose(again.predict(x, verbose=0), ours.predict(x), atol=1e-6)
