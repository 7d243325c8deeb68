import numpy as np
import pytest

import mark1
from mark1 import layers

RNG = np.random.default_rng(0)
SHAPES = {1: (2, 7, 3), 2: (2, 7, 6, 3), 3: (2, 5, 4, 6, 3)}
FORMATS = ["channels_last", "channels_first"]
# Arguments, and (before, after) of each spatial axis.
ENDS = [
    (1, 2, ((2, 2),)),
    (1, (2, 1), ((2, 1),)),
    (2, 1, ((1, 1), (1, 1))),
    (2, (2, 1), ((2, 2), (1, 1))),
    (2, ((0, 2), (1, 0)), ((0, 2), (1, 0))),
    (2, [[0, 2], 1], ((0, 2), (1, 1))),
    (3, 1, ((1, 1), (1, 1), (1, 1))),
    (3, ((1, 0), (0, 1), (1, 2)), ((1, 0), (0, 1), (1, 2))),
]


def make(axes):
    return RNG.standard_normal(SHAPES[axes]).astype(np.float32)


def check(layer, x, want):
    """Values, shapes, known or not, and config."""
    np.testing.assert_array_equal(layer(x), want)
    assert layer.compute_output_shape(x.shape) == want.shape
    assert layer.compute_output_shape((None, *x.shape[1:])) == (None, *want.shape[1:])
    config = layer.get_config()
    again = type(layer).from_config(config)
    assert again.get_config() == config
    np.testing.assert_array_equal(again(x), want)


def in_format(data_format, x, want):
    if data_format == "channels_last":
        return x, want
    return np.moveaxis(x, -1, 1), np.moveaxis(want, -1, 1)


@pytest.mark.parametrize("data_format", FORMATS)
@pytest.mark.parametrize(("axes", "padding", "ends"), ENDS)
def test_zero_padding(axes, padding, ends, data_format):
    x = make(axes)
    x, want = in_format(data_format, x, np.pad(x, ((0, 0), *ends, (0, 0))))
    layer = getattr(layers, f"ZeroPadding{axes}D")(padding, data_format=data_format)
    check(layer, x, want)
    assert layer.padding == (ends[0] if axes == 1 else ends)


# As in Keras, Cropping1D and UpSampling1D know channels_last only.
@pytest.mark.parametrize(
    ("axes", "cropping", "ends", "data_format"),
    [(*e, f) for e in ENDS for f in FORMATS if e[0] > 1 or f == "channels_last"],
)
def test_cropping(axes, cropping, ends, data_format):
    x = make(axes)
    inside = tuple(slice(a, n - b) for (a, b), n in zip(ends, x.shape[1:-1], strict=True))
    x, want = in_format(data_format, x, x[(slice(None), *inside)])
    given = {} if axes == 1 else {"data_format": data_format}
    layer = getattr(layers, f"Cropping{axes}D")(cropping, **given)
    check(layer, x, want)
    assert ("data_format" in layer.get_config()) == (axes > 1)


@pytest.mark.parametrize(
    ("axes", "size", "data_format"),
    [
        (axes, size, data_format)
        for axes, size in [(1, 3), (2, 2), (2, (2, 3)), (2, [1, 4]), (3, 2), (3, (1, 2, 3))]
        for data_format in FORMATS
        if axes > 1 or data_format == "channels_last"
    ],
)
def test_upsampling(axes, size, data_format):
    x = want = make(axes)
    for axis in range(axes):
        want = np.repeat(want, size if isinstance(size, int) else size[axis], axis + 1)
    x, want = in_format(data_format, x, want)
    given = {} if axes == 1 else {"data_format": data_format}
    check(getattr(layers, f"UpSampling{axes}D")(size, **given), x, want)


@pytest.mark.parametrize("data_format", FORMATS)
@pytest.mark.parametrize("size", [2, (3, 1), (2, 5)])
def test_bilinear_upsampling(size, data_format):
    x = want = make(2)
    for axis, factor in enumerate((size, size) if isinstance(size, int) else size):
        n = want.shape[axis + 1]
        centres = (np.arange(n * factor) + 0.5) / factor - 0.5
        want = np.apply_along_axis(
            lambda row, at=centres, n=n: np.interp(at, np.arange(n), row), axis + 1, want
        )
    x, want = in_format(data_format, x, want.astype(np.float32))
    layer = layers.UpSampling2D(size, data_format, interpolation="bilinear")
    np.testing.assert_allclose(layer(x).numpy(), want, rtol=1e-5, atol=1e-6)
    assert layer.compute_output_shape(x.shape) == want.shape
    assert layer(x[:0]).shape == want[:0].shape


@pytest.mark.parametrize("size", [(2, 2), (3, 4)])
def test_bilinear_upsampling_is_that_of_keras(size):
    keras = pytest.importorskip("keras")
    x = make(2)
    theirs = keras.layers.UpSampling2D(size, interpolation="bilinear")(x)
    ours = layers.UpSampling2D(size, interpolation="bilinear")(x)
    np.testing.assert_allclose(ours.numpy(), np.asarray(theirs), rtol=1e-5, atol=1e-6)


def test_defaults_are_those_of_keras():
    assert layers.ZeroPadding1D().padding == (1, 1)
    assert layers.ZeroPadding2D().padding == ((1, 1), (1, 1))
    assert layers.Cropping1D().cropping == (1, 1)
    assert layers.Cropping2D().cropping == ((0, 0), (0, 0))
    assert layers.Cropping3D().cropping == ((1, 1),) * 3
    assert layers.UpSampling1D().size == 2
    assert layers.UpSampling2D().get_config()["interpolation"] == "nearest"
    assert layers.UpSampling3D().size == (2, 2, 2)


