import numpy as np
import pytest

import mark1
from mark1.layers import (
    ELU,
    Activation,
    Dropout,
    Flatten,
    Input,
    InputLayer,
    LeakyReLU,
    Maxout,
    ReLU,
    Softmax,
)

X = np.array([[-2.0, -0.5, 0.0, 0.5, 7.0]], np.float32)


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (Activation("relu"), np.maximum(X, 0)),
        (ReLU(), np.maximum(X, 0)),
        (ReLU(negative_slope=0.1), np.where(X > 0, X, 0.1 * X)),
        (ReLU(6.0), np.clip(X, 0, 6)),
        (LeakyReLU(), np.where(X > 0, X, 0.3 * X)),
        (ELU(), np.where(X > 0, X, np.expm1(X))),
        (Softmax(), np.exp(X) / np.exp(X).sum()),
    ],
)
def test_value_and_config(layer, expected):
    np.testing.assert_allclose(layer(X), expected, rtol=1e-5)
    again = type(layer).from_config(layer.get_config())
    np.testing.assert_array_equal(layer(X), again(X))


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (
            lambda: ReLU(-3.0),
            r"\[ReLU\] max_value, negative_slope and threshold must be numbers from",
        ),
        (lambda: LeakyReLU(-1.0), r"\[LeakyReLU\] negative_slope must be a number from 0 up"),
        (lambda: Maxout(0), r"\[Maxout\] num_units must be a positive integer, got 0"),
        (
            lambda: Maxout(2, name="m")(X),
            r'\[Maxout "m"\] the channels must be a multiple of num_units, 2',
        ),
        (
            lambda: Maxout(1, axis=0)(X),
            r"axis must be from 1 to 1 or from the end, and not the batch",
        ),
        (lambda: Dropout(1.0), r"\[Dropout\] rate must be at least 0 and below 1, got 1.0"),
        (lambda: Dropout("a lot"), r"\[Dropout\] rate must be at least 0 and below 1, got 'a lot'"),
        (lambda: Input(), r"\[Input\] needs a shape"),
        (lambda: Input(784), r"\[Input\] a shape is a tuple: write \(784,\), not 784"),
        (
            lambda: Input((0,)),
            r"\[Input\] a shape is made of positive integers and None, got \(0,\)",
        ),
        (lambda: Flatten("channels"), r"\[Flatten\] data_format must be 'channels_last' or"),
    ],
)
def test_refused(make, text):
    with pytest.raises(ValueError, match=text):
        make()


def test_flatten():
    x = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    np.testing.assert_array_equal(Flatten()(x), x.reshape(2, 12))
    assert Flatten().compute_output_shape((None, 3, 4)) == (None, 12)
    assert Flatten().compute_output_shape((None, None, 4)) == (None, None)


def test_flatten_makes_vectors_columns():
    assert Flatten()(np.zeros(3, np.float32)).shape == (3, 1)
    assert Flatten().compute_output_shape((None,)) == (None, 1)


def test_dropout():
    x = np.ones((100, 100), np.float32)
    layer = Dropout(0.25, seed=1)
    np.testing.assert_array_equal(layer(x), x)
    first, second = layer(x, training=True).numpy(), layer(x, training=True).numpy()
    assert set(np.unique(first)) == {np.float32(0), np.float32(1) / np.float32(0.75)}
    assert abs((first == 0).mean() - 0.25) < 0.02
    assert (first != second).any()
    np.testing.assert_array_equal(Dropout(0.25, seed=1)(x, training=True), first)


def test_dropout_follows_the_global_seed():
    made = []
    for _ in range(2):
        mark1.utils.set_random_seed(5)
        made.append(Dropout(0.5)(np.ones((4, 50), np.float32), training=True).numpy())
    np.testing.assert_array_equal(*made)


def test_input():
    assert Input((3, None)).shape == (None, 3, None)
    assert Input((3,), batch_size=8).shape == (8, 3)
    layer = InputLayer(batch_shape=[None, 3], name="in")
    assert InputLayer.from_config(layer.get_config()).batch_shape == (None, 3)


def test_relu_takes_every_argument_of_keras():
    x = np.array([-2.0, 0.5, 1.0, 2.0, 5.0, 9.0], "float32")
    layer = ReLU(4.0, 0.25, 1.0)
    np.testing.assert_array_equal(layer(x).numpy(), [-0.75, -0.125, 1.0, 2.0, 4.0, 4.0])
    again = ReLU.from_config(layer.get_config())
    np.testing.assert_array_equal(again(x).numpy(), layer(x).numpy())
    np.testing.assert_array_equal(ReLU(6.0, 0.5)(x).numpy(), [-1.0, 0.5, 1.0, 2.0, 5.0, 6.0])
    np.testing.assert_array_equal(ReLU(0.0)(x).numpy(), np.zeros(6))


def test_leaky_relu_takes_its_old_name():
    assert LeakyReLU(alpha=0.1).get_config()["negative_slope"] == 0.1


def test_input_layers_take_their_old_names():
    assert InputLayer(input_shape=(3,)).batch_shape == (None, 3)
    assert InputLayer(batch_input_shape=(2, 3)).batch_shape == (2, 3)


@pytest.mark.parametrize("axis", [1, 2, -1])
def test_maxout_takes_the_largest_of_neighbours_and_passes_gradients_to_it(axis):
    x = np.random.default_rng(0).normal(size=(3, 6, 4)).astype(np.float32)
    layer = Maxout(2, axis=axis)
    place = axis % 3
    split = x.reshape(*x.shape[:place], 2, -1, *x.shape[place + 1 :])
    with mark1.GradientTape() as tape:
        variable = mark1.Variable(x)
        y = layer(variable)
    np.testing.assert_array_equal(y, split.max(place + 1))
    assert layer.compute_output_shape((None, 6, 4)) == (None, *y.shape[1:])
    gradient = tape.gradient(y, variable).numpy()
    assert gradient.sum() == y.numpy().size
    np.testing.assert_array_equal(x[gradient == 1].sum(), y.numpy().sum())


def test_maxout_in_a_model_that_is_saved(tmp_path):
    model = mark1.Sequential([Input((4,)), mark1.layers.Dense(6), Maxout(3)])
    model.save(tmp_path / "m.keras")
    again = mark1.models.load_model(tmp_path / "m.keras")
    x = np.ones((2, 4), np.float32)
    np.testing.assert_array_equal(model.predict(x, verbose=0), again.predict(x, verbose=0))
    assert model.output_shape == (None, 3)
