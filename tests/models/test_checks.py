"""Bad input: the type and the text of every error."""

import warnings

import numpy as np
import pytest

import mark1
from mark1.layers import Dense, Input
from mark1.models import Sequential
from mark1.models.checks import NonFiniteWarning, report_non_finite

X = np.random.default_rng(0).normal(size=(20, 4)).astype(np.float32)
Y = np.arange(20) % 3


def model(units=3, loss="sparse_categorical_crossentropy", activation="softmax"):
    made = Sequential([Input((4,)), Dense(units, activation=activation, name="out")])
    made.compile("sgd", loss)
    return made


@pytest.mark.parametrize(
    ("x", "y", "error", "text"),
    [
        (
            X,
            Y[:19],
            ValueError,
            r"\[fit\] the arrays must have the same number of samples \(x: 20, y",
        ),
        (X[:0], Y[:0], ValueError, r"\[fit\] x is empty \(shape \(0, 4\)\)"),
        ([], [], ValueError, r"\[fit\] x is empty \(shape \(0,\)\)"),
        (X, Y[:0], ValueError, r"\[fit\] y is empty"),
        (np.array([["a"] * 4] * 20), Y, TypeError, r"x must hold numbers, got strings .* is 'a'\)"),
        (X.astype(object), Y, TypeError, r"x must hold numbers, got objects .*astype\('float32'\)"),
        (
            X,
            Y.astype(str),
            TypeError,
            r"y must hold numbers, got strings .* encode them as numbers",
        ),
        ("data.csv", Y, TypeError, r"\[fit\] x must be an array, got str"),
        ({"x": X}, Y, TypeError, r"\[fit\] x must be an array, got dict"),
        (
            (i for i in X),
            Y,
            ValueError,
            r"y cannot be given with x as a stream",
        ),
        (None, Y, TypeError, r"\[fit\] x must be an array, got NoneType"),
        (X, None, ValueError, r"\[fit\] needs targets: fit\(x, y\)"),
        ([[1.0, 2.0], [3.0]], Y, ValueError, r"\[fit\] x is not a regular array"),
        (3.0, Y, TypeError, r"\[fit\] x must be an array, got float"),
        (
            np.float32(3.0),
            Y,
            ValueError,
            r"\[fit\] x must have an axis of samples, got a single num",
        ),
        (X.astype(complex), Y, TypeError, r"\[fit\] x must hold numbers, got dtype complex128"),
        (
            X[:, :3],
            Y,
            ValueError,
            r'\[Dense "out"\] expected inputs of shape \(batch, 4\), got \(20, 3',
        ),
        (
            X,
            Y + 5,
            ValueError,
            r"the model has 3 outputs, so labels must be 0 to 2, y holds 5 at pos",
        ),
        (X, -Y, ValueError, r"labels must be 0 to 2, y holds -1 at position 1"),
        (X, np.eye(3)[Y], ValueError, "One-hot rows go with categorical_crossentropy"),
    ],
)
def test_data(x, y, error, text):
    with pytest.raises(error, match=text):
        model().fit(x, y, verbose=0)


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ({"batch_size": 0}, ValueError, r"\[fit\] batch_size must be at least 1, got 0"),
        ({"batch_size": -3}, ValueError, r"\[fit\] batch_size must be at least 1, got -3"),
        ({"batch_size": 2.5}, TypeError, r"\[fit\] batch_size must be an integer, got 2.5"),
        ({"batch_size": "32"}, TypeError, r"\[fit\] batch_size must be an integer, got '32'"),
        ({"batch_size": True}, TypeError, r"\[fit\] batch_size must be an integer, got True"),
        ({"epochs": 0}, ValueError, r"\[fit\] epochs must be at least 1, got 0"),
        ({"epochs": -1}, ValueError, r"\[fit\] epochs must be at least 1, got -1"),
        ({"epochs": 1.5}, TypeError, r"\[fit\] epochs must be an integer, got 1.5"),
        ({"initial_epoch": -1}, ValueError, r"\[fit\] initial_epoch must be at least 0"),
        ({"verbose": 3}, ValueError, r"\[fit\] verbose must be 'auto', 0, 1 or 2, got 3"),
        ({"validation_split": 1.5}, ValueError, "validation_split must be at least 0 and below 1"),
        ({"validation_split": 0.99}, ValueError, "leaves nothing to train on"),
        ({"validation_data": X}, TypeError, r"validation_data must be \(x, y\) or"),
        ({"validation_data": (X, Y[:3])}, ValueError, r"\(validation x: 20, validation y: 3\)"),
        ({"validation_data": (X, Y + 7)}, ValueError, "labels must be 0 to 2, y holds 7"),
        ({"class_weight": [1.0, 2.0]}, TypeError, "class_weight must be a dictionary, got list"),
        ({"sample_weight": np.ones(3)}, ValueError, r"\(x: 20, y: 20, sample_weight: 3\)"),
        ({"sample_weight": np.ones((20, 2))}, ValueError, "must have one weight per sample"),
        ({"steps_per_epoch": 0}, ValueError, "steps_per_epoch must be at least 1"),
        ({"callbacks": [3]}, TypeError, r"must be a mark1.callbacks.Callback, got int"),
    ],
)
def test_arguments(arguments, error, text):
    with pytest.raises(error, match=text):
        model().fit(X, Y, **{"verbose": 0, **arguments})