def test_reshape():
    x = RNG.standard_normal((2, 3, 4)).astype(np.float32)
    check(layers.Reshape((6, 2)), x, x.reshape(2, 6, 2))
    check(layers.Reshape((-1, 2)), x, x.reshape(2, 6, 2))
    check(layers.Reshape([12]), x, x.reshape(2, 12))
    assert layers.Reshape((-1, 4)).compute_output_shape((None, None, 4)) == (None, None, 4)
    assert layers.Reshape((3, 4)).compute_output_shape((None, None)) == (None, 3, 4)
    assert layers.Reshape((3, -1))(np.zeros((0, 6), np.float32)).shape == (0, 3, 2)


def test_permute_and_repeat_vector():
    x = RNG.standard_normal((2, 3, 4, 5)).astype(np.float32)
    check(layers.Permute((3, 1, 2)), x, x.transpose(0, 3, 1, 2))
    check(layers.Permute([1, 2, 3]), x, x)
    rows = x[:, 0, 0]
    check(layers.RepeatVector(3), rows, np.repeat(rows[:, None], 3, 1))


def test_gradients_come_through():
    x = mark1.Variable(make(2))
    upstream = RNG.standard_normal((2, 14, 12, 3)).astype(np.float32)
    with mark1.GradientTape() as tape:
        y = layers.Cropping2D(1)(layers.ZeroPadding2D(1)(mark1.ops.multiply(x, 1.0)))
        y = layers.UpSampling2D(2)(y + x)
    dx = tape.gradient(y, x, output_gradients=upstream).numpy()
    want = upstream.reshape(2, 7, 2, 6, 2, 3).sum((2, 4))
    np.testing.assert_allclose(dx, 2 * want, rtol=1e-5, atol=1e-5)


def test_in_a_model_that_is_saved(tmp_path):
    model = mark1.Sequential(
        [
            layers.Input((48,)),
            layers.Reshape((4, 4, 3)),
            layers.ZeroPadding2D(((1, 0), (2, 1))),
            layers.UpSampling2D((2, 1)),
            layers.Cropping2D(((1, 0), (0, 3))),
            layers.Permute((3, 1, 2)),
            layers.Flatten(),
            layers.RepeatVector(2),
            layers.Flatten(),
            layers.Dense(2),
        ]
    )
    x = RNG.standard_normal((5, 48)).astype(np.float32)
    model.save(tmp_path / "m.keras")
    again = mark1.saving.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(again.predict(x), model.predict(x))
    model.compile("sgd", "mse")
    losses = model.fit(x, np.ones((5, 2), np.float32), epochs=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (
            lambda: layers.ZeroPadding1D((1, 2, 3)),
            r"\[ZeroPadding1D\] padding must be an integer or a pair \(before, after\), none of "
            r"them negative, got \(1, 2, 3\)",
        ),
        (
            lambda: layers.ZeroPadding2D(-1),
            r"\[ZeroPadding2D\] padding must be an integer, 2 of them or 2 pairs \(before, after\)"
            r", none of them negative, got -1",
        ),
        (
            lambda: layers.Cropping3D((1, 2)),
            r"\[Cropping3D\] cropping must be an integer, 3 of them or 3 pairs .* got \(1, 2\)",
        ),
        (
            lambda: layers.Cropping2D(2, name="c")(np.zeros((1, 4, 8, 1), np.float32)),
            r'\[Cropping2D "c"\] cropping \(\(2, 2\), \(2, 2\)\) leaves nothing of inputs of shape '
            r"\(1, 4, 8, 1\)|\(batch, 4, 8, 1\)",
        ),
        (
            lambda: layers.UpSampling1D(0),
            r"\[UpSampling1D\] size must be a positive integer, got 0",
        ),
        (
            lambda: layers.UpSampling2D((1, 2, 3)),
            r"\[UpSampling2D\] size must be a positive integer, or one for each of the 2 spatial "
            r"axes, got \(1, 2, 3\)",
        ),
        (
            lambda: layers.UpSampling2D(interpolation="cubic"),
            r"\[UpSampling2D\] interpolation must be in \('nearest', .*\), got 'cubic'",
        ),
        (
            lambda: layers.ZeroPadding2D(name="z")(np.zeros((28, 28, 1), np.float32)),
            r'\[ZeroPadding2D "z"\] expected inputs of shape \(batch, height, width, channels\)',
        ),
        (
            lambda: layers.Reshape((2, -1, -1)),
            r"\[Reshape\] target_shape must be a tuple of positive integers, one of which may be "
            r"-1, got \(2, -1, -1\)",
        ),
        (lambda: layers.Reshape(6), r"\[Reshape\] target_shape must be a tuple .* got 6"),
        (
            lambda: layers.Reshape((4, -1), name="r")(np.zeros((2, 6), np.float32)),
            r'\[Reshape "r"\] samples of 6 elements do not fit target_shape \(4, -1\)',
        ),
        (
            lambda: layers.Permute((0, 1)),
            r"\[Permute\] dims must be a permutation of 1, 2, ..., got \(0, 1\). The batch axis",
        ),
        (
            lambda: layers.Permute((2, 1), name="p")(np.zeros((2, 3), np.float32)),
            r'\[Permute "p"\] expected inputs with 2 axes after the batch axis, got',
        ),
        (
            lambda: layers.RepeatVector(0),
            r"\[RepeatVector\] n must be a positive integer, got 0",
        ),
        (
            lambda: layers.RepeatVector(2, name="v")(np.zeros(3, np.float32)),
            r'\[RepeatVector "v"\] expected inputs of shape \(batch, features\), got',
        ),
    ],
)
def test_refused(make, text):
    with pytest.raises(ValueError, match=text):
        make()
