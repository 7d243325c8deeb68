import numpy as np
import pytest

import mark1
from mark1.layers import Dense, Dropout, Flatten, Input
from mark1.models import Sequential


def make():
    return Sequential([Input((4,)), Dense(3, activation="relu", name="a"), Dense(2, name="b")])


def test_add_and_pop():
    model = Sequential()
    model.add(Input((4,)))
    model.add(Dense(3))
    assert model.output_shape == (None, 3)
    last = Dense(2)
    model.add(last)
    assert model.output_shape == (None, 2)
    assert model.pop() is last
    assert model.output_shape == (None, 3)
    assert len(model.weights) == 2


def test_deferred_build():
    model = Sequential([Dense(3), Dense(2)])
    assert model.weights == []
    assert not model.built
    assert model(np.ones((5, 4), np.float32)).shape == (5, 2)
    assert model.input_shape == (None, 4)
    assert model.count_params() == 4 * 3 + 3 + 3 * 2 + 2
    other = Sequential([Dense(3)])
    other.build((None, 6))
    assert other.output_shape == (None, 3)


@pytest.mark.parametrize("first", [{"input_shape": (4,)}, {"input_dim": 4}])
def test_old_spellings(first):
    model = Sequential([Dense(3, **first)])
    assert model.input_shape == (None, 4)
    assert [layer.name for layer in model.layers] == [model.layers[0].name]


def test_names_and_paths():
    model = make()
    assert [w.path for w in model.weights] == [
        f"{model.name}/{p}" for p in ("a/kernel", "a/bias", "b/kernel", "b/bias")
    ]
    assert model.get_layer("b").units == 2
    assert model.get_layer(index=0).name == "a"
    with pytest.raises(ValueError, match="no layer is called 'c'; there are a, b"):
        model.get_layer("c")


def test_config_makes_the_same_model():
    model = make()
    again = Sequential.from_config(model.get_config())
    assert again.get_config() == model.get_config()
    again.set_weights(model.get_weights())
    x = np.ones((3, 4), np.float32)
    np.testing.assert_array_equal(model(x), again(x))


def test_nested():
    inner = Sequential([Dense(3, kernel_initializer="ones"), Dropout(0.5, seed=1)])
    model = Sequential([Input((4,)), inner, Dense(1)])
    assert len(model.weights) == 4
    again = Sequential.from_config(model.get_config())
    assert again.count_params() == model.count_params()
    x = np.ones((20, 4), np.float32)
    assert (model(x, training=True).numpy() != model(x).numpy()).any()


def test_frozen_layers():
    model = make()
    model.get_layer("a").trainable = False
    assert [w.name for w in model.trainable_variables] == ["kernel", "bias"]
    model.trainable = False
    assert model.trainable_variables == []


@pytest.mark.parametrize(
    ("build", "error", "text"),
    [
        (lambda: Sequential([Dense]), TypeError, r"expected a layer, got Dense. Put \(\) behind"),
        (lambda: Sequential([3]), TypeError, "expected a layer, got int"),
        (
            lambda: Sequential([Dense(1, name="x"), Dense(1, name="x")]),
            ValueError,
            'called "x" alrea',
        ),
        (lambda: Sequential([Dense(1), Input((3,))]), ValueError, "an Input must come first"),
        (lambda: Sequential()(np.ones((1, 2))), ValueError, "has no layers: use add"),
        (lambda: Sequential().pop(), ValueError, "there is no layer to take away"),
    ],
)
def test_refused(build, error, text):
    with pytest.raises(error, match=text):
        build()


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        (
            (4,),
            r'\[Dense "a"\] expected inputs of shape \(batch, 4\), got \(4,\). This looks like one',
        ),
        ((5, 3), r'\[Dense "a"\] expected inputs of shape \(batch, 4\), got \(5, 3\)'),
    ],
)
@pytest.mark.parametrize("method", ["__call__", "predict", "fit"])
def test_wrong_inputs_name_the_layer(shape, text, method):
    model = make()
    model.compile("sgd", "mse")
    arguments = (np.ones(shape), np.ones((shape[0], 2))) if method == "fit" else (np.ones(shape),)
    with pytest.raises(ValueError, match=text):
        getattr(model, method)(*arguments)


def test_wrong_inputs_before_a_flatten():
    model = Sequential([Input((8, 8)), Flatten(), Dense(2)])
    with pytest.raises(
        ValueError, match=r"inputs of shape \(batch, 8, 8\), got \(8, 8\). Add a batc"
    ):
        model(np.ones((8, 8)))


def test_a_refused_first_layer_leaves_nothing_behind():
    model = Sequential()
    with pytest.raises(ValueError, match="positive integers"):
        model.add(Dense(2, input_shape=(0,)))
    assert model._layers == []


def test_layers_that_do_not_fit_are_not_added():
    model = make()
    wrong = Dense(2, name="c")
    wrong.build((None, 5))
    with pytest.raises(ValueError, match=r'\[Dense "c"\]'):
        model.add(wrong)
    assert [layer.name for layer in model.layers] == ["a", "b"]


def test_summary(capsys):
    model = make()
    lines = []
    model.summary(print_fn=lines.append)
    (text,) = lines
    assert f'Model: "{model.name}"' in text
    assert "a (Dense)     (None, 3)     15" in text
    assert "Total params: 23 (92.00 B)" in text
    model.summary()
    shown = capsys.readouterr().out
    assert "a (Dense)" in shown
    assert "Trainable params: 23" in shown
    Sequential([Dense(1)]).summary(print_fn=lines.append)
    assert "0 (unbuilt)" in lines[-1]


def test_call_takes_any_array_like():
    model = make()
    want = model(np.ones((1, 4), np.float32)).numpy()
    for x in ([[1, 1, 1, 1]], np.ones((1, 4)), mark1.ops.ones((1, 4)), np.ones((1, 4), np.int64)):
        np.testing.assert_array_equal(model(x), want)


def test_outputs_of_layers_need_no_call_before():
    model = Sequential([Input((4,)), Dense(3), Dense(2)])
    outputs = [layer.output for layer in model.layers]
    inner = mark1.Model(model.inputs, outputs)
    assert [y.shape for y in inner(np.ones((5, 4)))] == [(5, 3), (5, 2)]
    unbuilt = Sequential([Dense(3)])
    with pytest.raises(AttributeError, match="never"):
        unbuilt.layers[0].output  # noqa: B018