@pytest.mark.parametrize("method", ["predict", "evaluate"])
@pytest.mark.parametrize(
    ("size", "error"), [(0, ValueError), (-1, ValueError), (0.5, TypeError), ("a", TypeError)]
)
def test_batch_size(method, size, error):
    arguments = (X,) if method == "predict" else (X, Y)
    with pytest.raises(error, match=rf"\[{method}\] batch_size must be"):
        getattr(model(), method)(*arguments, batch_size=size)


def test_targets_against_a_column_of_outputs():
    y = Y.astype(np.float32)
    aligned = model(1, "mse", None)
    column = model(1, "mse", None)
    column.set_weights(aligned.get_weights())
    for made, targets in ((aligned, y), (column, y[:, None])):
        made.fit(X, targets, shuffle=False, verbose=0)
    assert mark1.utils.weights_hash(aligned) == mark1.utils.weights_hash(column)
    for wrong in (np.ones((20, 2)), np.ones((20, 20)), np.ones((20, 1, 2))):
        with pytest.raises(ValueError, match="targets must have the shape of the outputs"):
            model(1, "mse", None).fit(X, wrong, verbose=0)


def test_class_numbers_with_categorical_crossentropy():
    with pytest.raises(ValueError, match="For class numbers use sparse_categorical_crossentropy"):
        model(loss="categorical_crossentropy").fit(X, Y, verbose=0)


def test_one_output_with_categorical_crossentropy():
    with pytest.raises(ValueError, match="the loss would be 0 for ever"):
        model(1, "categorical_crossentropy").fit(X, Y[:, None], verbose=0)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_not_finite_are_reported_once_and_trained_on(bad):
    x = X.copy()
    x[7, 2] = x[9, 0] = bad
    made = model()
    text = rf"\[fit\] x holds 2 values that are not finite, the first is {bad} at \(7, 2\)"
    with pytest.warns(NonFiniteWarning, match=text) as caught:
        made.fit(x, Y, epochs=3, verbose=0)
    assert len(caught) == 1
    assert int(made.optimizer.iterations) == 3
    assert caught[0].filename == __file__


def test_large_finite_values_are_no_reason_to_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report_non_finite(np.full((10, 2), 3e38, np.float32), "x", "fit")
        report_non_finite(np.array([3e38, -3e38] * 10, np.float32), "x", "fit")


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        (("adamm", "mse"), ValueError, r"unknown optimizer 'adamm'. Did you mean 'adam'\?"),
        (
            ("sgd", "mean_squared_eror"),
            ValueError,
            r"unknown loss .* Did you mean 'mean_squared_err",
        ),
        (
            ("sgd", "mse", None, ["acuracy"]),
            ValueError,
            r"unknown metric .* Did you mean 'accuracy'",
        ),
        ((3, "mse"), TypeError, r"\[optimizer\] expected a name, a config or an instance, got int"),
        (("sgd", 3), TypeError, r"\[loss\] expected a name, a config or an instance, got int"),
        (("sgd", "mse", ["mae"]), ValueError, r"Metrics are named: metrics=\['mae'\]"),
        (("sgd", "mse", None, [3]), TypeError, r"\[metric\] expected a name"),
    ],
)
def test_compile(arguments, error, text):
    with pytest.raises(error, match=text):
        Sequential([Dense(1)]).compile(*arguments)


@pytest.mark.parametrize("method", ["fit", "evaluate", "train_on_batch", "test_on_batch"])
def test_not_compiled(method):
    with pytest.raises(ValueError, match=rf"\[{method}\] the model is not compiled: call compile"):
        getattr(Sequential([Dense(1)]), method)(X, Y)
    made = Sequential([Dense(1)])
    made.compile("sgd")
    with pytest.raises(ValueError, match=rf"\[{method}\] the model has no loss: call compile"):
        getattr(made, method)(X, Y)


def test_refused_data_changes_nothing():
    made = model()
    before = mark1.utils.weights_hash(made)
    with pytest.raises(ValueError, match="labels"):
        made.fit(X, np.where(np.arange(20) == 19, 3, Y), batch_size=1, verbose=0)
    assert mark1.utils.weights_hash(made) == before
    assert int(made.optimizer.iterations) == 0


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"class_weight": {0: "a"}}, r"\[fit\] class_weight must map class numbers to numbers"),
        ({"class_weight": {"a": 1.0}}, r"\[fit\] class_weight must map class numbers to numbers"),
        ({"validation_split": "a"}, r"\[fit\] validation_split must be a number, got 'a'"),
        ({"callbacks": 5}, r"\[callbacks\] every callback must be .*Callback, got int"),
        (
            {"callbacks": mark1.callbacks.History},
            r"\[callbacks\] every callback must be .*, got type. Put \(\) behind its name",
        ),
    ],
)
def test_arguments_of_a_wrong_type(options, text):
    with pytest.raises(TypeError, match=text):
        model().fit(X, Y, verbose=0, **options)


def test_weights_that_are_not_finite_are_reported():
    weights = np.ones(20)
    weights[3] = np.nan
    with pytest.warns(NonFiniteWarning, match=r"\[fit\] sample_weight holds 1 values .* at 3"):
        model().fit(X, Y, sample_weight=weights, verbose=0)
