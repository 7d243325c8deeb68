import numpy as np
import pytest

import mark1
from mark1 import layers

RNG = np.random.default_rng(0)
SHAPES = {1: (2, 7, 3), 2: (2, 7, 6, 3), 3: (2, 5, 4, 6, 3)}
KINDS = [(kind, axes) for kind in ("Max", "Average") for axes in (1, 2, 3)]


def make(axes):
    return RNG.standard_normal(SHAPES[axes]).astype(np.float32)


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("kind", "axes"), KINDS)
def test_value_shape_and_config(kind, axes, padding, data_format):
    layer = getattr(layers, f"{kind}Pooling{axes}D")(
        3, 2, padding, data_format=data_format, name="pool"
    )
    x = make(axes)
    op = mark1.ops.max_pool if kind == "Max" else mark1.ops.average_pool
    want = op(x, 3, 2, padding).numpy()
    if data_format == "channels_first":
        x, want = np.moveaxis(x, -1, 1), np.moveaxis(want, -1, 1)
    np.testing.assert_array_equal(layer(x), want)
    assert layer.compute_output_shape(x.shape) == want.shape
    assert layer.compute_output_shape((None, *x.shape[1:])) == (None, *want.shape[1:])
    config = layer.get_config()
    assert config["pool_size"] == (3,) * axes
    assert config["strides"] == (2,) * axes
    assert (config["padding"], config["data_format"]) == (padding, data_format)
    again = type(layer).from_config(config)
    assert again.get_config() == config
    np.testing.assert_array_equal(again(x), want)


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize(("kind", "axes"), KINDS)
def test_global(kind, axes, keepdims, data_format):
    layer = getattr(layers, f"Global{kind}Pooling{axes}D")(data_format, keepdims=keepdims)
    x = make(axes)
    spatial = tuple(range(1, axes + 1))
    if data_format == "channels_first":
        x = np.ascontiguousarray(np.moveaxis(x, -1, 1))
        spatial = tuple(range(2, axes + 2))
    reduce = np.max if kind == "Max" else np.mean
    want = reduce(x.astype(np.float64), axis=spatial, keepdims=keepdims)
    np.testing.assert_allclose(layer(x), want, rtol=1e-6, atol=1e-7)
    assert layer.compute_output_shape(x.shape) == want.shape
    assert layer.compute_output_shape((None, *x.shape[1:])) == (None, *want.shape[1:])
    assert type(layer).from_config(layer.get_config()).get_config() == layer.get_config()


@pytest.mark.parametrize("kind", ["Max", "Average"])
def test_gradient_of_global_pooling(kind):
    layer = getattr(layers, f"Global{kind}Pooling2D")()
    x = mark1.Variable(make(2))
    with mark1.GradientTape() as tape:
        y = layer(mark1.ops.convert_to_tensor(x))
    dx = tape.gradient(y, x).numpy()
    if kind == "Max":
        np.testing.assert_array_equal(dx, x.numpy() == x.numpy().max((1, 2), keepdims=True))
    else:
        np.testing.assert_allclose(dx, np.full(dx.shape, 1 / 42), rtol=1e-6)


def test_other_names():
    for axes in (1, 2, 3):
        for short, long in (("Max", "Max"), ("Avg", "Average")):
            for scope in ("", "Global"):
                name = f"{scope}{short}Pool{axes}D"
                assert getattr(layers, name) is getattr(layers, f"{scope}{long}Pooling{axes}D")
                found = layers.layer.registry.find(name)
                assert found is getattr(layers, name)


def test_float64():
    x = make(2).astype(np.float64)
    layer = layers.AveragePooling2D(dtype="float64")
    assert layer(x).dtype == "float64"


def test_in_a_model_that_is_saved(tmp_path):
    model = mark1.Sequential(
        [
            layers.Input((8, 8, 3)),
            layers.MaxPooling2D(),
            layers.AveragePooling2D(3, 1, "same"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(2),
        ]
    )
    assert [layer.compute_output_shape((None, 8, 8, 3)) for layer in model.layers[:1]] == [
        (None, 4, 4, 3)
    ]
    x = RNG.standard_normal((5, 8, 8, 3)).astype(np.float32)
    model.save(tmp_path / "m.keras")
    again = mark1.saving.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(again.predict(x), model.predict(x))


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (
            lambda: layers.MaxPooling2D(0),
            r"\[MaxPooling2D\] pool_size must be a positive integer, or one for each of the 2 "
            r"spatial axes, got 0",
        ),
        (
            lambda: layers.AveragePooling1D(2, (1, 2)),
            r"\[AveragePooling1D\] strides must be a positive integer, .* got \(1, 2\)",
        ),
        (
            lambda: layers.MaxPooling2D(padding="causal"),
            r"\[MaxPooling2D\] padding must be 'valid' or 'same', got 'causal'",
        ),
        (
            lambda: layers.GlobalMaxPooling2D("NCHW"),
            r"\[GlobalMaxPooling2D\] data_format must be 'channels_last' or 'channels_first'",
        ),
        (
            lambda: layers.MaxPooling2D(name="p")(np.zeros((28, 28, 1), np.float32)),
            r'\[MaxPooling2D "p"\] expected inputs of shape \(batch, height, width, channels\), '
            r"got \(28, 28, 1\). An axis is missing: x\[None\] adds a batch axis",
        ),
        (
            lambda: layers.MaxPooling1D(
                name="p", data_format="channels_first"
            ).compute_output_shape((None, 3, 4, 5)),
            r'\[MaxPooling1D "p"\] expected inputs of shape \(batch, channels, steps\), '
            r"got \(batch, 3, 4, 5\)",
        ),
        (
            lambda: layers.MaxPooling2D(3)(np.zeros((1, 2, 8, 1), np.float32)),
            r"\[max_pool\] a window of \(3, 3\) does not fit into x: \(1, 2, 8, 1\). Use a",
        ),
        (
            lambda: layers.AveragePooling2D(3).compute_output_shape((None, 2, None, 1)),
            r"\[average_pool\] a window of \(3, 3\) does not fit into x",
        ),
    ],
)
def test_refused(make, text):
    with pytest.raises(ValueError, match=text):
        make()
